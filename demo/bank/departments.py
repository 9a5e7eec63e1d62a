"""How each department writes a record down: its columns, its formats, its habits.

Each function takes a record of the population (only what is not missing) and gives a row.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

Record = Mapping[str, Any]
Row = dict[str, Any]


def core_banking(record: Record) -> Row:
    """Fill the careful table: ISO dates, house number apart, phones with a country code."""
    number, street = _house_and_street(record.get("street_address"))
    return {
        "customer_no": record.get("key"),
        "first_name": record.get("given_name"),
        "last_name": record.get("family_name"),
        "birth": record.get("date_of_birth"),
        "sex": {"f": "F", "m": "M"}.get(record.get("gender", "")),
        "email": record.get("email"),
        "phone": _international(record.get("phone")),
        "house_no": number,
        "street": street,
        "postcode": record.get("postal_code"),
        "town": record.get("city"),
        "national_id": record.get("national_id"),
        "changed_at": record.get("modified_at"),
    }


def cards(record: Record) -> Row:
    """Typed columns, no e-mail, the gender as the ISO number, identifiers in groups."""
    born, changed = record.get("date_of_birth"), record.get("modified_at")
    return {
        "account": record.get("key"),
        "forename": record.get("given_name"),
        "surname": record.get("family_name"),
        "birth_date": date.fromisoformat(born) if born else None,
        "sex_code": {"m": 1, "f": 2}.get(record.get("gender", "")),
        "mobile": _spaced(record.get("phone")),
        "address_line": record.get("street_address"),
        "zip": record.get("postal_code"),
        "city": record.get("city"),
        "tax_no": _grouped(record.get("national_id")),
        "updated": datetime.fromisoformat(changed) if changed else None,
    }


def web_shop(record: Record) -> Row:
    """Nested and sparse: what is missing is not there; one e-mail or several; often no birthday."""
    birthday = record.get("date_of_birth") if _lot(record) < 70 else None
    emails = [record.get("email"), record.get("second_email") if _lot(record) % 2 else None]
    return _sparse(
        {
            "user_id": record.get("key"),
            "name": _sparse({"first": record.get("given_name"), "last": record.get("family_name")}),
            "emails": [email for email in emails if email],
            "birthday": birthday,
            "delivery": _sparse(
                {
                    "street": record.get("street_address"),
                    "zip": record.get("postal_code"),
                    "city": record.get("city"),
                    "phone": record.get("phone"),
                }
            ),
            "updated": f"{record['modified_at'].replace(' ', 'T')}Z",
        }
    )


def support(record: Record) -> Row:
    """Put the name in one field, dates as dd/mm/yyyy, mostly no birth date, no gender."""
    born = record.get("date_of_birth") if _lot(record) < 30 else None
    return {
        "Kundennr": record.get("key"),
        "Name": f"{record['given_name']} {record['family_name']}",
        "Geburtstag": _day(born, "%d/%m/%Y"),
        "E-Mail": record.get("email"),
        "Telefon": _spaced(record.get("phone")),
        "Straße": record.get("street_address"),
        "PLZ": record.get("postal_code"),
        "Ort": record.get("city"),
        "geändert": _moment(record.get("modified_at"), "%d/%m/%Y %H:%M"),
    }


def prospects(record: Record) -> Row:
    """Everything in capitals, phones without country code or leading zero, no identifier."""
    return {
        "ID": record.get("key"),
        "FNAME": _capitals(record.get("given_name")),
        "LNAME": _capitals(record.get("family_name")),
        "DOB": _day(record.get("date_of_birth"), "%d.%m.%Y"),
        "SEX": {"f": "FEMALE", "m": "MALE"}.get(record.get("gender", "")),
        "MAIL": _capitals(record.get("email")),
        "TEL": _without_zero(record.get("phone")),
        "ADDR": _capitals(record.get("street_address")),
        "PCODE": _capitals(record.get("postal_code")),
        "TOWN": _capitals(record.get("city")),
        "TOUCHED": _moment(record.get("modified_at"), "%Y%m%d%H%M%S"),
    }


def agency(record: Record) -> Row:
    """Put `SURNAME, Given` in one column; American dates; no times of change."""
    return {
        "ref": record.get("key"),
        "name": f"{record['family_name'].upper()}, {record['given_name']}",
        "dob": _day(record.get("date_of_birth"), "%m/%d/%Y"),
        "address": record.get("street_address"),
        "postcode": record.get("postal_code"),
        "city": record.get("city"),
        "telephone": record.get("phone"),
        "mail": record.get("email"),
        "id_number": record.get("national_id"),
    }


def _lot(record: Record) -> int:
    """Draw a number 0 to 99 from the key, which is the record's for ever."""
    digits = "".join(filter(str.isdigit, record.get("key", "")))
    return int(digits or 0) * 7_919 // 100 % 100


def _house_and_street(address: str | None) -> tuple[str | None, str | None]:
    """`12 High Street` apart; what has no such form (a flat, a placeholder) is all street."""
    number, _, street = (address or "").partition(" ")
    return (number, street) if number.isdigit() else (None, address)


def _is_mobile(phone: str) -> bool:
    return len(phone) == 11 and phone.startswith("07")


def _international(phone: str | None) -> str | None:
    if not phone or not _is_mobile(phone):
        return phone
    return f"+44 {phone[1:5]} {phone[5:]}"


def _spaced(phone: str | None) -> str | None:
    if not phone or not _is_mobile(phone):
        return phone
    return f"{phone[:5]} {phone[5:8]} {phone[8:]}"


def _without_zero(phone: str | None) -> str | None:
    return phone[1:] if phone and _is_mobile(phone) else phone


def _grouped(identifier: str | None) -> str | None:
    return identifier and f"{identifier[:3]}-{identifier[3:6]}-{identifier[6:]}"


def _capitals(text: str | None) -> str | None:
    return text and text.upper()


def _day(day: str | None, form: str) -> str | None:
    return day and date.fromisoformat(day).strftime(form)


def _moment(moment: str | None, form: str) -> str | None:
    return moment and datetime.fromisoformat(moment).strftime(form)


def _sparse(row: Row) -> Row:
    return {name: value for name, value in row.items() if value}
