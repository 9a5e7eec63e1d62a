"""CSV, JSON Lines and Parquet: rows in, broken lines told with their line, the rest goes in."""

import datetime as dt
from decimal import Decimal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mdm.model.errors import SourceUnavailable
from mdm.sources.rows import BATCH, LONGEST_LINE
from tests import departments


def csv_source(directory, content: bytes, *, options: str = "", **more: str):
    (directory / "a.csv").write_bytes(content)
    return departments.source(directory, f"{{csv: a.csv{options}}}", **more)


def json_source(directory, content: bytes, **more: str):
    (directory / "a.jsonl").write_bytes(content)
    return departments.source(directory, "{json_lines: a.jsonl}", **more)


def parquet_source(directory, table: pa.Table, **more: str):
    pq.write_table(table, directory / "a.parquet")
    return departments.source(directory, "{parquet: a.parquet}", **more)


def keys(batch) -> list[str]:
    return [record.key for record in batch.records]


def told(batch) -> list[tuple[int | None, str]]:
    return [(row.line, row.reason) for row in batch.rejected]


def test_a_csv_row_becomes_a_record_with_its_payload_as_it_came(tmp_path):
    batch = departments.read(csv_source(tmp_path, b"id,first,last,x\n7, Ann ,Lee,\n"))
    (record,) = batch.records
    assert record.key == "7"
    assert record.attributes == {"given_name": "Ann", "family_name": "Lee"}
    assert record.payload == '{"first":" Ann ","id":"7","last":"Lee","x":""}'


def test_a_csv_line_with_the_wrong_number_of_fields_is_told_and_the_rest_goes_in(tmp_path):
    batch = departments.read(csv_source(tmp_path, b"id,first,last\n1,a,b\n2,a\n\n3,a,b,c\n4,a,b\n"))
    assert keys(batch) == ["1", "4"]
    assert told(batch) == [
        (3, "broken line: 2 fields instead of 3"),
        (5, "broken line: 4 fields instead of 3"),
    ]
    assert batch.rejected[0].row == "2,a"
    assert (batch.read, batch.refused) == (4, 2)


def test_a_quoted_csv_field_may_hold_line_breaks_and_lines_are_still_counted(tmp_path):
    content = b'id,first,last\r\n1,"An\r\nn","L""ee"\r\n2,a\r\n'
    batch = departments.read(csv_source(tmp_path, content))
    assert batch.records[0].attributes == {"given_name": "An\r\nn", "family_name": 'L"ee'}
    assert [line for line, _ in told(batch)] == [4]


def test_an_unclosed_quote_breaks_its_own_line_only(tmp_path):
    content = b'id,first,last\n1,"a,b\n' + b"".join(b"%d,a,b\n" % n for n in range(2, 50_000))
    batch = departments.read(csv_source(tmp_path, content))
    assert len(batch.records) == 49_998
    assert [(row.line, row.row) for row in batch.rejected] == [(2, '1,"a,b')]


def test_bytes_that_the_encoding_does_not_know_send_the_row_into_quarantine(tmp_path):
    batch = departments.read(csv_source(tmp_path, b"id,first,last\n1,J\xf6rg,b\n2,J\xc3\xb6rg,b\n"))
    assert [record.attributes["given_name"] for record in batch.records] == ["Jörg"]
    (refused,) = batch.rejected
    assert (refused.line, refused.key, refused.field) == (2, "1", "first")
    assert "no text" in refused.reason
    refused.row.encode()


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-8-sig"])
def test_a_csv_file_may_have_any_encoding(tmp_path, encoding):
    content = "id;first;last\n1;Jörg;Müßig\n".encode(encoding)
    options = f', delimiter: ";", encoding: {encoding}'
    batch = departments.read(csv_source(tmp_path, content, options=options))
    assert batch.records[0].attributes == {"given_name": "Jörg", "family_name": "Müßig"}


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    content = "id,first,last\n1,a,b\n".encode("utf-8-sig")
    assert keys(departments.read(csv_source(tmp_path, content))) == ["1"]


def test_a_line_without_end_is_not_read_into_memory(tmp_path):
    long = b"x" * (3 * LONGEST_LINE)
    batch = departments.read(csv_source(tmp_path, b"id,first,last\n" + long + b"\n2,a,b\n"))
    assert keys(batch) == ["2"]
    assert told(batch) == [(2, f"broken line: longer than {LONGEST_LINE} characters")]
    lines = b'{"id": "' + long + b'"}\n{"id": 2, "first": "a", "last": "b"}\n'
    batch = departments.read(json_source(tmp_path, lines))
    assert keys(batch) == ["2"]
    assert told(batch) == [(1, f"broken line: longer than {LONGEST_LINE} bytes")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"id,first\n1,a\n", "has no column last"),
        (b"id,first,last,id\n1,a,b,c\n", "more than one column is called id"),
        (b'"id,first', "broken header"),
    ],
)
def test_a_csv_file_that_lacks_what_is_needed_stops_the_source(tmp_path, content, reason):
    with pytest.raises(SourceUnavailable, match=reason):
        departments.read(csv_source(tmp_path, content))


@pytest.mark.parametrize("place", ["{csv: no}", "{json_lines: no}", "{parquet: no}"])
def test_a_file_that_is_not_there_stops_the_source(tmp_path, place):
    with pytest.raises(SourceUnavailable, match=r"source 'shop': no cannot be read"):
        departments.read(departments.source(tmp_path, place))


