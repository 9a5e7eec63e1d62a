"""A client that submits to a running server beside others, and what it was told.

It has keys that it alone writes; those of `CONTESTED` all write.  A request that is answered 503
was not taken, and is sent again.  What became of a request whose connection broke nobody knows: the
client reads the record, and goes on from what it finds.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.asking import Asking

OWN_KEYS = 6
CONTESTED = ("shop/contested-1", "shop/contested-2", "shop/dated-1", "shop/dated-2")
"""Those with a date are written with a time of change, the others with `If-Match` now and then."""

ABSENT, RETIRED = "absent", "retired"
"""What a record can be beside its content."""
STALE, FAILED = "/problems/stale", "/problems/precondition-failed"

PEOPLE = 12
_VALUES: Mapping[str, Callable[[int], str]] = {
    "given_name": lambda person: f"Nam{'abcdefghijkl'[person]}",
    "date_of_birth": lambda person: f"19{50 + person}-01-31",
    "email": lambda person: f"person{person}@lee.example",
}


def somebody(random: Random) -> dict[str, object]:
    """Make a record of one of few people, now and then with something of another: a bridge."""
    person, other = random.sample(range(PEOPLE), 2)
    made: dict[str, object] = {
        name: value(other if random.random() < 0.1 else person) for name, value in _VALUES.items()
    }
    made["email"] = [made["email"]]
    if random.random() < 0.2:
        del made[random.choice(["given_name", "date_of_birth"])]
    if random.random() < 0.1:
        made["email"] = [_VALUES["email"](each) for each in (person, other)]
    return made


def content_of(attributes: Mapping[str, object]) -> str:
    """Write attributes so that they can be compared."""
    return json.dumps(attributes, sort_keys=True)


@dataclass
class Told:
    """What a client was told.

    `versions`: name, version, and what the record was at that version.  `stands`: what each of its
    own names can be now; of a contested one, what the client sent and never heard of.  `seen`
    counts outcomes, refusals, answers of 503 and broken connections.
    """

    versions: list[tuple[str, int, str]] = field(default_factory=list)
    stands: dict[str, set[str]] = field(default_factory=lambda: defaultdict(lambda: {ABSENT}))
    seen: Counter[str] = field(default_factory=Counter)


class Client:
    """Submits, retires and reads its own records, and writes the contested ones.

    `acknowledged` is called when a write of its own was, with the port that heard of it.
    """

    def __init__(
        self, port: int, number: int, seed: int, acknowledged: Callable[[int], None]
    ) -> None:
        self.told = Told()
        self.asking = Asking(port, self.told.seen)
        self._acknowledged = acknowledged
        self._random = Random(f"{seed} {number}")
        self._own = [f"bank/{number}-{each}" for each in range(OWN_KEYS)]
        self._saw: dict[str, int] = {}

    def act(self, *, contest: bool) -> None:
        """Do one thing at random."""
        acts = [self._submit] * 5 + [self._submit_many, self._retire, self._look]
        self._random.choice(acts + [self._contest] * 2 * contest)()

    def _submit(self) -> None:
        self._put(self._random.choice(self._own), somebody(self._random))

    def _put(self, name: str, attributes: Mapping[str, object]) -> None:
        answer = self.asking.ask("PUT", path_of(name), {"attributes": attributes})
        if answer.broken:
            self._settle(name, content_of(attributes))
        else:
            self._was_taken(name, content_of(attributes), answer.status, answer.json)

    def _submit_many(self) -> None:
        """Submit some of the own records in one body."""
        given = {name: somebody(self._random) for name in self._random.sample(self._own, 3)}
        lines = [
            {"key": name.partition("/")[2], "attributes": attributes}
            for name, attributes in given.items()
        ]
        answer = self.asking.ask("POST", "/v1/sources/bank/records", lines)
        assert answer.broken or answer.status == 200, answer
        for line in answer.lines():
            name = f"bank/{line['key']}"
            attributes = given.pop(name)
            if line["status"] == 503:
                self.asking.was_busy(line)
                self._put(name, attributes)
            else:
                self._was_taken(name, content_of(attributes), line["status"], line)
        assert answer.broken or not given, answer
        for name, attributes in given.items():
            self._settle(name, content_of(attributes))

    def _retire(self) -> None:
        live = [name for name in self._own if self._known(name) not in (None, ABSENT, RETIRED)]
        if not live:
            return
        name = self._random.choice(live)
        answer = self.asking.ask("DELETE", path_of(name))
        if answer.broken:
            self._settle(name, RETIRED)
        else:
            self._was_taken(name, RETIRED, answer.status, answer.json)

    def _look(self) -> None:
        name = self._random.choice(self._own)
        found = self._read(name)
        assert found in self.told.stands[name], (name, found)

    def _contest(self) -> None:
        """Write what others write too; that they were faster, or know better, is told."""
        name = self._random.choice(CONTESTED)
        given: dict[str, object] = {"attributes": somebody(self._random)}
        headers, refused = {}, 412
        if "dated" in name:
            given["modified_at"] = f"2026-01-{self._random.randint(1, 28):02}T12:00:00Z"
            refused = 409
        elif self._random.random() < 0.5:
            headers["If-Match"] = f'"{self._saw.get(name, 1)}"'
        answer = self.asking.ask("PUT", path_of(name), given, **headers)
        if answer.broken:
            self.told.stands[name].add(content_of(given["attributes"]))
        elif answer.status == refused:
            assert answer.json["type"] == (STALE if "dated" in name else FAILED)
            self.told.seen[answer.json["type"]] += 1
            self._read(name)
        else:
            assert answer.status in (200, 201), answer
            self._note(name, answer.json["version"], content_of(given["attributes"]))

    def _was_taken(self, name: str, standing: str, status: int | None, told: Mapping) -> None:
        """Note that a record was taken, and hold the answer against what was known of it."""
        known = self._known(name)
        assert status in (200, 201), told
        assert (told["golden_id"] is None) == (standing == RETIRED), told
        if known is not None:
            assert (status == 201) == (known == ABSENT), (known, told)
            assert (told["outcome"] == "unchanged") == (known == standing), (known, told)
        self.told.seen[told["outcome"]] += 1
        self.told.stands[name] = {standing}
        self._note(name, told["version"], standing)
        self._acknowledged(self.asking.port)

    def _settle(self, name: str, wanted: str) -> None:
        """See what became of a request whose connection broke.

        A database server may still be committing for a worker that is gone: what is not there can
        come until the next write, which waits for it.
        """
        before = self.told.stands[name]
        found = self._read(name)
        assert found in before | {wanted}, (name, found)
        self.told.stands[name] = {wanted} if found == wanted else before | {wanted}
        if wanted not in before:
            self.told.seen["unknown, in" if found == wanted else "unknown, not in"] += 1

    def _read(self, name: str) -> str:
        answer = self.asking.read(path_of(name))
        if answer.status == 404:
            return ABSENT
        assert answer.status == 200, answer
        found = answer.json
        standing = RETIRED if found["retired_at"] else content_of(found["attributes"])
        self._note(name, found["version"], standing)
        return standing

    def _note(self, name: str, version: int, standing: str) -> None:
        self._saw[name] = version
        self.told.versions.append((name, version, standing))

    def _known(self, name: str) -> str | None:
        """Tell what an own record is; None when it can be one of two."""
        stands = self.told.stands[name]
        return next(iter(stands)) if len(stands) == 1 else None


def path_of(name: str) -> str:
    """Say where a record is; `bank/1` is the record 1 of the source `bank`."""
    source, key = name.split("/")
    return f"/v1/sources/{source}/records/{key}"
