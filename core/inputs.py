"""What people may type: shared constrained types, for forms and for the API alike.

Every text is NFC, holds no control characters (PostgreSQL refuses NUL) and no lone surrogates
(UTF-8 refuses them). The messages are sentences for the person.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Strict, TypeAdapter, ValidationError

from core.errors import InvalidInput
from core.people import SkinType

LONGEST_NAME = 100
LONGEST_EMAIL = 254
PASSWORD_LENGTHS = (8, 128)
AGES = (13, 120)

# Invisible signs that turn or hide text; a zero-width joiner is part of some scripts and emoji.
_TRICKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_EMAIL = re.compile(
    r"[^\s@\"(),:;<>\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}"
)


def one_line(value: str) -> str:
    """`value` in NFC without spaces around it. Refuses what is not plain text on one line."""
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for c in text):
        raise ValueError("may hold letters, digits and punctuation only")
    if not _TRICKS.isdisjoint(text):
        raise ValueError("may not hold signs that change the direction of writing")
    return text


def _name(value: str) -> str:
    text = one_line(value)
    if not text:
        raise ValueError("is missing")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"may have {LONGEST_NAME} characters at most")
    return text


def _email(value: str) -> str:
    text = one_line(value).lower()
    if not text:
        raise ValueError("is missing")
    if len(text) > LONGEST_EMAIL or not _EMAIL.fullmatch(text) or ".." in text:
        raise ValueError("does not look like name@example.org")
    return text


def _password(value: str) -> str:
    text = unicodedata.normalize("NFC", value)
    shortest, longest = PASSWORD_LENGTHS
    if not shortest <= len(text) <= longest:
        raise ValueError(f"needs {shortest} to {longest} characters")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise ValueError("may not hold control characters")
    return text


PersonName = Annotated[str, Strict(), AfterValidator(_name)]
Email = Annotated[str, Strict(), AfterValidator(_email)]
Password = Annotated[str, Strict(), AfterValidator(_password)]
Age = Annotated[int, Field(ge=AGES[0], le=AGES[1], strict=True)]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def checked(kind: Any, value: object, field: str) -> Any:
    """`value` as the type `kind` has it, or InvalidInput: "The {field} …"."""
    try:
        return _adapter(kind).validate_python(value)
    except ValidationError as error:
        raise InvalidInput(f"The {field} {_reason(error)}.") from None


def checked_age(value: object) -> int | None:
    return None if value is None else int(checked(Age, value, "age"))


def checked_skin_type(value: object) -> SkinType | None:
    return None if value is None else SkinType(checked(SkinType, value, "skin type"))


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    match first["type"]:
        case "value_error":
            return str(first["ctx"]["error"])
        case "string_unicode":
            return "holds characters that are not text"
        case "greater_than_equal" | "less_than_equal" | "int_type" | "int_parsing_size":
            return f"must be a whole number from {AGES[0]} to {AGES[1]}"
        case _:
            return "is not of the kind that is expected"