def test_a_file_in_another_format_stops_the_source(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"id,first,last\n")
    with pytest.raises(SourceUnavailable, match=r"a.parquet cannot be read"):
        departments.read(departments.source(tmp_path, "{parquet: a.parquet}"))


def test_json_objects_and_lists_are_addressed_with_dots(tmp_path):
    row = {
        "id": 12345678901234567890123,
        "first": "a",
        "last": {"now": "b"},
        "contacts": [{"email": "x@y.org"}, {}, {"email": ["z@y.org", None]}],
    }
    config = json_source(
        tmp_path,
        b"\xef\xbb\xbf"
        + orjson.dumps(row | {"id": 1}).replace(b'"id":1', b'"id":12345678901234567890123')
        + b"\n",
        attributes="{given_name: first, family_name: last.now, email: contacts.email}",
    )
    (record,) = departments.read(config).records
    assert record.key == "12345678901234567890123"
    assert record.attributes["family_name"] == "b"
    assert record.attributes["email"] == ("x@y.org", "z@y.org")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": 1, "first": NaN, "last": "b"}', "NaN is not JSON"),
        (b'{"id": 1, "first": -Infinity}', "-Infinity is not JSON"),
        (b'{"id": 1, "id": 2, "first": "a", "last": "b"}', "a key stands twice"),
        (b"[1, 2]", "a JSON object is wanted, not an array"),
        (b"null", "a JSON object is wanted, not null"),
        (b'{"id": 1', "broken line"),
        (b'{"id": "\xff"}', "byte 9 is not UTF-8"),
        (b"[" * 100_000, "broken line"),
        (b'{"id": ' + b"9" * 5000 + b"}", "broken line"),
    ],
)
def test_a_line_that_is_no_strict_json_object_is_told_and_the_rest_goes_in(tmp_path, line, reason):
    good = b'{"id": 2, "first": "a", "last": "b"}\n'
    batch = departments.read(json_source(tmp_path, good + b"\n" + line + b"\n" + good))
    assert keys(batch) == ["2", "2"]
    ((number, said),) = told(batch)
    assert number == 3
    assert reason in said


@pytest.mark.parametrize("first", ['"\\ud800"', '{"deep": ' + "[" * 400 + "]" * 400 + "}"])
def test_a_json_row_that_cannot_be_kept_as_text_is_refused_with_its_field(tmp_path, first):
    line = f'{{"id": 1, "first": {first}, "last": "b"}}\n'.encode()
    batch = departments.read(json_source(tmp_path, line))
    assert batch.records == []
    assert (batch.rejected[0].key, batch.rejected[0].field) == ("1", "first")
    batch.rejected[0].row.encode()


def test_a_column_that_no_json_row_has_stops_the_source(tmp_path):
    config = json_source(tmp_path, b'{"id": 1, "first": "a"}\n{"id": 2, "first": "b"}\n')
    with pytest.raises(SourceUnavailable, match="no column last in any row"):
        departments.read(config)


def test_a_nested_column_that_no_json_row_has_stops_the_source(tmp_path):
    config = json_source(
        tmp_path,
        b'{"id": 1, "first": "a", "contact": {"mail": "x"}}\n',
        attributes="{given_name: first, email: contact.email}",
    )
    with pytest.raises(SourceUnavailable, match=r"no column contact\.email in any row"):
        departments.read(config)


def test_parquet_values_of_every_type_become_text_in_one_way(tmp_path):
    table = pa.table(
        {
            "id": pa.array([12345.0, None]),
            "first": pa.array([Decimal("1.50"), None]),
            "last": pa.array([True, None]),
            "born": pa.array([dt.date(1630, 2, 3), None]),
            "mails": pa.array([["a@b.org", "c@d.org"], None]),
            "changed": pa.array([1_767_225_600_000_000_001, None], pa.timestamp("ns")),
        }
    )
    config = parquet_source(
        tmp_path,
        table,
        attributes="{given_name: first, family_name: last, date_of_birth: born, email: mails}",
        more="modified_at: changed",
    )
    batch = departments.read(config)
    (record,) = batch.records
    assert record.key == "12345"
    assert record.attributes == {
        "given_name": "1.50",
        "family_name": "true",
        "date_of_birth": "1630-02-03",
        "email": ("a@b.org", "c@d.org"),
    }
    assert record.modified_at == "2026-01-01T00:00:00.000000Z"
    assert [(row.line, row.key, row.reason) for row in batch.rejected] == [(2, None, "no key")]


def test_parquet_columns_may_be_nested_and_bytes_are_of_the_wrong_type(tmp_path):
    table = pa.table({"id": [1, 2], "name": [{"first": "a"}, {"first": "b"}], "last": [b"x", None]})
    config = parquet_source(
        tmp_path, table, attributes="{given_name: name.first, family_name: last}"
    )
    batch = departments.read(config)
    assert [record.attributes for record in batch.records] == [{"given_name": "b"}]
    assert batch.rejected[0].reason == "wrong type: bytes, which cannot be written as text"


def test_files_are_read_in_batches(tmp_path):
    rows = b"".join(b"%d,a,b\n" % number for number in range(BATCH + 1))
    config = csv_source(tmp_path, b"id,first,last\n" + rows)
    assert len(departments.read(config).records) == BATCH + 1
