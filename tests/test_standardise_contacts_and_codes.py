"""`email`, `phone`, `postal_code`, `identifier`, `gender` and `address`."""

import pytest

from mdm.standardise.addresses import address
from mdm.standardise.codes import gender, identifier, postal_code
from mdm.standardise.contacts import email, phone


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (" Ann.Lee@Example.ORG ", "ann.lee@example.org"),
        ("mailto:ann@x.org", "ann@x.org"),
        ("Ann Lee <ann@x.org>", "ann@x.org"),
        ("ann@x.org;", "ann@x.org"),
        ("ann+shop@x.org", "ann@x.org"),
        ("A.n.n+shop@googlemail.com", "ann@gmail.com"),
        ("jörg@münchen.de", "jörg@münchen.de"),
    ],
)
def test_an_email_address_is_written_as_its_provider_reads_it(text, form):
    assert email(text) == form


@pytest.mark.parametrize("text", ["", "ann", "ann@", "@x.org", "a@b", "a@b@c.org", "a b@x.org"])
def test_what_does_not_look_like_an_email_address_is_unusable(text):
    assert email(text) is None


@pytest.mark.parametrize(
    ("text", "region", "form"),
    [
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 (0)20 7946-0958", "GB", "+442079460958"),
        ("0044 20 7946 0958", None, "+442079460958"),
        ("+44 20 7946 0958", None, "+442079460958"),
        ("(02) 9374 4000", "AU", "+61293744000"),
        ("089/123456-0", "DE", "+49891234560"),
        ("011 49 89 1234560", "US", "+49891234560"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("1-650-253-0000 ext. 12", "US", "+16502530000"),
        ("650 253 0000 x12", "US", "+16502530000"),
        ("+1 650 253 0000;ext=12", None, "+16502530000"),
        ("Fax: 020 7946 0958", "GB", "+442079460958"),
        ("٠٢٠٧٩٤٦٠٩٥٨", "GB", "+442079460958"),
    ],
)
def test_a_phone_number_is_written_in_international_form(text, region, form):
    assert phone(text, region) == form


def test_without_a_region_a_national_number_keeps_its_digits():
    assert phone("020 7946 0958") == "02079460958"


def test_a_number_of_impossible_length_keeps_its_digits_when_they_are_plausible():
    assert phone("020 7946 0958 123 4", "GB") == "020794609581234"
    assert phone("12345", "GB") is None
    assert phone("1" * 16, "GB") is None
    assert phone("call me", "GB") is None


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("sw1a 1aa", "SW1A1AA"),
        ("D-80331", "80331"),
        ("12345-6789", "12345"),
        ("1234 ab", "1234AB"),
        ("〒100-0001", "1000001"),
        ("01310-100", "01310100"),
        ("--", None),
    ],
)
def test_a_postal_code_is_letters_and_digits(text, form):
    assert postal_code(text) == form


def test_an_identifier_keeps_its_leading_zeros():
    assert identifier(" 00-12 ab/7 ") == "0012AB7"
    assert identifier("./.") is None


@pytest.mark.parametrize(
    ("words", "letter"),
    [
        (("F", "female", "Weiblich", "FEMME", "mujer", "женский", "女", "2", "kadın"), "f"),
        (("M", "male", "männlich", "maennlich", "Homme", "hombre", "мужской", "男性", "1"), "m"),
        (("X", "divers", "non-binary", "Other"), "x"),
        (("", "?", "unknown", "female | male", "9"), None),
    ],
)
def test_gender_is_understood_in_many_languages(words, letter):
    assert {gender(word) for word in words} == {letter}


@pytest.mark.parametrize(
    ("spellings", "form"),
    [
        (("12 High Street", "12, HIGH ST.", "No. 12 High St"), "12 high st"),
        (("Flat 3, 12 High Street", "apt 3 12 high st", "3/12 High St", "#3 12 High St"),
         "flat 3 12 high st"),
        (("Hauptstraße 5a", "Haupt Str. 5 a", "HAUPTSTRASSE 5 A"), "hauptstr 5a"),
        (("5 avenue de l'Opéra", "5 ave de lopera"), "5 av de lopera"),
        (("Calle Mayor N° 7", "c. mayor 7"), "c mayor 7"),
        (("ул. Ленина 5", "ulitsa Lenina 5"), "ul lenina 5"),
        (("Kerkstraat 12", "Kerkstr 12"), "kerkstr 12"),
    ],
)  # fmt: skip
def test_ways_to_write_an_address_become_one(spellings, form):
    assert {address(spelling) for spelling in spellings} == {form}


def test_an_address_without_a_word_is_unusable():
    assert address(" ,- ") is None
