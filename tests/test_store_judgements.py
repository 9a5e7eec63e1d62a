"""Judgements stay as they were made; superseding and withdrawing take them out of force."""

from dataclasses import replace

import pytest

from mdm.model.errors import NotFound
from mdm.model.judgements import Judgement, JudgementMember
from mdm.store import judgements
from tests.stores import ARRIVED, incoming, take

SPLIT = Judgement(
    judgement_id=0,
    kind="partition",
    actor="eve",
    made_at=ARRIVED,
    reason="two people",
    members=(JudgementMember(1, 0, "hash of A"), JudgementMember(2, 1, "hash of B")),
    keeps_part=1,
)
UNSURE = replace(SPLIT, kind="unsure", keeps_part=None)


@pytest.fixture
def shown(store):
    """A store with the records 1 and 2."""
    take(store, incoming("1", "A"), incoming("2", "B"))
    return store


def add(store, *made):
    with store.write() as tx:
        numbers = [judgements.add(tx, judgement) for judgement in made]
        tx.commit()
    return numbers


def in_force(store):
    with store.read() as tx:
        return judgements.in_force(tx)


def test_judgements_are_read_back_as_they_were_made(shown):
    assert add(shown, SPLIT, UNSURE) == [1, 2]
    assert in_force(shown) == [replace(SPLIT, judgement_id=1), replace(UNSURE, judgement_id=2)]


def test_a_withdrawn_judgement_is_out_of_force_and_cannot_be_withdrawn_again(shown):
    add(shown, SPLIT, UNSURE)
    with shown.write() as tx:
        judgements.withdraw(tx, 1, actor="eve", reason="wrong", at=ARRIVED)
        with pytest.raises(NotFound, match="judgement in force '1'"):
            judgements.withdraw(tx, 1, actor="eve", reason="wrong", at=ARRIVED)
        tx.commit()
    assert [judgement.judgement_id for judgement in in_force(shown)] == [2]


def test_a_superseded_judgement_comes_back_when_its_superseder_is_withdrawn(shown):
    old, new = add(shown, SPLIT, UNSURE)
    with shown.write() as tx:
        judgements.supersede(tx, [old], by=new)
        with pytest.raises(NotFound):
            judgements.supersede(tx, [old], by=new)
        tx.commit()
    assert [judgement.judgement_id for judgement in in_force(shown)] == [new]
    with shown.write() as tx:
        judgements.withdraw(tx, new, actor="eve", reason="wrong", at=ARRIVED)
        tx.commit()
    assert [judgement.judgement_id for judgement in in_force(shown)] == [old]
