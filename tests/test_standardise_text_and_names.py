"""`latin`, `words` and `name`: spellings that departments give one name meet in one form."""

import pytest

from mdm.model.rules.rules import Kind
from mdm.standardise.names import name
from mdm.standardise.text import latin, words


@pytest.mark.parametrize(
    ("spellings", "form"),
    [
        (("Müller", "MUELLER", "muller", "Mu\u0308ller"), "muller"),
        (("Sørensen", "Soerensen", "SORENSEN"), "sorensen"),
        (("Schröder", "Schroeder"), "schroder"),
        (("Åse Kjærgård", "Aase Kjaergaard"), "ase kjargard"),
        (("Łukasz Żółć", "lukasz zolc"), "lukasz zolc"),
        (("Straße", "Strasse"), "strasse"),
        (("Иванов", "ivanov"), "ivanov"),
        (("Παπαδόπουλος", "Papadopoulos"), "papadopoulos"),
        (("王小明", "WangXiaoming"), "wangxiaoming"),
        (("Nguyễn Thị Ánh", "nguyen  thi anh"), "nguyen thi anh"),
        (("ＪＯＨＮ", "John\u200b", "\ufeffjohn"), "john"),
        (("O’Brien", "O'Brien", "OBrien"), "obrien"),
    ],
)
def test_scripts_accents_and_umlauts_are_written_in_one_plain_way(spellings, form):
    assert {latin(spelling) for spelling in spellings} == {form}


@pytest.mark.parametrize(
    "plain",
    ["michael", "samuel", "manuela", "joel", "chloe", "sue", "joe", "israel", "queen", "noel"],
)
def test_a_vowel_pair_that_is_no_umlaut_is_left_alone(plain):
    assert latin(plain) == plain


@pytest.mark.parametrize("nothing", ["", "  ", "\x00", "\ud800", "\u200b\u200d", "😀"])
def test_a_text_with_nothing_to_read_is_missing(nothing):
    assert latin(nothing) is None


def test_invisible_characters_and_broken_ones_disappear():
    assert latin("Jo\x00h\ud800n\u00ad \t\u200bDoe") == "john doe"


def test_words_are_letters_digits_and_single_spaces():
    assert words(" St. Mary's--Hall, (no.7) ") == "St Marys Hall no 7"
    assert words("...") is None


@pytest.mark.parametrize(
    ("spellings", "form"),
    [
        (("Dr. John Smith, Ph.D.", "Mr John SMITH", "john smith jr.", "Smith, John"), "john smith"),
        (("Anne-Marie", "anne marie", "ANNE  MARIE"), "anne marie"),
        (("J.R.R. Tolkien", "J R R Tolkien"), "j r r tolkien"),
        (("J.R. Ewing", "j r ewing"), "j r ewing"),
        (("Ronald Mc Donald", "Ronald McDonald"), "ronald mcdonald"),
        (("Herr Prof. Dr. Jürgen Groß",), "jurgen gross"),
        (("Sra. María José", "maria jose"), "maria jose"),
    ],
)
def test_ways_to_write_a_full_name_become_one(spellings, form):
    assert {name(spelling) for spelling in spellings} == {form}


def test_a_leading_o_joins_a_family_name_but_is_an_initial_in_a_given_one():
    assert name("O Brien", Kind.FAMILY_NAME) == name("O'Brien", Kind.FAMILY_NAME) == "obrien"
    assert name("O Henry", Kind.GIVEN_NAME) == "o henry"


@pytest.mark.parametrize("only", ["Junior", "Lady", "Sir", "Dr", "Bt"])
def test_a_name_that_is_only_a_title_stays(only):
    assert name(only) == only.lower()


@pytest.mark.parametrize(
    "text",
    ["thomas clifford, 1st baron clifford", "tom clifford, of chudleigh", "wilmot, 2nd baronet"],
)
def test_a_comma_before_a_rank_does_not_turn_the_name_round(text):
    assert name(text) == words(text)


def test_a_comma_turns_only_a_full_name_round():
    assert name("Smith, John", Kind.FAMILY_NAME) == "smith john"


@pytest.mark.parametrize("text", ["", "12345", "...", "\ud800"])
def test_a_name_without_letters_is_unusable(text):
    assert name(text) is None
