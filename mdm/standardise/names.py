"""People's names: the step `name`."""

import re

from mdm.model.rules.rules import Kind
from mdm.standardise.text import latin, parted

_TITLE_WORDS = """
    mr mrs ms miss mx mister missus dr doctor prof professor sir dame lady madam rev revd reverend
    capt captain lt colonel sgt herr frau dipl mme mlle monsieur madame mademoiselle
    sr sra srta senor senora senorita dona signor signora dott dottssa mevr mevrouw
    gospodin gospozha
"""
_SUFFIX_WORDS = """
    jr jnr sr snr junior senior ii iii iv phd md mba msc bsc esq esquire obe mbe cbe kbe bt
"""
_TITLES = frozenset(_TITLE_WORDS.split())
_SUFFIXES = frozenset(_SUFFIX_WORDS.split())
_JOINING = frozenset({"mc", "mac"})
_COMMA = re.compile(r"(?P<family>[^,\s]+)\s*,\s*(?P<given>[a-z' .-]+)")
_TWO_INITIALS = re.compile(r"[a-z]\.[a-z]\.?,?$")
_RANK = re.compile(r"\b(of|baron|baronet|earl|duke|lord|viscount|marquess|count)\b")


def name(text: str, kind: Kind = Kind.FULL_NAME) -> str | None:
    """Write a person's name in plain lower-case words, without titles and suffixes.

    Hyphens and full stops part words, apostrophes vanish (O'Brien, OBrien), Mc and Mac join what
    follows, and so does a leading O of a family name (O Brien); 'Smith, John' of a full name
    becomes 'john smith'.  A title or suffix is dropped only while another word remains, so that
    people called Lady, Junior or Sir keep their name; words that often are names (Pan, Maj, Ing,
    Don) are not taken for titles.  Jr and Sr go because they are written at whim: father and son
    are told apart by their birth dates.  None without a single letter.
    """
    plain = latin(text)
    if plain is None:
        return None
    if kind is Kind.FULL_NAME:
        plain = _given_first(plain)
    parts = _without_affixes([part for token in plain.split() for part in _parts(token)])
    if all(part.isdecimal() for part in parts):
        return None
    # Joining may put an 'oe' together (O Ebner), so it is folded once more.
    return latin(" ".join(_joined(parts, kind)))


def _given_first(plain: str) -> str:
    """Turn 'smith, john' round; 'clifford, 1st baron of x' and 'smith, jr' are no such form."""
    comma = _COMMA.fullmatch(plain)
    if comma is None or _RANK.search(comma["given"]):
        return plain
    given = comma["given"].replace(".", " ").split()
    if not given or len(given) > 3 or all(word in _SUFFIXES for word in given):
        return plain
    return f"{comma['given']} {comma['family']}"


def _parts(token: str) -> list[str]:
    """Split a token into words; 'Ph.D.' stays whole, to be known as a suffix; 'J.R.' does not."""
    if token.isalnum():
        return [token]
    undotted = token.replace(".", "").rstrip(",")
    affix = undotted in _SUFFIXES or undotted in _TITLES
    if affix and not _TWO_INITIALS.match(token):
        return [undotted]
    return parted(token).split()


def _without_affixes(parts: list[str]) -> list[str]:
    start, end = 0, len(parts)
    while end - start > 1 and parts[start] in _TITLES:
        start += 1
    while end - start > 1 and parts[end - 1] in _SUFFIXES:
        end -= 1
    return parts[start:end]


def _joined(parts: list[str], kind: Kind) -> list[str]:
    result: list[str] = []
    glue = False
    for place, part in enumerate(parts):
        if glue:
            result[-1] += part
        else:
            result.append(part)
        glue = part in _JOINING or (part == "o" and place == 0 and kind is Kind.FAMILY_NAME)
    return result
