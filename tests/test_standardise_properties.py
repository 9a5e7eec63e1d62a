"""Laws that every standardising step keeps, on any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.model.rules.defaults_data import DEFAULT_STEPS, KIND_PLACEHOLDERS
from mdm.model.rules.rules import Attribute, Kind
from mdm.model.rules.vocabulary import FEATURES
from mdm.model.rules.vocabulary import STEPS as STEP_WORDS
from mdm.standardise.features import feature
from mdm.standardise.placeholders import Placeholders
from mdm.standardise.steps import STEPS, apply_steps

_ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)
_TELLING = """
    O' Mc jr dr. Smith, Müller goe ern aa ae str strasse no. 5 # / flat - + @ x.org 1980 01 19
    street a b 00 44 020 7946 0958 ext ii ph.d. ß Ω 王 ъ ° <
"""
_LIKELY_TEXT = st.lists(st.sampled_from([" ", "  ", *_TELLING.split()]), max_size=8).map("".join)
_TEXT = _ANY_TEXT | _LIKELY_TEXT
_PLAIN_TEXT = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789 .,'-@+/", max_size=30)
_ATTRIBUTES = st.builds(
    lambda kind, region: Attribute("a", kind, region=region, standardise=DEFAULT_STEPS[kind]),
    st.sampled_from(Kind),
    st.sampled_from([None, "GB", "US", "DE", "IT"]),
)


@given(_TEXT, _ATTRIBUTES)
def test_standardising_twice_is_the_same_as_once(text, attribute):
    once = apply_steps(text, attribute)
    if once is not None:
        assert once.strip() == once != ""
        assert apply_steps(once, attribute) == once


@pytest.mark.parametrize("step", STEPS)
@given(text=_TEXT)
def test_every_step_takes_any_text_and_gives_a_text_or_none(step, text):
    for kind in STEP_WORDS[step].kinds:
        assert STEPS[step](text, Attribute("a", kind)) != ""


@given(_PLAIN_TEXT, _ATTRIBUTES)
def test_letter_case_and_outer_and_repeated_spaces_do_not_matter(text, attribute):
    spaced = f"  {text.upper().replace(' ', '   ')}\t"
    assert apply_steps(spaced, attribute) == apply_steps(text, attribute)


@given(_TEXT, _ATTRIBUTES)
def test_any_text_either_is_a_placeholder_or_not(text, attribute):
    placeholders = Placeholders(attribute, KIND_PLACEHOLDERS[attribute.kind])
    assert placeholders.covers(text, apply_steps(text, attribute)) in {True, False}


@given(_TEXT, _ATTRIBUTES)
def test_features_can_be_taken_of_whatever_standardising_leaves(text, attribute):
    form = apply_steps(text, attribute)
    for name, word in FEATURES.items():
        if form is not None and attribute.kind in word.kinds:
            assert feature(attribute.kind, name, form) != ""
