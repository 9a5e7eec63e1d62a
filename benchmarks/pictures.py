"""The pictures of docs/matching.md: `python benchmarks/pictures.py` writes them to docs/pictures.

Both are of the families that `benchmarks/quality.py` measures, whose truth is known: how much the
pairs weigh, and a component of records that clustering took apart.
"""

import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib as mpl
import numpy as np
import pyarrow.parquet as pq
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.data_sets import DATA_SETS
from mdm.identity.components import MICRO, connected
from mdm.model.models import ModelVersion
from mdm.resolution.ingest import ingest
from mdm.resolution.resolve import resolve
from mdm.resolution.train import train
from mdm.store import Store, matching_input, models
from mdm.store.codec import attributes_from_json

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
MATCH, OTHER, GREY = "#1b7f5c", "#c2452d", "#9aa0a6"
CLUSTERS = ("#2563a8", "#d97a1d", "#7a4fa3", "#1b7f5c", "#b3324c")

# the same figures give the same file, to the byte
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "mdm", "font.size": 10})


@dataclass(frozen=True)
class Town:
    """A resolved population; records by their IDs, pairs as (record, record) with bits."""

    model: ModelVersion
    entity: Mapping[int, int]
    golden: Mapping[int, int]
    attributes: Mapping[int, Mapping[str, Any]]
    pairs: Mapping[tuple[int, int], float]


def settle(records: int) -> Town:
    """Make the families, resolve them and read back what came of it."""
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        laid = replace(DATA_SETS["families"], records=records).lay_out(folder)
        store = Store(f"sqlite:///{folder / 'store.db'}")
        store.migrate()
        ingest(store, laid.sources, laid.rules)
        train(store, laid.rules)
        resolve(store)
        labels = pq.read_table(laid.labels).to_pydict()
        entity = dict(zip(labels["key"], labels["entity"], strict=True))
        town = _read(store, entity)
        store.close()
    return town


def _read(store: Store, entity: Mapping[str, int]) -> Town:
    with store.read() as tx:
        model = models.active(tx)
        if model is None:
            raise LookupError("nothing was published")
        live = matching_input.live_records(tx).read_all().to_pylist()
        pairs = matching_input.old_pairs(tx).read_all().to_pylist()
        homes = matching_input.old_crosswalk(tx).read_all().to_pylist()
    return Town(
        model=model,
        entity={row["record_id"]: entity[row["key"]] for row in live},
        golden={row["record_id"]: row["serial"] for row in homes},
        attributes={row["record_id"]: attributes_from_json(row["attributes"]) for row in live},
        pairs={(row["record_l"], row["record_r"]): row["weight"] / MICRO for row in pairs},
    )


def draw_weights(town: Town) -> Figure:
    """Draw how many pairs there are at each weight, matches and others apart."""
    matches, others = [], []
    for (one, other), bits in town.pairs.items():
        (matches if town.entity[one] == town.entity[other] else others).append(bits)
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes = figure.subplots()
    steps = np.arange(-6.0, 31.0)
    axes.hist(
        [others, matches],
        steps,
        label=["two people", "one person"],
        color=[OTHER, MATCH],
        log=True,
    )
    axes.axvline(town.model.link_bits, color="black")
    axes.set_ylim(top=4_000)
    axes.annotate("joined on their own from here", (town.model.link_bits + 0.3, 2_000), size=9)
    axes.set_xlabel("match weight, in bits, from the review threshold on")
    axes.set_ylabel("pairs")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(frameon=False, loc="outside upper right", ncols=2)
    return figure


def draw_cluster(town: Town) -> Figure:
    """Draw a component as its pairs join it, and the golden records that came of it."""
    records = _telling_component(town)
    figure = Figure(figsize=(9.5, 4.4), layout="constrained")
    before, after = figure.subplots(1, 2)
    colour = dict(zip(dict.fromkeys(town.golden[r] for r in records), CLUSTERS, strict=False))
    _draw_records(before, town, records, dict.fromkeys(records, GREY))
    _draw_records(after, town, records, {r: colour[town.golden[r]] for r in records})
    before.set_title("Pairs at or above 0 bits hang together", size=10)
    after.set_title(f"Taken apart: {len(colour)} golden records", size=10)
    return figure


def _telling_component(town: Town) -> list[int]:
    """Choose the first component of few records that became the people they are of."""
    numbers = sorted(town.entity)
    place = {record: at for at, record in enumerate(numbers)}
    linked = [pair for pair, bits in town.pairs.items() if bits >= town.model.link_bits]
    left, right = (np.array([place[pair[end]] for pair in linked]) for end in (0, 1))
    label = connected(len(numbers), left, right)
    sizes = Counter(label.tolist())
    for component, size in sorted(sizes.items()):
        records = [numbers[at] for at in np.flatnonzero(label == component)] if size in _FEW else []
        golden = [town.golden[record] for record in records]
        people = [town.entity[record] for record in records]
        if _same_parts(golden, people) and min(Counter(people).values(), default=0) > 1:
            return records
    raise LookupError("no component was taken apart into its people: draw from more records")


_FEW = range(5, 9)


def _same_parts(one: Sequence[int], other: Sequence[int]) -> bool:
    """Tell whether two labellings take the same records together, in more than one part."""
    return len(set(one)) == len(set(other)) == len(set(zip(one, other, strict=True))) > 1


def _draw_records(
    axes: Axes, town: Town, records: Sequence[int], colour: Mapping[int, str]
) -> None:
    turn = 2 * math.pi / len(records)
    in_order = sorted(records, key=lambda record: (town.golden[record], record))
    at = {r: (math.cos(k * turn), math.sin(k * turn)) for k, r in enumerate(in_order)}
    for one, other in combinations(sorted(records), 2):
        bits = town.pairs[one, other]
        if bits >= town.model.link_bits:
            shown = colour[one] if colour[one] == colour[other] else "#dadce0"
            ends = zip(at[one], at[other], strict=True)
            axes.plot(*ends, color=shown, linewidth=1 + min(bits, 20) / 8, zorder=1)
    for record, (x, y) in at.items():
        axes.plot(x, y, "o", color=colour[record], markersize=13, zorder=2)
        axes.text(
            1.18 * x,
            1.18 * y,
            _words(town.attributes[record]),
            ha="left" if x > 0.1 else "right" if x < -0.1 else "center",
            va="center",
            size=8.5,
        )
    axes.set(xlim=(-2.3, 2.3), ylim=(-1.5, 1.5))
    axes.set_axis_off()


def _words(attributes: Mapping[str, Any]) -> str:
    names = " ".join(attributes.get(name, "–") for name in ("given_name", "family_name"))
    return f"{names}\n{attributes.get('date_of_birth', 'no birth date')}"


def main(records: int = 20_000, directory: Path = PICTURES) -> None:
    """Write both pictures."""
    town = settle(records)
    directory.mkdir(parents=True, exist_ok=True)
    for name, figure in (("weights", draw_weights(town)), ("cluster", draw_cluster(town))):
        figure.savefig(directory / f"{name}.svg", metadata={"Date": None})


if __name__ == "__main__":
    sys.exit(main())
