"""Very many rows at once: PostgreSQL's binary COPY, written from arrays.

Of the format: a row is its number of fields (2 bytes), each field its length (4 bytes, −1 for
NULL) and its bytes. Rows that are alike in which fields are NULL, and in the lengths of their
texts, are one array.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from psycopg import sql
from sqlalchemy.orm import Session

from data.database import raw

# None: NULL; bytes: the same in every row; an array (n,) of big-endian numbers or “S” texts.
Field = bytes | npt.NDArray[np.generic] | None

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_TEXT = 25  # PostgreSQL's number of the type


def rows(n: int, fields: Sequence[Field]) -> bytes:
    """N rows; fields in the order of the columns."""
    parts: list[tuple[str, str | np.dtype[np.generic]]] = [("fields", ">i2")]
    for number, field in enumerate(fields):
        parts.append((f"length{number}", ">i4"))
        if isinstance(field, bytes) and field:
            parts.append((f"field{number}", f"S{len(field)}"))
        elif isinstance(field, np.ndarray):
            parts.append((f"field{number}", field.dtype))
    framed = np.zeros(n, np.dtype(parts))
    framed["fields"] = len(fields)
    for number, field in enumerate(fields):
        if field is None:
            framed[f"length{number}"] = -1
            continue
        width = len(field) if isinstance(field, bytes) else field.dtype.itemsize
        framed[f"length{number}"] = width
        if width:
            framed[f"field{number}"] = field
    return framed.tobytes()


def copy(session: Session, table: str, columns: Sequence[str], chunks: Iterable[bytes]) -> None:
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with raw(session).cursor() as cursor, cursor.copy(into) as copying:
        copying.write(_SIGNATURE)
        for chunk in chunks:
            copying.write(chunk)
        copying.write(b"\xff\xff")


def copy_rows(
    session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """The same for rows as they come, where they are not so many."""
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with raw(session).cursor() as cursor, cursor.copy(into) as copying:
        for row in rows:
            copying.write_row(row)


def moments(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.generic]:
    """Seconds since 1970 as `timestamptz`."""
    return np.rint((seconds - _EPOCH) * 1e6).astype(">i8")


def texts(values: Sequence[str]) -> bytes:
    """A `text[]`, the same in every row."""
    if not values:
        return np.array([0, 0, _TEXT], ">i4").tobytes()
    head = np.array([1, 0, _TEXT, len(values), 1], ">i4").tobytes()
    encoded = [value.encode() for value in values]
    return head + b"".join(np.array(len(e), ">i4").tobytes() + e for e in encoded)


def ids(seconds: npt.NDArray[np.float64], chance: npt.NDArray[np.uint8]) -> npt.NDArray[np.bytes_]:
    """UUIDs version 7 as 16 bytes: sorted by time; `chance` is (n, 10)."""
    found = np.empty((len(seconds), 16), np.uint8)
    stamp = np.rint(seconds * 1000).astype(">u8")
    found[:, :6] = stamp.view(np.uint8).reshape(-1, 8)[:, 2:]
    found[:, 6:] = chance
    found[:, 6] = found[:, 6] & 0x0F | 0x70
    found[:, 8] = found[:, 8] & 0x3F | 0x80
    return found.view("S16")[:, 0]


def as_uuids(packed: npt.NDArray[np.bytes_]) -> list[UUID]:
    return [UUID(bytes=bytes(one).ljust(16, b"\0")) for one in packed]
