"""Labels files: read from each format, or refused with every fault, its line and its field."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mdm.model.errors import FileInvalid
from mdm.resolution.labels import MOST_FAULTS, read_labels

LABELS = [
    {"source": "town", "key": "1", "entity": "x"},
    {"source": "town", "key": "2", "entity": "x"},
    {"source": "shop", "key": "1", "entity": "y"},
]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_labels_are_read_from_each_format(tmp_path, suffix):
    path = tmp_path / f"labels{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(LABELS), path)
    elif suffix == ".csv":
        path.write_text("entity,source,key,more\nx,town,1,\nx,town,2,\ny,shop,1,\n")
    else:
        path.write_text(
            "".join(
                f'{{"source":"{la["source"]}","key":{la["key"]},"entity":"{la["entity"]}"}}\n'
                for la in LABELS
            )
        )

    found = read_labels(path).sort_by([("source", "descending"), ("key", "ascending")])
    assert found.to_pylist() == LABELS


def test_numbers_name_keys_and_entities_as_ingestion_reads_them(tmp_path):
    path = tmp_path / "labels.parquet"
    pq.write_table(pa.table({"source": ["town"], "key": [7.0], "entity": [12]}), path)
    assert read_labels(path).to_pylist() == [{"source": "town", "key": "7", "entity": "12"}]


def faults(path) -> list[tuple[int | None, str]]:
    with pytest.raises(FileInvalid) as refused:
        read_labels(path)
    assert all(problem.file == str(path) for problem in refused.value.problems)
    return [(problem.line, problem.key) for problem in refused.value.problems]


def test_all_faults_of_a_labels_file_are_told_with_their_line_and_field(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("source,key,entity\ntown,1,x\ntown,,x\n,3,\ntown,4\ntown,1,y\n")
    assert faults(path) == [
        (3, "key"),
        (4, "source"),
        (4, "entity"),
        (5, "the line"),
        (6, "entity"),
    ]


def test_a_fault_in_parquet_is_told_with_its_row(tmp_path):
    path = tmp_path / "labels.parquet"
    pq.write_table(pa.table({"source": ["a", None], "key": ["1", "2"], "entity": ["x", "y"]}), path)
    assert faults(path) == [(2, "source")]


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("source,key\ntown,1\n")
    with pytest.raises(FileInvalid, match="no column entity"):
        read_labels(path)


@pytest.mark.parametrize("name", ["absent.csv", "labels.xlsx"])
def test_a_file_that_is_not_there_or_of_another_format_is_refused(tmp_path, name):
    assert faults(tmp_path / name) == [(None, "the file")]


def test_a_file_full_of_faults_tells_the_first_of_them(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("source,key,entity\n" + "town,,x\n" * (MOST_FAULTS + 50))
    assert faults(path) == [(line, "key") for line in range(2, MOST_FAULTS + 2)]


def test_a_record_labelled_twice_with_one_entity_counts_once(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("source,key,entity\ntown,1,x\ntown,1,x\n")
    assert read_labels(path).num_rows == 1
