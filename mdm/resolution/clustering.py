"""Decide and cluster: from scored pairs and judgements to a cluster for each record.

In: the tables `record`, `candidate` and `scored`.  Out: `scored` completed with every pair that
lies inside a component and that blocking did not find, and the label of each record's cluster.
"""

import duckdb
import numpy as np
import pyarrow as pa

from mdm.identity import components as identity_components
from mdm.identity.cluster import (
    NOTHING_JUDGED,
    Judged,
    cap_unsure,
    clusters,
    edges_of,
    taken_apart,
)
from mdm.identity.components import BoolArray, Components, Edges, IntArray
from mdm.identity.fusion import MISSING
from mdm.identity.judgements import Pair, constraints
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import score, score_parts
from mdm.resolution.snapshot import Snapshot


def cluster(snapshot: Snapshot, model: ScoringModel, *, link: int) -> IntArray:
    """Label each record (by `n`) with its cluster; `link` is the threshold in micro-bits."""
    connection = snapshot.connection
    judged = judged_in(snapshot)
    found = linked_components(snapshot, judged, link=link)
    _score_inside(connection, model, found, link=link)
    scored = scored_edges(connection, "semi join component_pair using (n_l, n_r)")
    inside = cap_unsure(scored, judged.unsure, link=link)
    apart = taken_apart(found, inside, judged, link=link)
    parts = _parts(connection, model, inside, apart)
    return clusters(found, inside, parts, judged, link=link)


def linked_components(snapshot: Snapshot, judged: Judged, *, link: int) -> Components:
    """Find the components of the pairs in `scored` that are at or above `link` (micro-bits)."""
    linked = scored_edges(snapshot.connection, f"where weight >= {link}")
    capped = cap_unsure(linked, judged.unsure, link=link)
    limit = identity_components.COMPONENT_LIMIT
    return identity_components.components(
        snapshot.count, capped, judged.same, link=link, limit=limit
    )


def scored_edges(connection: duckdb.DuckDBPyConnection, which: str) -> Edges:
    """Read the pairs of `scored` that a clause chooses, in the order of their positions."""
    columns = connection.execute(
        f"select n_l, n_r, weight from scored {which} order by n_l, n_r"
    ).fetchnumpy()
    left, right, weight = (columns[name].astype(np.int64) for name in ("n_l", "n_r", "weight"))
    return Edges(left, right, weight)


def _score_inside(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, found: Components, *, link: int
) -> None:
    """Score the pairs inside components that blocking did not find.

    A component over the limit is clustered by its strong pairs, which blocking found.
    """
    labels = pa.table({"n": np.arange(len(found.label)), "component": found.label})
    connection.register("labels", labels.filter(~found.over_limit))
    connection.execute(
        """
        create or replace table component_pair as
        select l.n as n_l, r.n as n_r
        from labels as l
        join labels as r on l.component = r.component and l.n < r.n
        """
    )
    connection.register("over", labels.filter(found.over_limit))
    connection.execute(
        """
        insert into component_pair
        select n_l, n_r
        from scored
        join over as l on l.n = n_l
        join over as r on r.n = n_r and r.component = l.component
        where weight >= ?
        """,
        [link],
    )
    connection.unregister("labels")
    connection.unregister("over")
    connection.execute(
        """
        create or replace table unscored as
        select n_l, n_r from component_pair anti join scored using (n_l, n_r)
        """
    )
    score(connection, model, pairs="unscored", scored="scored_inside")
    connection.execute("insert into scored select * from scored_inside")


def _parts(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, edges: Edges, chosen: BoolArray
) -> IntArray:
    """Score the chosen pairs once more, comparison by comparison; the others have no parts."""
    taken = edges.where(chosen)  # in the order of their positions, as they are scored
    connection.register("taken_apart", pa.table({"n_l": taken.left, "n_r": taken.right}))
    found = score_parts(connection, model, "taken_apart")
    connection.unregister("taken_apart")
    parts = np.full((len(edges.left), found.shape[1]), MISSING)
    parts[chosen] = found
    return parts


def judged_in(snapshot: Snapshot) -> Judged:
    """Translate what stewards judged from record IDs to the positions of this run."""
    if not snapshot.judgements:
        return NOTHING_JUDGED
    rows = snapshot.connection.execute(
        "select record_id, n, content_hash from record join record_raw using (record_id)"
    ).fetchall()
    place = {record_id: n for record_id, n, _ in rows}
    asked = constraints(snapshot.judgements, {record_id: said for record_id, _, said in rows})

    def edges(pairs: list[Pair]) -> Edges:
        return edges_of([(place[one], place[other]) for one, other in pairs])

    return Judged(
        same=edges([(group[0], other) for group in asked.same for other in group[1:]]),
        different=edges(sorted(asked.different)),
        unsure=edges(sorted(asked.unsure)),
    )
