"""Dates in any usual form: the step `date`.

A date is text, `YYYY-MM-DD`; one of which only the year, or year and month, is known is that
prefix.  Years run from 1 to 9999, so a birth in 1630 is a date.
"""

import re
from collections.abc import Callable
from datetime import date as calendar_date
from datetime import datetime

from mdm.standardise.text import latin

_MONTH_NAMES = (
    "january januar janvier enero gennaio janeiro januari styczen stycznia",
    "february februar fevrier febrero febbraio fevereiro februari luty lutego",
    "march marz mars marzo marco mart mrt marzec marca",
    "april avril abril aprile kwiecien kwietnia",
    "may mai mayo maggio maio mei maj maja",
    "june juni juin junio giugno junho czerwiec czerwca",
    "july juli juillet julio luglio julho lipiec lipca",
    "august aout agosto augustus sierpien sierpnia",
    "september septembre septiembre settembre setembro wrzesien wrzesnia",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika",
    "november novembre noviembre novembro listopad listopada",
    "december dezember decembre diciembre dicembre dezembro grudzien grudnia",
)
"""Month names as `latin` leaves them, in eight languages; three letters or more of one will do."""
_TIME = re.compile(r"(?:t|[ ,]+)\d{1,2}:\d{2}(?::\d{2}.*| ?[ap]\.?m\.?|z|[+-]\d\d:?\d\d)?$")
_MARK = r"[ ./,_-]+"
_YEAR_FIRST = re.compile(r"(\d{4})[ ./_-](\d{1,2})[ ./_-](\d{1,2})")
_YEAR_LAST = re.compile(rf"(\d{{1,2}}){_MARK}(\d{{1,2}}){_MARK}(\d{{4}}|\d{{2}})")
_OF = rf"(?:{_MARK})?(?:(?:de|del|of) )?"
_DAY_NAME_YEAR = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:(?:st|nd|rd|th|er|o|a)(?![a-z]))?"
    rf"{_OF}([a-z]{{3,12}}){_OF}(\d{{4}}|\d{{2}})"
)
_NAME_DAY_YEAR = re.compile(rf"([a-z]{{3,12}}){_MARK}(\d{{1,2}})(?:st|nd|rd|th)?{_MARK}(\d{{4}})")
_NAME_YEAR = re.compile(rf"([a-z]{{3,12}}){_OF}(\d{{4}})")
_EIGHT = re.compile(r"(\d{8})")
_YEAR_MONTH = re.compile(r"(\d{4})[./-](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})")
_YEAR = re.compile(r"(\d{4})")


def date(text: str, date_format: str | None = None) -> str | None:
    """Write a date as `YYYY-MM-DD`: by the declared format if it fits, else by its usual form."""
    declared = parse_date(text, date_format) if date_format else None
    return declared or parse_date(text, None)


def parse_date(text: str, date_format: str | None) -> str | None:
    """Read a date by a strptime format, or without one in any usual form; None if it is none.

    Usual forms: ISO, `dd/mm/yyyy` with any mark, `yyyymmdd`, `19 Jan 1980` (English, German,
    French, Spanish, Italian, Portuguese, Dutch, Polish), each with or without a time; year or
    year and month alone.  Where day and month could be either, the day comes first; where only
    month first is a date, that is taken.  Two-digit years are 1930 to 2029, as in spreadsheets.
    """
    plain = latin(text)
    if plain is None:
        return None
    return _declared(plain, date_format) if date_format else _usual(plain)


def _declared(plain: str, date_format: str) -> str | None:
    try:
        # A time zone would be of no use: a date is what its department wrote.
        parsed = datetime.strptime(plain, date_format).date()
    except ValueError:
        return None
    if "%y" in date_format and parsed.year > 2029:
        return _moved_back(parsed)
    return parsed.isoformat()


def _moved_back(parsed: calendar_date) -> str | None:
    return _full(parsed.year - 100, parsed.month, parsed.day)


def _usual(plain: str) -> str | None:
    without_time = _TIME.sub("", plain)
    for pattern, read in _FORMS:
        found = pattern.fullmatch(without_time)
        if found is not None:
            return read(*found.groups())
    return None


def _full(year: int, month: int, day: int) -> str | None:
    try:
        return calendar_date(year, month, day).isoformat()
    except ValueError:
        return None


def _year_first(year: str, month: str, day: str) -> str | None:
    if int(day) == 0:
        return _month_only(year, month)
    return _full(int(year), int(month), int(day))


def _year_last(first: str, second: str, year: str) -> str | None:
    whole = _whole_year(year)
    day_first = _full(whole, int(second), int(first))
    return day_first or _full(whole, int(first), int(second))


def _whole_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < 30 else 1900)


def _day_name_year(day: str, month: str, year: str) -> str | None:
    return _full(_whole_year(year), _month_number(month), int(day))


def _name_day_year(month: str, day: str, year: str) -> str | None:
    return _full(int(year), _month_number(month), int(day))


def _name_year(month: str, year: str) -> str | None:
    number = _month_number(month)
    return _month_only(year, str(number)) if number else None


def _month_number(name: str) -> int:
    """Find the month whose name, in any of the languages, begins so: 1 to 12, or 0 for none."""
    for number, names in enumerate(_MONTH_NAMES, start=1):
        if any(known.startswith(name) for known in names.split()):
            return number
    return 0


def _eight_digits(digits: str) -> str | None:
    year_first = _year_first(digits[:4], digits[4:6], digits[6:])
    return year_first or _year_last(digits[:2], digits[2:4], digits[4:])


def _month_only(year: str, month: str) -> str | None:
    if int(month) == 0:
        return _year_only(year)
    full = _full(int(year), int(month), 1)
    return full and full[:7]


def _month_year(month: str, year: str) -> str | None:
    return _month_only(year, month) if int(month) else None


def _year_only(year: str) -> str | None:
    return year if int(year) else None


_FORMS: tuple[tuple[re.Pattern[str], Callable[..., str | None]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_YEAR_LAST, _year_last),
    (_EIGHT, _eight_digits),
    (_DAY_NAME_YEAR, _day_name_year),
    (_NAME_DAY_YEAR, _name_day_year),
    (_NAME_YEAR, _name_year),
    (_YEAR_MONTH, _month_only),
    (_MONTH_YEAR, _month_year),
    (_YEAR, _year_only),
)
