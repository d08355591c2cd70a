"""Everything that is held about a person, table by table, as JSON can hold it.

Found through the foreign keys rather than from a list, so that a table that comes later is in the
export without anybody thinking of it. Keys, hashes and addresses of objects are left out: they
are no facts about the person, and what they open is exported itself.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, or_, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from data import audit, sign_in_attempts, users
from data.tables import AnalysisResult, AuditEvent, Base, Consent, Photo, SignInAttempt, User
from data.vault import Kept

Row = dict[str, Any]

_USERS = User.__table__
_CHECKS = AnalysisResult.__table__
# Say nothing of the person: single-use tickets live for a minute, keys and hashes are noise.
LEFT_OUT = frozenset(
    {
        *("sign_in_tickets", "user_keys", "audit_chain"),
        # of groups of people, or of days
        *("dirty_days", "daily_metrics", "released_periods", "released_metrics"),
        *("released_quality", "released_pairs", "released_ingredients", "released_retention"),
        "recalibrations",
    }
)
# Name a person by pseudonym, so no foreign key leads to them.
BY_PSEUDONYM = frozenset({AuditEvent.__tablename__, SignInAttempt.__tablename__})


def tables_of_a_person() -> list[str]:
    """Names of the tables whose rows belong to a person, without checks and their parts."""
    return [
        name
        for name, table in sorted(Base.metadata.tables.items())
        if _leads_to(table, _USERS) is not None
        and name not in LEFT_OUT
        and table is not _CHECKS
        and _leads_to(table, _CHECKS) is None
    ]


def parts_of_a_check() -> list[str]:
    """Names of the tables whose rows belong to one check."""
    tables = Base.metadata.tables
    return sorted(
        name
        for name, table in tables.items()
        if table is not _CHECKS and _leads_to(table, _CHECKS) is not None
    )


def person(session: Session, user_id: UUID) -> Row:
    """What the account itself holds."""
    found = _found(session, _USERS, _USERS.c.user_id == user_id)
    if not found:
        raise NotFound("There is no such account.")
    return found[0]


def rows(session: Session, user_id: UUID, name: str) -> list[Row]:
    """The person's rows in one of `tables_of_a_person`."""
    table = Base.metadata.tables[name]
    owner = _leads_to(table, _USERS)
    if owner is None:
        raise ValueError(f"no column of {name} says whose a row is")
    return _found(session, table, owner == user_id)


def events(session: Session, user_id: UUID) -> list[Row]:
    """What the audit says the person did, or was done to them."""
    name = audit.of(user_id)
    table = AuditEvent.__table__
    return _found(session, table, or_(table.c.actor == name, table.c.subject == name))


def attempts(session: Session, user_id: UUID) -> list[Row]:
    """Failed sign-ins with the person's e-mail address that are still remembered."""
    account = sign_in_attempts.account_of(users.get(session, user_id).email)
    return _found(session, SignInAttempt.__table__, SignInAttempt.account == account)


def checks(session: Session, user_id: UUID, *, after: UUID | None, at_most: int) -> list[Row]:
    """A page of checks by id, all versions, each with its parts under the names of their tables."""
    wanted = _CHECKS.c.user_id == user_id
    if after is not None:
        wanted &= _CHECKS.c.id > after
    page = _found(session, _CHECKS, wanted, at_most=at_most)
    ids = [UUID(check["id"]) for check in page]
    for name in parts_of_a_check():
        table = Base.metadata.tables[name]
        parent = _leads_to(table, _CHECKS)
        assert parent is not None  # noqa: S101 (parts_of_a_check said so)
        parts: defaultdict[str, list[Row]] = defaultdict(list)
        for row in _found(session, table, parent.in_(ids)):
            parts[row.pop(parent.name)].append(row)
        for check in page:
            check[name] = parts[check["id"]]
    return page


def photos(session: Session, user_id: UUID) -> list[Photo]:
    """Every photo that is kept, oldest first."""
    wanted = select(Photo).where(Photo.user_id == user_id)
    return list(session.scalars(wanted.order_by(Photo.created_at, Photo.photo_id)))


def maps(session: Session, user_id: UUID) -> dict[UUID, Kept]:
    """The packed maps of every check that has some, by the check's id."""
    row = AnalysisResult
    found = session.execute(
        select(row.id, row.maps_object_key, row.maps_wrapped_key)
        .where(row.user_id == user_id)
        .order_by(row.id)
    )
    packed = {}
    for id_, object_key, wrapped_key in found:
        if object_key is not None and wrapped_key is not None:
            packed[id_] = Kept(object_key, wrapped_key)
    return packed


def consents(session: Session, user_id: UUID) -> list[Consent]:
    """Every consent that was ever given, oldest first."""
    wanted = select(Consent).where(Consent.user_id == user_id)
    return list(session.scalars(wanted.order_by(Consent.given_at, Consent.consent_id)))


def _leads_to(table: Any, other: Any) -> Column[Any] | None:
    """The column of `table` that says to which row of `other` its rows belong, if one does.

    Where several refer to a person, `user_id` is the owner and the others had to do with it. What
    stays when the other row goes (ON DELETE SET NULL) was never a part of it.
    """
    found = [
        column
        for column in table.columns
        if table is not other
        and any(
            key.column.table is other and (column.name == "user_id" or key.ondelete != "SET NULL")
            for key in column.foreign_keys
        )
    ]
    return min(found, key=lambda column: column.name != "user_id", default=None)


def _found(
    session: Session, table: Any, wanted: ColumnElement[bool], *, at_most: int | None = None
) -> list[Row]:
    shown = [column for column in table.columns if _is_told(column)]
    query = select(*shown).where(wanted).order_by(*table.primary_key.columns).limit(at_most)
    return [
        {name: _plain(value) for name, value in row._mapping.items()}
        for row in session.execute(query)
    ]


def _is_told(column: Column[Any]) -> bool:
    return not (
        isinstance(column.type, LargeBinary) or column.name.endswith(("object_key", "_hash"))
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
