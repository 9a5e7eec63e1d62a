"""Evaluating: every figure against the same figure counted pair by pair."""

from itertools import combinations, product

import networkx as nx
import pytest
import sqlalchemy as sa

from mdm.model.clock import now
from mdm.model.errors import NothingToDo
from mdm.model.judgements import Judgement, JudgementMember
from mdm.model.records import RecordRef
from mdm.resolution.evaluate import evaluate, evaluation_lines
from mdm.standardise.features import feature
from mdm.store import judgements, records
from mdm.store.codec import attributes_from_json
from tests import small_town, stores

MICRO = 1_000_000


@pytest.fixture
def town(store, tmp_path):
    return small_town.settle(store, tmp_path)


@pytest.fixture
def sqlite_town(sqlite_store, tmp_path):
    return small_town.settle(sqlite_store, tmp_path)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A town that is only read, on SQLite."""
    folder = tmp_path_factory.mktemp("town")
    with stores.fresh(stores.sqlite_url(folder)) as store:
        yield small_town.settle(store, folder)


def column(town, query: str):
    with town.store.read() as tx:
        return [tuple(row) for row in tx.connection.execute(sa.text(query))]


def homes(town) -> dict[str, int]:
    """Key -> serial of the golden record."""
    query = "SELECT r.key, c.serial FROM crosswalk c JOIN record r ON r.record_id = c.record_id"
    return dict(column(town, query))


def weights(town) -> dict[frozenset[str], float]:
    """Pair of keys -> bits, of the pairs that are published."""
    query = """
        SELECT l.key, r.key, p.weight
        FROM pair p
        JOIN record l ON l.record_id = p.record_l
        JOIN record r ON r.record_id = p.record_r
    """
    return {frozenset((left, right)): bits / MICRO for left, right, bits in column(town, query)}


def blocking_keys(town) -> dict[str, set[tuple[str, ...]]]:
    """Key of a record -> its blocking keys, each with the name of its rule."""
    query = """
        SELECT r.key, z.attributes
        FROM record r
        JOIN standardised z ON z.record_id = r.record_id
    """
    return {key: set(_keys(attributes_from_json(text))) for key, text in column(town, query)}


def _keys(attributes):
    rules = small_town.rules()
    for rule in rules.blocking:
        yield from (
            (rule.name, *key) for key in product(*(_values(rules, attributes, t) for t in rule.on))
        )


def _values(rules, attributes, term):
    name, _, wanted = term.partition(".")
    held = attributes.get(name, ())
    values = [held] if isinstance(held, str) else list(held)
    if wanted:
        values = [feature(rules.attribute(name).kind, wanted, value) for value in values]
    return [value for value in values if value is not None]


def pairs_of(labels: dict[str, object]) -> set[frozenset[str]]:
    """All pairs of keys that have the same label."""
    return {
        frozenset(pair) for pair in combinations(labels, 2) if labels[pair[0]] == labels[pair[1]]
    }


def components(town, weighed, bits: float, *more) -> dict[str, int]:
    """Key -> number of its connected component."""
    graph = nx.Graph()
    graph.add_nodes_from(homes(town))
    graph.add_edges_from(pair for pair, weight in weighed.items() if weight >= bits)
    graph.add_edges_from(more)
    return {key: i for i, part in enumerate(nx.connected_components(graph)) for key in part}


def only(labels, truth):
    return {key: label for key, label in labels.items() if key in truth}


def counts(found: set[frozenset[str]], true: set[frozenset[str]]) -> tuple[int, int, int]:
    return len(found), len(true), len(found & true)


def told(pair_counts) -> tuple[int, int, int]:
    return pair_counts.linked, pair_counts.true, pair_counts.correct


def test_every_figure_is_that_of_counting_pair_by_pair(town):
    truth = dict(list(town.truth.items())[::2])  # labels for one half of the records
    evaluation = evaluate(town.store, town.labels(truth))
    true, keys = pairs_of(truth), blocking_keys(town)
    blocked = {
        pair
        for pair in map(frozenset, combinations(keys, 2))
        if set.intersection(*(keys[k] for k in pair))
    }
    weighed = {pair: bits for pair, bits in weights(town).items() if pair in blocked}

    assert len(true) > 20
    assert 0 < len(true & blocked) < len(true)
    assert told(evaluation.pairwise) == counts(pairs_of(only(homes(town), truth)), true)
    assert evaluation.kept.blocking == len(true & blocked) / len(true)
    joined = pairs_of(only(components(town, weighed, evaluation.link_bits), truth))
    assert evaluation.kept.components == len(true & joined) / len(true)
    assert evaluation.kept.clustering == evaluation.pairwise.scores.recall
    for row in evaluation.thresholds:
        strong = {p for p, bits in weighed.items() if bits >= row.bits and p <= truth.keys()}
        assert told(row.pairs) == counts(strong, true)
        joined = pairs_of(only(components(town, weighed, row.bits), truth))
        assert told(row.components) == counts(joined, true)


def test_b_cubed_is_the_mean_over_records(published):
    evaluation = evaluate(published.store, published.labels(published.truth))
    clusters = homes(published)

    def share(key: str, of: dict[str, object]) -> float:
        others = [other for other in clusters if of[other] == of[key]]
        both = [
            o
            for o in others
            if clusters[o] == clusters[key] and published.truth[o] == published.truth[key]
        ]
        return len(both) / len(others)

    for name, of in (("precision", clusters), ("recall", published.truth)):
        mean = sum(share(key, of) for key in clusters) / len(clusters)
        assert getattr(evaluation.b_cubed, name) == pytest.approx(mean, abs=1e-12)


def test_the_table_has_the_link_threshold_among_its_rows(published):
    evaluation = evaluate(published.store, published.labels(published.truth))
    bits = [row.bits for row in evaluation.thresholds]

    assert evaluation.link_bits in bits
    assert bits == sorted(bits)
    assert bits[0] >= small_town.rules().review_bits


def test_what_cannot_be_measured_is_counted_and_left_out(sqlite_town):
    keys = list(sqlite_town.truth)
    labelled, retired = keys[:100], keys[0]
    sqlite_town.add("new", "Ann", "Lee", "1980-01-31", "", "")
    sqlite_town.take()
    with sqlite_town.store.write() as tx:
        records.retire(tx, [RecordRef("town", retired)], at=now())
        tx.commit()
    truth = {key: sqlite_town.truth[key] for key in labelled} | {"new": "new", "nobody": "x"}
    evaluation = evaluate(sqlite_town.store, sqlite_town.labels(truth))

    assert evaluation.records == len(labelled) - 1
    assert evaluation.entities == len({sqlite_town.truth[key] for key in labelled[1:]})
    assert (evaluation.unlabelled, evaluation.unresolved) == (len(keys) - len(labelled), 1)
    assert evaluation.unknown == 2  # 'nobody', and the retired one
    text = "\n".join(evaluation_lines(evaluation))
    assert "1 labelled records have no golden record yet" in text
    assert "2 labels name no record" in text


def test_records_that_a_steward_judged_the_same_are_in_one_component(sqlite_town):
    one, other = _apart(sqlite_town)
    numbers = dict(column(sqlite_town, "SELECT key, record_id FROM record"))
    members = tuple(JudgementMember(numbers[key], 0, "") for key in (one, other))
    before = evaluate(sqlite_town.store, sqlite_town.labels({one: "same", other: "same"}))
    with sqlite_town.store.write() as tx:
        judgements.add(tx, Judgement(0, "partition", "steward", now(), "called them", members))
        tx.commit()
    sqlite_town.resolve()
    after = evaluate(sqlite_town.store, sqlite_town.labels({one: "same", other: "same"}))

    assert (before.kept.components, before.kept.clustering) == (0.0, 0.0)
    assert (after.kept.components, after.kept.clustering) == (1.0, 1.0)


def _apart(town) -> tuple[str, str]:
    """Two keys in different components of pairs above the lowest threshold."""
    part = components(town, weights(town), small_town.rules().review_bits)
    one, *others = part
    return one, next(other for other in others if part[other] != part[one])


def test_an_evaluation_is_told_in_plain_lines(published):
    evaluation = evaluate(published.store, published.labels(published.truth))
    lines = evaluation_lines(evaluation)

    assert f"{len(published.truth):,} labelled records" in lines[0]
    assert f"{evaluation.pairwise.scores.f1:.4f}" in next(li for li in lines if "pairwise" in li)
    assert sum("< link" in line for line in lines) == 1
    assert len(lines) >= len(evaluation.thresholds)


def test_no_labelled_pair_is_no_division_by_zero(published):
    key = next(iter(published.truth))
    evaluation = evaluate(published.store, published.labels({key: "somebody"}))

    assert evaluation.records == 1
    assert evaluation.pairwise.scores.f1 == 1.0
    assert evaluation.kept.blocking == 1.0


def test_before_the_first_resolve_there_is_nothing_to_evaluate(sqlite_store, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("source,key,entity\ntown,1,x\n")
    with pytest.raises(NothingToDo, match="mdm resolve"):
        evaluate(sqlite_store, path)
