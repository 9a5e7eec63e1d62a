"""Verifying and rebuilding: whatever is damaged is found, named and mended; nothing else is."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from mdm.cli import main
from mdm.hub import Hub
from mdm.model.errors import NothingToDo
from mdm.resolution.laws import Finding
from mdm.resolution.rebuild import rebuild
from mdm.resolution.verify import Verification, verify
from mdm.store.bulk import is_sqlite
from mdm.store.schema import metadata
from mdm.store.sources import declare_sources
from tests.damage import BOB_IN, DAMAGE
from tests.done_once import do_once
from tests.resolving import ANN, BOB, CID, RULES, SOURCES, STRICT, Office

TABLES = [table.name for table in metadata.sorted_tables]

ANNE = {"given_name": "Ann", "date_of_birth": "1980-01-31", "email": ("anne@other.example",)}
DAN = {"given_name": "Dan", "date_of_birth": "1955-05-05", "email": ("ann@lee.example",)}
"""Shares Ann's e-mail: worth a review and no more."""
FAY = {"given_name": "Fay", "date_of_birth": "1960-06-06", "email": ("fay@elm.example",)}
BY_DATE = {"given_name": "Fay", "date_of_birth": "1960-06-06"}
BY_EMAIL = {"given_name": "Fay", "email": ("fay@elm.example",)}
"""No blocking rule finds this one and the one by date; Fay holds them together."""


@pytest.fixture
def office(store) -> Office:
    """Ann three times, Bob, Dan, Fay three times, and Cid who is retired; resolved."""
    office = Office(store)

    def fill() -> None:
        anns = {"bank_1": ANN, "shop_1": ANN, "shop_4": ANNE}
        fays = {"bank_6": FAY, "shop_6": BY_EMAIL, "shop_7": BY_DATE}
        office.begin(**anns, bank_2=BOB, bank_3=CID, shop_5=DAN, **fays)
        office.retire("bank/3")
        office.resolve()

    do_once(store, "verify", fill)
    return office


def run(office: Office, *statements: str) -> None:
    """Damage a store; `{bank/1}` stands for the number of a record."""
    with office.store.write() as tx:
        if is_sqlite(tx):
            # what an operator's own tool does not heed either
            raw = tx.connection.connection.driver_connection
            raw.execute("PRAGMA defer_foreign_keys = ON")
        for statement in statements:
            tx.connection.execute(sa.text(numbered(office, statement)))
        tx.commit()


def numbered(office: Office, statement: str) -> str:
    rows = office.query(
        "SELECT s.name || '/' || r.key, r.record_id FROM record r "
        "JOIN source s ON s.source_id = r.source_id"
    )
    for name, number in rows:
        statement = statement.replace(f"{{{name}}}", str(number))
    return statement


def found(office: Office) -> dict[str, Finding]:
    return {finding.what: finding for finding in verify(office.store).findings}


def clean(office: Office) -> Verification:
    """Verify a store that keeps the laws."""
    verification = verify(office.store)
    assert verification.findings == []
    return verification


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_named_and_mended(office, damage):
    statements, expected = DAMAGE[damage]
    homes, before = office.homes(), office.meaning()
    names = {f"{{{name}}}": golden_id for name, golden_id in homes.items()}
    run(office, *statements)
    findings = found(office)
    for what, examples in expected.items():
        assert list(findings[what].examples) == [names.get(each, each) for each in examples]
    if damage not in {"nothing at all", "all values gone"}:
        assert findings.keys() == expected.keys()
    rebuild(office.store)
    clean(office)
    assert office.homes() == homes
    assert office.meaning() == before


def test_a_golden_record_without_a_record_is_found_and_goes(office):
    before = office.meaning()
    gone = office.query("SELECT own_serial FROM record WHERE retired_at IS NOT NULL")[0][0]
    run(
        office,
        "INSERT INTO golden_record (serial, version, created_at, updated_at, attributes, "
        f"provenance) VALUES ({gone}, 1, '', '', '{{}}', '{{}}')",
    )
    assert found(office).keys() == {"golden records without a record"}
    rebuild(office.store)
    clean(office)
    assert office.meaning() == before


