"""The cluster as a graph: which records and links are drawn, and what is said of each.

Of a large cluster those records are drawn between which it holds most weakly.  Lines are the links
of a maximum spanning tree, which alone hold the records together (Kruskal 1956, 'On the shortest
spanning subtree of a graph'), then the weak ones, then the strongest.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.steward.ring import Place, Ring, Wire, ring
from api.steward.words import bits
from mdm.model.inside import Inside, Link
from mdm.model.records import RecordRef

MOST_RECORDS = 12
MOST_LINES = 20
_LETTER = 7.0
"""How wide a letter of a label is, in units of the picture."""
_STEPS = (0.0, 8.0, 16.0)
"""Bits from which a line is drawn one step thicker."""


@dataclass(frozen=True)
class Line:
    """A link that is drawn; `thickness` 1 to 4, `label_at` None where there was no room for it."""

    link: Link
    one: Place
    other: Place
    label_at: Place | None
    thickness: int

    @property
    def label(self) -> str:
        """The weight, and in a word what is weak about it."""
        return _label(self.link)

    @property
    def label_width(self) -> float:
        """How wide the label is, in units of the picture."""
        return _width(self.link)


@dataclass(frozen=True)
class Graph:
    """A cluster as it is drawn: some of its records (as many as `ring.points`), some links."""

    refs: Sequence[RecordRef]
    ring: Ring
    lines: Sequence[Line]
    all_records: int
    all_links: int


def letters(refs: Iterable[RecordRef]) -> Mapping[RecordRef, str]:
    """Name records A, B … Z, AA, AB … in their order."""
    return {ref: _letters(number) for number, ref in enumerate(refs)}


def _letters(number: int) -> str:
    before, last = divmod(number, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def graph(inside: Inside) -> Graph | None:
    """Draw the records of a golden record; None when it has one alone."""
    if len(inside.members) < 2:
        return None
    tree = spanning(inside.links)
    refs = _in_ring_order(_chosen(list(inside.members), tree), tree)
    links = _drawn(inside.links, tree, set(refs))
    place = {ref: number for number, ref in enumerate(refs)}
    wires = [Wire(place[link.left], place[link.right], _width(link)) for link in links]
    laid = ring(len(refs), wires)
    lines = [
        Line(link, laid.points[wire.one], laid.points[wire.other], label_at, _thickness(link))
        for link, wire, label_at in zip(links, wires, laid.labels, strict=True)
    ]
    return Graph(refs, laid, lines, len(inside.members), inside.link_count)


def spanning(links: Sequence[Link]) -> list[Link]:
    """Take the links of a maximum spanning forest; `links` and the result strongest first."""
    group: dict[RecordRef, RecordRef] = {}

    def first(ref: RecordRef) -> RecordRef:
        while (above := group.get(ref, ref)) != ref:
            group[ref] = group.get(above, above)
            ref = above
        return ref

    found = []
    for link in links:
        one, other = first(link.left), first(link.right)
        if one != other:
            group[other] = one
            found.append(link)
    return found


def _chosen(members: Sequence[RecordRef], tree: Sequence[Link]) -> list[RecordRef]:
    """Choose all records of a small cluster, of a large one the ends of its weakest links."""
    if len(members) <= MOST_RECORDS:
        return list(members)
    ends = (ref for link in reversed(tree) for ref in (link.left, link.right))
    return list(dict.fromkeys([*ends, *members]))[:MOST_RECORDS]


def _in_ring_order(refs: Sequence[RecordRef], tree: Sequence[Link]) -> list[RecordRef]:
    """Put records that are linked beside each other: along the tree, by its strongest branches."""
    chosen = set(refs)
    beside: dict[RecordRef, list[RecordRef]] = {ref: [] for ref in refs}
    for link in tree:
        if link.left in chosen and link.right in chosen:
            beside[link.left].append(link.right)
            beside[link.right].append(link.left)
    found: dict[RecordRef, None] = {}
    for start in sorted(refs):
        ahead = [start]
        while ahead:
            ref = ahead.pop()
            if ref not in found:
                found[ref] = None
                ahead.extend(reversed(beside[ref]))
    return list(found)


def _drawn(links: Sequence[Link], tree: Sequence[Link], refs: set[RecordRef]) -> list[Link]:
    """List the links to draw: those that hold it together, then weak ones, then strong ones."""
    weak = [link for link in links if link.weak]
    among = (link for link in _each_once(tree, weak, links) if {link.left, link.right} <= refs)
    return [link for link, _ in zip(among, range(MOST_LINES), strict=False)]


def _each_once(*several: Iterable[Link]) -> Iterator[Link]:
    return iter(dict.fromkeys(link for links in several for link in links))


def _label(link: Link) -> str:
    said = "weak" if link.weak else "only link" if link.bridge else ""
    return f"{bits(link.weight_bits)} {said}".strip()


def _width(link: Link) -> float:
    return _LETTER * len(_label(link)) + 10


def _thickness(link: Link) -> int:
    return 1 + sum(link.weight_bits >= step for step in _STEPS)
