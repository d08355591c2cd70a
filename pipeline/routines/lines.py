"""Short texts that people write: one line of plain text."""

from __future__ import annotations

from core.errors import InvalidInput
from core.inputs import one_line


def line(value: str, field: str, longest: int, *, may_be_empty: bool = False) -> str:
    """`value` as it is kept. Raises InvalidInput: "The {field} …"."""
    try:
        text = one_line(value)
        text.encode()
    except (ValueError, UnicodeError) as error:
        raise InvalidInput(f"The {field} {_because(error)}.") from None
    if not text and not may_be_empty:
        raise InvalidInput(f"The {field} is missing.")
    if len(text) > longest:
        raise InvalidInput(f"The {field} may have {longest} characters at most.")
    return text


def _because(error: Exception) -> str:
    return "holds characters that are not text" if isinstance(error, UnicodeError) else str(error)
