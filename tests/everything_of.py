"""A row of somebody's in every table that can hold one, with a word of theirs in every text."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, LargeBinary, Text, Uuid, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from data import belongings
from data.base import TextEnum

# Where her things are and who she is, without which nothing of hers would be found.
_NEEDED = frozenset(
    {"email", "password_hash", "object_key", "maps_object_key", "picture_object_key"}
)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def fill(session: Session, user_id: UUID, word: str) -> set[str]:
    """Make what is missing and write `word` wherever the rules of the tables let it stand.

    The names of tables for which no row could be made.
    """
    missing = set()
    of_person = belongings.belonging(user_id)
    for name, (table, wanted) in of_person.items():
        has_one = session.execute(select(table).where(wanted).limit(1)).first() is not None
        if not has_one and not _make(session, table, of_person, user_id, word):
            missing.add(name)
        for column in table.columns:
            if is_free(column):
                _try(session, update(table).where(wanted).values({column.name: _of(column, word)}))
    return missing


def _make(session: Session, table: Any, of_person: Any, user_id: UUID, word: str) -> bool:
    values: dict[str, Any] = {}
    for column in table.columns:
        needed = not column.nullable and column.server_default is None
        if needed and not column.foreign_keys:
            values[column.name] = _of(column, word)
    for key in table.foreign_key_constraints:
        parent = key.referred_table
        if parent.name == "users":
            if key.ondelete == "CASCADE":
                values |= {column.name: user_id for column in key.columns}
        elif parent.name in of_person and key.ondelete == "CASCADE":
            referred = [element.column for element in key.elements]
            wanted = of_person[parent.name][1]
            row = session.execute(select(*referred).where(wanted).limit(1)).first()
            if row is not None:
                values |= dict(zip((column.name for column in key.columns), row, strict=True))
    return _try(session, insert(table).values(values))


def _try(session: Session, statement: Any) -> bool:
    try:
        with session.begin_nested():
            session.execute(statement)
    except DBAPIError:
        return False
    return True


def is_free(column: Column[Any]) -> bool:
    """Whether somebody's words may stand there: no reference, no choice of a list, no key."""
    words = isinstance(column.type, Text | ARRAY | JSONB | LargeBinary)
    is_key = column.primary_key or bool(column.foreign_keys)
    return words and not is_key and column.name not in _NEEDED


def _of(column: Column[Any], word: str) -> Any:
    kind = column.type
    if isinstance(kind, TextEnum):
        return next(iter(kind.enum))
    if isinstance(kind, ARRAY):
        return [word]
    if isinstance(kind, JSONB):
        return {"said": word}
    if isinstance(kind, LargeBinary):
        return word.encode()
    if isinstance(kind, Uuid):
        return uuid4()
    python = kind.python_type
    known = {str: word, bool: True, int: 1, float: 1.0, datetime: NOW, date: NOW.date()}
    known |= {time: time(9), timedelta: timedelta(hours=1)}
    return known[python]
