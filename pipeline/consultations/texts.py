"""What people write to each other: several lines of plain text, of a length that can be read."""

from __future__ import annotations

import unicodedata

from core.errors import InvalidInput
from core.inputs import one_line

LONGEST_QUESTION = 1000  # characters
LONGEST_FIELD = 2000
LONGEST_MESSAGE = 4000
LONGEST_REASON = 300


def required(text: object, field: str, longest: int) -> str:
    found = optional(text, field, longest)
    if found is None:
        raise InvalidInput(f"The {field} is missing.")
    return found


def optional(text: object, field: str, longest: int) -> str | None:
    """The text in NFC, line by line; None for nothing. Raises InvalidInput."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise InvalidInput(f"The {field} must be text.")
    if len(text) > 4 * longest:  # before anything costs time
        raise InvalidInput(f"The {field} may have {longest:,} characters at most.")
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ").split("\n")
    try:
        whole = "\n".join(one_line(line) for line in lines).strip()
    except ValueError as error:
        raise InvalidInput(f"The {field} {error}.") from None
    if len(whole) > longest:
        raise InvalidInput(f"The {field} may have {longest:,} characters at most.")
    return whole or None