def test_a_golden_id_that_nobody_ever_had_is_found_and_no_rebuild_mends_it(office):
    run(office, "INSERT INTO golden_id (serial, golden_id, minted_at) VALUES (99, 'g99', '')")
    (finding,) = found(office).values()
    nobodys = "golden IDs that stand for no record"
    assert finding == Finding("golden IDs", nobodys, 1, ("g99",), mended=False)
    rebuild(office.store)
    assert found(office).keys() == {nobodys}


def test_a_store_that_keeps_the_laws_is_counted(office):
    verification = clean(office)
    pairs = office.query("SELECT count(*) FROM pair")[0][0]
    assert (verification.records, verification.golden_records) == (8, 4)
    assert (verification.pairs, verification.waiting, verification.beside) == (pairs, 0, 0)


def test_verifying_writes_nothing(office):
    run(office, "DELETE FROM pair", "DELETE FROM standardised")
    office.take(bank_2=ANN)
    before = office.rows(TABLES)
    assert found(office)
    assert office.rows(TABLES) == before


def test_a_rebuild_of_what_is_right_touches_nothing(office):
    before = office.derived()
    kept = office.rows(["golden_id", "record"])
    rebuild(office.store)
    assert office.derived() == before
    assert office.rows(["golden_id", "record"]) == kept


def test_a_rebuild_raises_the_versions_of_the_golden_records_that_it_mends_and_no_other(office):
    run(office, f"UPDATE golden_record SET attributes = '{{}}' WHERE serial = {BOB_IN}")
    before = dict(office.query("SELECT serial, version FROM golden_record"))
    rebuild(office.store)
    after = dict(office.query("SELECT serial, version FROM golden_record"))
    bob = office.query(numbered(office, f"SELECT {BOB_IN[1:-1].removeprefix('SELECT ')}"))[0][0]
    assert {serial for serial in after if after[serial] != before[serial]} == {bob}
    assert after[bob] == before[bob] + 1


def test_a_rebuild_uses_the_active_version_and_resolves_what_waits(office):
    office.train(STRICT)
    office.take(bank_6=CID)
    assert rebuild(office.store).model_version == 1
    assert office.pending() == set()
    clean(office)


def test_before_anything_was_published_there_is_nothing_to_verify(store):
    for act in (verify, rebuild):
        with pytest.raises(NothingToDo, match="mdm resolve"):
            act(store)


def test_what_an_older_release_published_is_not_verified(office):
    run(office, "UPDATE resolution SET keyed = NULL")
    with pytest.raises(NothingToDo, match="mdm resolve"):
        verify(office.store)


WAITING = {
    "new records": lambda office: office.take(bank_7=CID, bank_8=ANN),
    "a bridge between two": lambda office: office.take(
        bank_7={**ANN, "email": (*ANN["email"], *BOB["email"]), "date_of_birth": "1990-05-05"}
    ),
    "one that becomes another": lambda office: office.take(bank_1=BOB),
    "one that becomes another twice": lambda office: (
        office.take(bank_1=BOB),
        office.take(bank_1=CID),
    ),
    "the one that held others together": lambda office: office.take(shop_1=CID, bank_1=CID),
    "one that is retired": lambda office: office.retire("bank/1"),
    "all retired": lambda office: office.retire("bank/1", "shop/1", "shop/4", "bank/2", "shop/5"),
    "one that returns": lambda office: office.take(bank_3=CID),
    "one that returns as another": lambda office: office.take(bank_3=ANN),
    "records by other rules": lambda office: office.take(STRICT, bank_1=BOB, bank_7=ANN),
    "changed, then retired": lambda office: (office.take(bank_1=BOB), office.retire("bank/1")),
}


@pytest.mark.parametrize("waits", WAITING)
def test_records_that_wait_are_no_violation(office, waits):
    WAITING[waits](office)
    verification = clean(office)
    assert verification.waiting == len(office.pending())
    office.resolve()
    assert clean(office).waiting == 0


