"""A golden record from inside: its records, the links between them, and which of them are weak."""

import pytest

from mdm.model.errors import NotFound
from mdm.model.inside import Link
from tests.resolving import ref
from tests.world import AT, World

JANE = {"given_name": "Jane", "family_name": "Doe"}
NAMES = ("agency/1", "bank/1", "bank/2", "shop/1")


@pytest.fixture
def world(store) -> World:
    world = World(store)
    for name in NAMES:
        world.take(name, **JANE)
    return world


def links(inside) -> dict[str, Link]:
    return {f"{link.left.source}-{link.right.source}": link for link in inside.links}


def test_members_tell_what_decides_between_their_values(world):
    (golden_id,) = world.publish(NAMES)
    inside = world.reading.inside(golden_id)
    assert list(inside.members) == [ref(name) for name in NAMES]
    bank = inside.members[ref("bank/1")]
    assert (bank.trust, bank.kind, bank.version) == (0.9, "operational", 1)
    assert (bank.modified_at, bank.arrived_at, bank.pending) == (None, AT, False)
    assert inside.golden_record == world.reading.golden_record(golden_id)


def test_links_come_strongest_first_and_tell_what_is_weak_about_them(world):
    (golden_id,) = world.publish(NAMES)
    world.weigh(
        {
            ("agency/1", "bank/1"): 9.0,
            ("agency/1", "bank/2"): 8.0,
            ("bank/1", "bank/2"): 7.0,
            ("bank/1", "shop/1"): 5.0,
            ("bank/2", "shop/1"): 1.0,
        }
    )
    inside = world.reading.inside(golden_id)
    assert [link.weight_bits for link in inside.links] == [9.0, 8.0, 7.0, 5.0, 1.0]
    assert [link.bridge for link in inside.links] == [False, False, False, True, False]
    assert [link.weak for link in inside.links] == [False, False, False, False, True]
    assert (inside.link_count, inside.link_bits) == (5, 2.0)


def test_a_link_beside_a_judgement_is_no_bridge(world):
    (golden_id,) = world.publish(NAMES[:3])
    world.weigh({("agency/1", "bank/1"): 9.0, ("bank/1", "bank/2"): 7.0})
    assert all(link.bridge for link in world.reading.inside(golden_id).links)
    number = world.judge(["agency/1", "bank/2"])
    inside = world.reading.inside(golden_id)
    assert not any(link.bridge for link in inside.links)
    assert [opinion.judgement_id for opinion in inside.judgements] == [number]


def test_weak_links_and_bridges_of_many_are_counted_and_not_all_links_read(world, monkeypatch):
    monkeypatch.setattr("mdm.inside.MOST_LINKS", 1)
    (golden_id,) = world.publish(NAMES)
    world.weigh(
        {
            ("agency/1", "bank/1"): 9.0,
            ("bank/1", "bank/2"): 7.0,
            ("bank/2", "shop/1"): 6.0,
            ("agency/1", "shop/1"): 1.0,
        }
    )
    inside = world.reading.inside(golden_id)
    assert [link.weight_bits for link in inside.links] == [9.0]
    assert (inside.link_count, inside.weak_count, inside.bridge_count) == (4, 1, 3)
    assert inside.links[0].bridge


def test_among_too_many_links_no_bridge_is_sought(world, monkeypatch):
    monkeypatch.setattr("mdm.inside.MOST_LINKING", 1)
    (golden_id,) = world.publish(NAMES[:3])
    world.weigh({("agency/1", "bank/1"): 9.0, ("bank/1", "bank/2"): 7.0})
    inside = world.reading.inside(golden_id)
    assert (inside.link_count, inside.weak_count, inside.bridge_count) == (2, 0, None)
    assert not any(link.bridge for link in inside.links)


def test_of_what_was_never_an_id_nothing_is_seen(world):
    with pytest.raises(NotFound):
        world.reading.inside("g" + "0" * 20)
