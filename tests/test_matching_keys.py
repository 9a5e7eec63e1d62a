"""Blocking keys as numbers: the same from a batch and from a single record."""

from mdm.matching import blocking
from mdm.matching.keys import KeptKeys, make_kept_keys
from mdm.model.rules.load import load_rules
from tests.matching_world import loaded, population

RULES = load_rules()
PEOPLE = population(RULES, people=300)


def kept_by_batch(skipped) -> set[tuple[int, int]]:
    with loaded(RULES, PEOPLE) as connection:
        make_kept_keys(connection, RULES, skipped, of="record")
        return set(connection.execute("select key_hash, record_id - 1000 from kept_key").fetchall())


def kept_one_by_one(skipped) -> set[tuple[int, int]]:
    kept = KeptKeys(RULES, skipped)
    return {(number, place) for place, person in enumerate(PEOPLE) for number in kept.of(person)}


def test_a_record_has_the_keys_that_a_batch_gives_it():
    kept = kept_one_by_one({})
    assert len(kept) > 20 * len(PEOPLE)
    assert kept_by_batch({}) == kept


def test_skipped_keys_are_not_kept_and_others_of_their_rule_are():
    skipped = {"city": {PEOPLE[0]["city"]}, "family_name": {PEOPLE[1]["family_name"]}}
    kept = kept_one_by_one(skipped)
    assert kept_by_batch(skipped) == kept
    assert 1 < len(kept_one_by_one({})) - len(kept) < len(PEOPLE)


def test_two_records_share_a_number_exactly_when_they_are_candidates():
    numbers = [set(KeptKeys(RULES, {}).of(person)) for person in PEOPLE]
    with loaded(RULES, PEOPLE) as connection:
        blocking.make_pairs(connection, RULES, {})
        candidates = set(connection.execute("select n_l, n_r from candidate").fetchall())
    assert candidates == {
        (left, right)
        for left in range(len(PEOPLE))
        for right in range(left + 1, len(PEOPLE))
        if numbers[left] & numbers[right]
    }


def test_a_number_fits_where_databases_keep_it_and_is_the_same_in_every_process():
    numbers = KeptKeys(RULES, {}).of({"city": "zürich", "email": ("a@x.org", "b@x.org")})
    assert all(0 <= number < 2**63 for number in numbers)
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 1 + 2 + 2
