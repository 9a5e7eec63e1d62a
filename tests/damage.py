"""What may be damaged in a store of tests/test_verify.py, and what must be found of it."""

from tests.resolving import DERIVED

PAIR = "record_l = {bank/1} AND record_r = {shop/1}"
ANN_IN = "(SELECT serial FROM crosswalk WHERE record_id = {bank/1})"
BOB_IN = "(SELECT serial FROM crosswalk WHERE record_id = {bank/2})"

QUESTIONS = "golden records with other questions to stewards"
FIGURES = "figures of the overview that are wrong"

DAMAGE = {
    "no question": (
        [f"DELETE FROM review WHERE serial = {ANN_IN}"],
        {QUESTIONS: ["{bank/1}"]},
    ),
    "another question": (
        [
            "INSERT INTO review (review_id, kind, serial, weight, records, reasons, worth, "
            f"opened_at) VALUES ('r1', 'cluster', {BOB_IN}, 0, 1, 1, 1000, '')"
        ],
        {QUESTIONS: ["{bank/2}"]},
    ),
    "a question of another weight": (
        [f"UPDATE review SET weight = weight + 1 WHERE serial = {ANN_IN}"],
        {QUESTIONS: ["{bank/1}"]},
    ),
    "a figure of the overview": (
        ["UPDATE tally SET number = number + 1 WHERE figure = 'records'"],
        {FIGURES: ["records 1 0", "records 2 0"]},
    ),
    "no figure of the overview": (
        ["DELETE FROM tally WHERE figure = 'golden_records' AND one = 0"],
        {FIGURES: ["golden_records 0 0"]},
    ),
    "another backlog": (
        ["UPDATE review_day SET open = open + 1"],
        {FIGURES: ["open questions"]},
    ),
    "no value": (
        ["DELETE FROM standardised WHERE record_id = {bank/1}"],
        {"records standardised otherwise": ["bank/1"]},
    ),
    "another value": (
        ["""UPDATE standardised SET attributes = '{{}}' WHERE record_id = {bank/2}"""],
        {"records standardised otherwise": ["bank/2"]},
    ),
    "by other rules": (
        ["UPDATE standardised SET rules_hash = 'x' WHERE record_id = {bank/2}"],
        {"records standardised otherwise": ["bank/2"]},
    ),
    "all values gone": (
        ["DELETE FROM standardised"],
        {"records standardised otherwise": ["bank/1", "shop/1", "shop/4"]},
    ),
    "no search key": (
        ["DELETE FROM search_key WHERE record_id = {bank/2}"],
        {"records with other search keys": ["bank/2"]},
    ),
    "another search key": (
        ["UPDATE search_key SET value = 'x@y.example' WHERE record_id = {bank/2}"],
        {"records with other search keys": ["bank/2"]},
    ),
    "search keys of nobody": (
        [
            "INSERT INTO search_key (kind, value, record_id) VALUES ('email', 'x', {bank/3})",
            "INSERT INTO search_key (kind, value, record_id) VALUES ('email', 'x', 99)",
        ],
        {"records with other search keys": ["bank/3", "record 99"]},
    ),
    "no blocking key": (
        ["DELETE FROM blocking_key WHERE record_id = {shop/5}"],
        {"records with other blocking keys": ["shop/5"]},
    ),
    "another blocking key": (
        ["UPDATE blocking_key SET key_hash = key_hash + 1 WHERE record_id = {bank/2}"],
        {"records with other blocking keys": ["bank/2"]},
    ),
    "blocking keys of nobody": (
        ["INSERT INTO blocking_key (key_hash, record_id) VALUES (1, {bank/3}), (2, 99)"],
        {"records with other blocking keys": ["bank/3", "record 99"]},
    ),
    "no pair": (
        [f"DELETE FROM pair WHERE {PAIR}"],
        {"pairs that are missing": ["bank/1 + shop/1"]},
    ),
    "no pair worth a review": (
        ["DELETE FROM pair WHERE record_l = {bank/1} AND record_r = {shop/5}"],
        {"pairs that are missing": ["bank/1 + shop/5"]},
    ),
    "no pair inside a component": (
        ["DELETE FROM pair WHERE inside_only"],
        {"pairs that are missing": ["shop/6 + shop/7"]},
    ),
    "another weight": (
        [f"UPDATE pair SET weight = weight + 1 WHERE {PAIR}"],
        {"pairs with another match weight": ["bank/1 + shop/1"]},
    ),
    "another reason": (
        [f"UPDATE pair SET inside_only = true WHERE {PAIR}"],
        {"pairs kept for another reason": ["bank/1 + shop/1"]},
    ),
    "a foreign pair of the right weight or not": (
        ["INSERT INTO pair (record_l, record_r, weight) VALUES ({bank/1}, {bank/2}, 5000000)"],
        {
            "pairs that should not be kept": ["bank/1 + bank/2"],
            "pairs with another match weight": ["bank/1 + bank/2"],
        },
    ),
    "pairs of nobody": (
        [
            "INSERT INTO pair (record_l, record_r, weight) VALUES ({bank/1}, {bank/3}, 5000000)",
            "INSERT INTO pair (record_l, record_r, weight) VALUES ({bank/1}, 99, 5000000)",
        ],
        {"pairs that should not be kept": ["bank/1 + bank/3", "bank/1 + record 99"]},
    ),
    "no home": (
        ["DELETE FROM crosswalk WHERE record_id = {shop/4}"],
        {"records in no golden record": ["shop/4"]},
    ),
    "another home": (
        [f"UPDATE crosswalk SET serial = {BOB_IN} WHERE record_id = {{shop/4}}"],
        {"records in another golden record": ["shop/4"]},
    ),
    "a home for one that is retired": (
        [f"INSERT INTO crosswalk (record_id, serial) SELECT {{bank/3}}, {BOB_IN}"],
        {"retired or unknown records in a golden record": ["bank/3"]},
    ),
    "another golden value": (
        [f"""UPDATE golden_record SET attributes = '{{}}' WHERE serial = {BOB_IN}"""],
        {"golden records that say something else": ["{bank/2}"]},
    ),
    "another provenance": (
        [f"""UPDATE golden_record SET provenance = '{{}}' WHERE serial = {BOB_IN}"""],
        {"golden records that say something else": ["{bank/2}"]},
    ),
    "no golden record": (
        [f"DELETE FROM golden_record WHERE serial = {BOB_IN}"],
        {
            "records' golden records that are missing": ["{bank/2}"],
            "golden IDs that lead nowhere": ["{bank/2}"],
        },
    ),
    "nothing at all": (
        [f"DELETE FROM {table}" for table in DERIVED],
        {
            "records in no golden record": ["bank/1", "shop/1", "shop/4"],
            "pairs that are missing": ["bank/1 + shop/1", "bank/1 + shop/4", "bank/1 + shop/5"],
        },
    ),
    "no own ID": (
        ["UPDATE record SET own_serial = NULL WHERE record_id = {shop/1}"],
        {"records whose own ID should be another": ["shop/1"]},
    ),
}
"""What is done to a store -> what a verification must find, and may not fail to name."""