@pytest.mark.parametrize("waits", ["new records", "one that becomes another"])
@pytest.mark.parametrize(
    "damage",
    ["another golden value", "no search key", "another blocking key", "no golden record"],
)
def test_damage_away_from_what_waits_is_found_all_the_same(office, waits, damage):
    if waits == "new records":
        office.take(bank_8=ANN)
    else:
        office.take(bank_1=CID)
    statements, expected = DAMAGE[damage]
    run(office, *statements)
    assert found(office).keys() == expected.keys()


@pytest.mark.parametrize(
    "damage", ["another weight", "another reason", "no pair", "no home", "pairs of nobody"]
)
def test_damage_beside_what_waits_is_found_where_it_can_be_told(office, damage):
    office.take(bank_8=ANN)
    statements, expected = DAMAGE[damage]
    run(office, *statements)
    assert found(office).keys() == expected.keys()


def test_a_golden_id_that_may_shift_with_what_waits_is_no_violation(office):
    """Bob's record became Ann's and took her ID; it returns, and its old ID waits with it."""
    office.take(bank_2=ANN)
    office.resolve()
    clean(office)
    office.judge(["bank/2"], ["bank/1", "shop/1", "shop/4"])
    office.resolve()
    clean(office)
    office.retire("bank/1", "shop/1")
    clean(office)
    office.resolve()
    clean(office)


def test_a_trust_that_waits_is_no_violation(office):
    office.take(bank_9={**ANN, "given_name": "Annie"})
    office.resolve()
    with office.store.write() as tx:
        declare_sources(tx, [replace(SOURCES[0], trust=0.1)])
        tx.commit()
    assert clean(office).retrusted == 2
    run(office, f"UPDATE golden_record SET attributes = '{{}}' WHERE serial = {BOB_IN}")
    assert found(office).keys() == {"golden records that say something else"}
    office.resolve()
    assert clean(office).retrusted == 0


def test_verification_holds_after_judgements_submissions_and_other_versions(office):
    hub = Hub(office.store, RULES)
    office.judge(["bank/1", "bank/2"])
    office.resolve()
    clean(office)
    office.train(STRICT)
    clean(office)
    office.resolve()
    clean(office)
    office.resolve(1)
    assert hub.verify().findings == []
    assert hub.rebuild().golden_records == len(set(office.homes().values()))


def test_the_commands_tell_what_is_wrong_what_to_do_and_that_it_is_done(
    office, store_url, monkeypatch
):
    monkeypatch.setenv("MDM_DATABASE_URL", store_url)
    run(office, "DELETE FROM pair", "DELETE FROM crosswalk WHERE record_id = {bank/2}")

    damaged = CliRunner().invoke(main, ["verify"])
    assert damaged.exit_code == 1
    assert "pairs that are missing" in damaged.stdout
    assert "records in no golden record" in damaged.stdout
    assert "bank/2" in damaged.stdout
    last = damaged.stderr.splitlines()[-1]
    assert last.startswith("Error: ")
    assert last.endswith(" findings: `mdm rebuild` makes everything derived again")

    assert CliRunner().invoke(main, ["rebuild"]).exit_code == 0
    mended = CliRunner().invoke(main, ["verify"])
    pairs = office.query("SELECT count(*) FROM pair")[0][0]
    assert mended.exit_code == 0
    assert mended.stdout == (
        f"every law holds: 8 records, 4 golden records, {pairs} pairs checked\n"
    )


def test_the_command_says_how_many_records_could_not_be_compared(office, store_url, monkeypatch):
    monkeypatch.setenv("MDM_DATABASE_URL", store_url)
    office.take(bank_8=ANN)
    told = CliRunner().invoke(main, ["verify"])
    assert told.exit_code == 0
    assert told.stdout.startswith("1 record waits for a resolve: it and 3 others that hang ")
    assert "every law holds" in told.stdout.splitlines()[-1]
