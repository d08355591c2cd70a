"""What is wrong with a request, in words: from pydantic's errors, without what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The last part of a place that is a name the client chose, and so is not said again.
_CLIENTS_OWN = frozenset({"extra_forbidden", "invalid_key"})
_PARTS = {
    "body": "body",
    "query": "query parameter",
    "path": "address",
    "header": "header",
    "cookie": "cookie",
}


@dataclass(frozen=True)
class FieldAndProblem:
    field: str
    problem: str


@dataclass(frozen=True)
class Wrong:
    """One field: `what` completes the sentence "The {field} …"."""

    part: str  # body, query, path, header
    field: str  # "" for the part itself
    what: str

    @property
    def sentence(self) -> str:
        if not self.field:
            return f"The {_PARTS.get(self.part, 'request')} {self.what}."
        if self.part == "body":
            return f"The field {self.field} {self.what}."
        return f"The {_PARTS.get(self.part, self.part)} {self.field} {self.what}."

    def as_field(self) -> FieldAndProblem:
        return FieldAndProblem(self.field or self.part, self.sentence)


def what_is_wrong(found: Sequence[Mapping[str, Any]]) -> list[Wrong]:
    """At most twenty of them: a body of a thousand wrong fields needs no longer answer."""
    return [_wrong(error) for error in found[:20]]


def _wrong(error: Mapping[str, Any]) -> Wrong:
    kind = str(error["type"])
    place = list(error["loc"])
    part = str(place.pop(0)) if place else "body"
    if kind == "json_invalid":
        place = []  # only a position in the text
    elif kind in _CLIENTS_OWN and place:
        place.pop()
    return Wrong(part, ".".join(str(step) for step in place), _what(kind, error.get("ctx") or {}))


def _what(kind: str, facts: Mapping[str, Any]) -> str:
    if kind in _WORDS:
        return _WORDS[kind].format_map({name: str(value) for name, value in facts.items()})
    for beginning, words in _BEGINNINGS:
        if kind.startswith(beginning):
            return words
    return "is not of the kind that is expected"


_WORDS = {
    "missing": "is missing",
    "value_error": "{error}",  # our own words, see core.inputs
    "extra_forbidden": "has a field that is not known here",
    "json_invalid": "is no valid JSON",
    "string_too_long": "may have {max_length} characters at most",
    "string_too_short": "needs {min_length} characters at least",
    "too_long": "may have {max_length} entries at most",
    "too_short": "needs {min_length} entries at least",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "enum": "must be one of {expected}",
    "literal_error": "must be {expected}",
    "finite_number": "must be a finite number",
    "string_unicode": "holds characters that are not text",
    "string_pattern_mismatch": "does not have the form that is expected",
    "dict_type": "must be an object",
    "model_attributes_type": "must be a JSON object",
}
_BEGINNINGS = (
    ("int_", "must be a whole number"),
    ("float_", "must be a number"),
    ("bool_", "must be true or false"),
    ("string_", "must be text"),
    ("uuid_", "must be an id like 0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"),
    ("datetime_", "must be a time like 2026-01-31T12:00:00Z"),
    ("timezone_", "must be a time with its zone, like 2026-01-31T12:00:00Z"),
    ("date_", "must be a date like 2026-01-31"),
    ("list_", "must be a list"),
)
