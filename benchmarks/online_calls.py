"""What the online benchmark asks a server, and what it measured: one size of the curve."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

import orjson

from benchmarks.client import LINES, Call
from benchmarks.memory import peak_of
from benchmarks.online_data import (
    LOADED,
    OUTGROWN_PHONE,
    SHARED_PHONE,
    Amounts,
    Attributes,
    HeldOut,
    known_in,
)
from benchmarks.served import Measured, Server

CLIENTS = 8

SUBMISSION = "submission"
KNOWN, NEW, CHANGED = "of a known person", "of a new person", "of a changed record"
SHARED = "submission with a phone that is skipped"
OUTGROWN = "submission with a phone that outgrew its limit"
GIANT = "submission into a component over its limit"
SUBMISSIONS = (SUBMISSION, SHARED, OUTGROWN, GIANT)
MATCH = "match"
GOLDEN = "golden record by ID"
BY_KEY = "golden record by source and key"
BULK, LARGE = "bulk", "large body"
TOGETHER = f", {CLIENTS} clients"


@dataclass
class Size:
    """What was measured with so many records: by name of a measurement.

    `outcomes` counts what the answers to each kind of submission said; `bulk` are records a
    second; `peak` the server's memory in bytes while it took the large body, None without one.
    """

    amounts: Amounts
    loaded: Mapping[str, int]
    calls: dict[str, Measured] = field(default_factory=dict)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    bulk: dict[str, float] = field(default_factory=dict)
    peak: int | None = None


def measure(server: Server, size: Size, held_out: HeldOut) -> None:
    """Ask everything; reading comes first, for what is submitted changes what there is to read.

    UnexpectedAnswer at the first answer that is not 2xx.
    """
    asking = _Asking(server, size, held_out, size.amounts)
    asking.read()
    asking.match()
    asking.submit()
    asking.submit_skewed()
    asking.submit_together()
    asking.submit_bulk()
    if size.amounts.large:
        asking.submit_large()


@dataclass
class _Asking:
    server: Server
    size: Size
    held_out: HeldOut
    amounts: Amounts
    keys: Iterator[int] = field(default_factory=count)

    def read(self) -> None:
        """Read golden records by key and, with the IDs that this told, by ID."""
        keys = list(self.held_out.loaded)[-self.amounts.reads :]
        path = f"/v1/golden-records?source={LOADED}&key="
        told = self._ask(BY_KEY, [Call("GET", path + quote(key, safe="")) for key in keys]).told
        calls = [Call("GET", f"/v1/golden-records/{golden_id}") for golden_id in told]
        self._ask(GOLDEN, calls)
        self._ask(GOLDEN, calls, clients=CLIENTS)

    def match(self) -> None:
        """Ask whether customers are known: half of them are."""
        kept = list(self.held_out.loaded.values())[: self.amounts.each]
        moved = self.held_out.strangers[-self.amounts.each :]
        asked = [each for pair in zip(kept, moved, strict=True) for each in pair]
        self._ask(MATCH, [Call("POST", "/v1/match", _json({"attributes": a})) for a in asked])

    def submit(self) -> None:
        """Submit one record after the other: as many of each kind."""
        kinds = self._kinds()
        calls = [call for several in zip(*kinds.values(), strict=True) for call in several]
        measured = self._ask(SUBMISSION, calls)
        for place, kind in enumerate(kinds):
            part = slice(place, None, len(kinds))
            self._note(f"{SUBMISSION} {kind}", measured.seconds[part], measured.told[part])

    def submit_skewed(self) -> None:
        """Submit new records that touch what many records share."""
        amount = self.amounts.skewed
        self._skewed(SHARED, (a | {"phone": SHARED_PHONE} for a in self.held_out.new(amount)))
        self._skewed(OUTGROWN, (a | {"phone": OUTGROWN_PHONE} for a in self.held_out.new(amount)))
        members = self.held_out.chain[:: len(self.held_out.chain) // amount][:amount]
        phones = ({"phone": f"020 7946 {at:04}"} for at in range(amount))
        self._skewed(GIANT, (a | b for a, b in zip(members, phones, strict=True)))

    def submit_together(self) -> None:
        """Submit from several clients at once."""
        kinds = self._kinds()
        calls = [call for several in zip(*kinds.values(), strict=True) for call in several]
        self._ask(SUBMISSION, calls, clients=CLIENTS)

    def submit_bulk(self) -> None:
        """Submit a few bodies of many records, from one client and from several at once."""
        for name, clients in ((BULK, 1), (BULK + TOGETHER, CLIENTS)):
            bodies = [self._body(self.amounts.lines) for _ in range(self.amounts.bulks)]
            measured = self._ask(BULK, bodies, clients=clients)
            self.size.bulk[name] = sum(map(int, measured.told)) / measured.wall

    def submit_large(self) -> None:
        """Submit one very large body, and watch the server's memory."""
        body = self._body(self.amounts.large)
        with peak_of(self.server.pid) as peak:
            measured = self._ask(LARGE, [body])
        self.size.bulk[LARGE] = sum(map(int, measured.told)) / measured.wall
        self.size.peak = peak[0]

    def _kinds(self) -> dict[str, list[Call]]:
        each = self.amounts.each
        moved = self.held_out.moved(each)
        return {
            KNOWN: list(map(self._new, self.held_out.again(each))),
            NEW: list(map(self._new, self.held_out.new(each))),
            CHANGED: [_put(key, attributes) for key, attributes in moved.items()],
        }

    def _skewed(self, name: str, records: Iterable[Attributes]) -> None:
        measured = self._ask(name, list(map(self._new, records)))
        self._note(name, measured.seconds, measured.told)

    def _new(self, attributes: Attributes) -> Call:
        return _put(self._key(), attributes)

    def _key(self) -> str:
        return f"new-{next(self.keys)}"

    def _body(self, lines: int) -> Call:
        known = self.held_out.again(known_in(lines))
        records = [*known, *self.held_out.new(lines - len(known))]
        text = "\n".join(_json({"key": self._key(), "attributes": each}) for each in records)
        return Call("POST", f"/v1/sources/{LOADED}/records", text, LINES)

    def _ask(self, name: str, calls: list[Call], *, clients: int = 1) -> Measured:
        name = name if clients == 1 else name + TOGETHER
        print(f"{self.amounts.records:,} records: {len(calls):,} x {name} ...", flush=True)
        measured = self.size.calls[name] = self.server.ask(calls, clients=clients)
        return measured

    def _note(self, name: str, seconds: Sequence[float], told: Sequence[str]) -> None:
        self.size.calls[name] = Measured(seconds, sum(seconds), told)
        self.size.outcomes[name] = Counter(told)


def _put(key: str, attributes: Attributes) -> Call:
    path = f"/v1/sources/{LOADED}/records/{quote(key, safe='')}"
    return Call("PUT", path, _json({"attributes": attributes}))


def _json(given: object) -> str:
    return orjson.dumps(given).decode()
