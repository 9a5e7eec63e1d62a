"""Who may log in: making users, checking passwords, ending sessions.

Passwords are kept as Werkzeug's scrypt hashes.  Attempts are counted before the password is looked
at, so that many at once do not get past the count.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from secrets import token_hex

from werkzeug.security import check_password_hash, generate_password_hash

from mdm.model.clock import as_text, now
from mdm.model.errors import Fault, LoginFailed, LoginThrottled, NotFound, RecordInvalid
from mdm.model.users import LONGEST_PASSWORD, SHORTEST_PASSWORD, USER_NAME, USER_NAME_RULE, User
from mdm.store import Store, Transaction, secrets, users

MOST_FROM_ADDRESS = 5
MOST_IN_ALL = 50
"""Attempts at one name that may fail within WINDOW: from one address, and from all of them."""
WINDOW = timedelta(minutes=15)

SESSION_KEY = "session_key"
KEY_BYTES = 32


@cache
def _nobodys_hash() -> str:
    """Give what is checked where there is no user: a wrong name must not be answered sooner."""
    return generate_password_hash("nobody's")


class Users:
    """The users of a store; threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, name: str, password: str) -> None:
        """Make a user, or enable one that was disabled, with a new password.

        RecordInvalid for a name or a password that breaks the rules, or a user who is there.
        """
        faults = [] if USER_NAME.fullmatch(name) else [Fault("name", USER_NAME_RULE)]
        _refuse(faults + _faults(password))
        hashed = generate_password_hash(password)
        with self._store.write() as tx:
            kept = users.get(tx, name)
            if kept is not None:
                if kept.disabled_at is None:
                    raise RecordInvalid([Fault("name", f"{name!r} is a user already")])
                users.set_disabled(tx, name, None)
            users.put(tx, name, hashed, now())
            tx.commit()

    def listing(self) -> list[User]:
        """List the users by their names."""
        with self._store.read() as tx:
            return users.listing(tx)

    def disable(self, name: str) -> None:
        """Let a user not log in any more; all sessions of theirs end.  NotFound for nobody."""
        with self._store.write() as tx:
            users.set_disabled(tx, name, now())
            tx.commit()

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password; all sessions of theirs end.

        NotFound for nobody, RecordInvalid for a password that breaks the rules.
        """
        _refuse(_faults(password))
        hashed = generate_password_hash(password)
        with self._store.write() as tx:
            if users.get(tx, name) is None:
                raise NotFound("user", name)
            users.put(tx, name, hashed, now())
            tx.commit()

    def log_in(self, name: str, password: str, address: str) -> User:
        """Check a password that came from a network address.

        LoginFailed when name or password is wrong; LoginThrottled, whatever the password, after
        too many attempts.
        """
        if not USER_NAME.fullmatch(name):
            raise LoginFailed  # nobody can have such a name; a database need not take it
        with self._store.write() as tx:
            _refuse_too_many(tx, name, address)
            users.add_attempt(tx, name, address, at=now(), oldest=_since())
            hashed = users.password_hash(tx, name)
            tx.commit()
        right = check_password_hash(hashed or _nobodys_hash(), password[:LONGEST_PASSWORD])
        if hashed is None or not right or len(password) > LONGEST_PASSWORD:
            raise LoginFailed
        with self._store.write() as tx:
            users.forget_attempts(tx, name, address)
            found = users.get(tx, name)
            tx.commit()
        if found is None or found.disabled_at is not None:
            raise LoginFailed
        return found

    def logged_in(self, name: str, generation: int) -> User | None:
        """Read who a session belongs to, None when it is over."""
        with self._store.read() as tx:
            found = users.get(tx, name)
        lasts = found is not None and found.disabled_at is None and found.generation == generation
        return found if lasts else None

    def session_key(self) -> str:
        """Read the key that signs sessions: one for all processes, made when first asked for."""
        with self._store.read() as tx:
            kept = secrets.get(tx, SESSION_KEY)
        if kept is not None:
            return kept
        with self._store.write() as tx:
            kept = secrets.get(tx, SESSION_KEY)
            if kept is None:
                kept = token_hex(KEY_BYTES)
                secrets.add(tx, SESSION_KEY, kept, at=now())
            tx.commit()
        return kept


def _faults(password: str) -> list[Fault]:
    if SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return []
    rule = f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD:,} characters"
    return [Fault("password", rule)]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise RecordInvalid(faults)


def _refuse_too_many(tx: Transaction, name: str, address: str) -> None:
    """Raise LoginThrottled when the attempts of the last while were too many."""
    made = users.attempts(tx, name, address, since=_since())
    from_here = [at for at, here in made if here]
    for times, most in ((from_here, MOST_FROM_ADDRESS), ([at for at, _ in made], MOST_IN_ALL)):
        if len(times) >= most:
            over = datetime.fromisoformat(times[-most]) + WINDOW - datetime.now(UTC)
            raise LoginThrottled(max(1, round(over.total_seconds())))


def _since() -> str:
    return as_text(datetime.now(UTC) - WINDOW)
