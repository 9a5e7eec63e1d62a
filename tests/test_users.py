"""Who may log in, and how often somebody may try."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from mdm.model.errors import LoginFailed, LoginThrottled, NotFound, RecordInvalid
from mdm.model.users import LONGEST_PASSWORD
from mdm.users import MOST_FROM_ADDRESS, MOST_IN_ALL, Users
from tests.terminal import bare, folder, mdm, refused, said

__all__ = ["bare", "folder"]  # fixtures

PASSWORD, OTHER = "correct horse battery", "staple horse battery"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def users(store) -> Users:
    users = Users(store)
    users.add("ann", PASSWORD)
    return users


def fail(users: Users, times: int, address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(LoginFailed):
            users.log_in("ann", OTHER, address)


def test_who_has_the_password_logs_in_and_the_session_lasts(users):
    user = users.log_in("ann", PASSWORD, HERE)
    assert (user.name, user.disabled_at) == ("ann", None)
    assert users.logged_in("ann", user.generation) == user


@pytest.mark.parametrize(
    ("name", "password"),
    [("ann", OTHER), ("bob", PASSWORD), ("Ann", PASSWORD), ("ann", ""), ("", PASSWORD)],
)
def test_nobody_is_told_whether_the_name_or_the_password_is_wrong(users, name, password):
    with pytest.raises(LoginFailed, match="the name or the password is wrong: try again"):
        users.log_in(name, password, HERE)


def test_a_password_that_is_longer_than_any_is_wrong(users):
    users.set_password("ann", "x" * LONGEST_PASSWORD)
    assert users.log_in("ann", "x" * LONGEST_PASSWORD, HERE).name == "ann"
    with pytest.raises(LoginFailed):
        users.log_in("ann", "x" * LONGEST_PASSWORD + "y", HERE)


def test_another_password_ends_all_sessions_and_the_old_one_is_wrong(users):
    before = users.log_in("ann", PASSWORD, HERE)
    users.set_password("ann", OTHER)
    assert users.logged_in("ann", before.generation) is None
    with pytest.raises(LoginFailed):
        users.log_in("ann", PASSWORD, HERE)
    after = users.log_in("ann", OTHER, HERE)
    assert users.logged_in("ann", after.generation) == after


def test_who_is_disabled_has_no_session_and_gets_none_back_when_enabled_again(users):
    before = users.log_in("ann", PASSWORD, HERE)
    users.disable("ann")
    assert users.logged_in("ann", before.generation) is None
    with pytest.raises(LoginFailed):
        users.log_in("ann", PASSWORD, HERE)
    users.set_password("ann", PASSWORD)
    with pytest.raises(LoginFailed):
        users.log_in("ann", PASSWORD, HERE)
    users.add("ann", OTHER)
    assert users.logged_in("ann", before.generation) is None
    assert users.log_in("ann", OTHER, HERE).disabled_at is None


def test_after_too_many_wrong_passwords_the_right_one_waits_too_but_not_from_elsewhere(users):
    fail(users, MOST_FROM_ADDRESS)
    with pytest.raises(LoginThrottled, match="wait 15 minutes, then try again") as caught:
        users.log_in("ann", PASSWORD, HERE)
    assert 14 * 60 < caught.value.seconds <= 15 * 60
    assert users.log_in("ann", PASSWORD, THERE).name == "ann"
    with pytest.raises(LoginThrottled):
        users.log_in("ann", PASSWORD, HERE)


def test_attempts_are_forgotten_after_a_while_and_by_a_right_one(users, store):
    fail(users, MOST_FROM_ADDRESS)
    with store.write() as tx:
        tx.connection.execute(
            sa.text("UPDATE login_attempt SET at = '2026-01-01T00:00:00.000000Z'")
        )
        tx.commit()
    fail(users, MOST_FROM_ADDRESS - 1)
    users.log_in("ann", PASSWORD, HERE)
    fail(users, MOST_FROM_ADDRESS)
    with store.read() as tx:
        kept = tx.connection.execute(sa.text("SELECT count(*) FROM login_attempt")).scalar_one()
    assert kept == MOST_FROM_ADDRESS


def test_attempts_from_many_addresses_are_too_many_together(users):
    for number in range(MOST_IN_ALL // MOST_FROM_ADDRESS):
        fail(users, MOST_FROM_ADDRESS, f"198.51.100.{number}")
    with pytest.raises(LoginThrottled):
        users.log_in("ann", PASSWORD, HERE)


def test_attempts_at_the_same_time_do_not_get_past_the_count(users):
    def attempt(_: int) -> type[Exception]:
        with pytest.raises((LoginFailed, LoginThrottled)) as caught:
            users.log_in("ann", OTHER, HERE)
        return caught.type

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(attempt, range(20)))
    assert found.count(LoginFailed) == MOST_FROM_ADDRESS


@pytest.mark.parametrize(
    ("name", "password", "fields"),
    [
        ("ann", PASSWORD, ["name"]),
        ("Bob", PASSWORD, ["name"]),
        ("", "short", ["name", "password"]),
        ("a" * 65, PASSWORD, ["name"]),
        ("bob\n", PASSWORD, ["name"]),
        ("bob", "x" * 11, ["password"]),
        ("bob", "x" * (LONGEST_PASSWORD + 1), ["password"]),
    ],
)
def test_a_user_who_breaks_a_rule_is_refused_with_every_field(users, name, password, fields):
    with pytest.raises(RecordInvalid) as caught:
        users.add(name, password)
    assert [fault.field for fault in caught.value.faults] == fields
    assert [each.name for each in users.listing()] == ["ann"]


def test_nobody_cannot_be_disabled_or_given_a_password(users):
    with pytest.raises(NotFound):
        users.disable("bob")
    with pytest.raises(NotFound):
        users.set_password("bob", PASSWORD)


def test_no_password_is_kept_nor_the_same_hash_of_the_same_one(users, store):
    users.add("bob", PASSWORD)
    with store.read() as tx:
        rows = tx.connection.execute(sa.text('SELECT password_hash FROM "user"')).scalars().all()
    assert len(set(rows)) == 2
    assert all(each.startswith("scrypt:") and PASSWORD not in each for each in rows)


@pytest.mark.usefixtures("folder")
def test_an_operator_adds_lists_disables_and_gives_another_password():
    assert "no users yet" in said("users", "list")
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    assert mdm("users", "add", "ann", typed=typed).stdout == "ann is a user\n"
    assert mdm("users", "add", "bob", "--password-stdin", typed=f"{PASSWORD}\n").exit_code == 0
    assert [line.split()[0] for line in said("users", "list").splitlines()] == [
        "name",
        "ann",
        "bob",
    ]

    assert (
        "sessions ended" in mdm("users", "password", "ann", "--password-stdin", typed=OTHER).stdout
    )
    assert "sessions ended" in said("users", "disable", "bob")
    assert [len(line.split()) for line in said("users", "list").splitlines()] == [3, 2, 3]
    assert "`mdm users list` lists them" in refused("users", "disable", "cid")


@pytest.mark.usefixtures("folder")
def test_a_password_on_the_terminal_is_asked_twice_and_never_shown():
    wrong = mdm("users", "add", "ann", typed=f"{PASSWORD}\n{OTHER}\n{PASSWORD}\n{PASSWORD}\n")
    assert wrong.exit_code == 0
    assert "do not match" in wrong.output
    assert PASSWORD not in wrong.output
    short = mdm("users", "add", "bob", "--password-stdin", typed="short\n")
    assert short.exit_code == 1
    assert "password: must have 12 to 1,024 characters" in short.output
