"""What is left of somebody: every column of every table, and every file of a folder."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

Needles = Collection[str | bytes]


def in_database(session: Session, needles: Needles) -> set[tuple[str, str]]:
    """Each table that holds one of these anywhere, with what it holds.

    A row as text is all of its columns: numbers and ids, the insides of jsonb and arrays, and bytes
    as hexadecimal digits.
    """
    tables = session.scalars(
        text(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    ).all()
    assert len(tables) > 40
    forms = {form: str(needle) for needle in needles for form in _forms(needle)}
    found = set()
    for table in tables:
        query = text(
            f"SELECT form FROM unnest(CAST(:forms AS text[])) form WHERE EXISTS"  # noqa: S608
            f' (SELECT FROM "{table}" t WHERE strpos(lower(t::text), form) > 0)'
        )
        held = session.scalars(query, {"forms": list(forms)})
        found |= {(table, forms[form]) for form in held}
    return found


def in_files(folder: Path, needles: Needles) -> set[tuple[str, str]]:
    """Each file whose name or content holds one of these, in whatever case."""
    found = set()
    for file in folder.rglob("*"):
        held = str(file).lower().encode()
        if file.is_file():
            held += file.read_bytes().lower()
        for needle in needles:
            raw = needle.lower().encode() if isinstance(needle, str) else needle.lower()
            if raw in held:
                found.add((str(file.relative_to(folder)), str(needle)))
    return found


def _forms(needle: str | bytes) -> set[str]:
    if isinstance(needle, bytes):
        return {needle.hex()}
    return {needle.lower(), needle.encode().hex(), needle.lower().encode().hex()}
