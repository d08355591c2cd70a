"""Signed-in browsers and the tickets that make them. Expiry is by the database's clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Interval,
    Row,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from core.ids import new_id
from core.settings import settings
from data.tables import AuthSession, SignInTicket, User

_TICKET_LIFE = timedelta(seconds=60)
_TOUCHED_EVERY = timedelta(minutes=1)

# The person, the session, and the database's time of looking.
Found = Row[User, AuthSession, datetime]


def is_live() -> ColumnElement[bool]:
    return _is_live(literal(timedelta(hours=settings().session_idle_hours)))


def _is_live(idle: ColumnElement[timedelta]) -> ColumnElement[bool]:
    return and_(AuthSession.expires_at > func.now(), AuthSession.last_seen_at > func.now() - idle)


def _who(wanted: ColumnElement[bool]) -> Select[User, AuthSession, datetime]:
    return (
        select(User, AuthSession, func.now())
        .join(AuthSession, AuthSession.user_id == User.user_id)
        .where(wanted, User.is_active, _is_live(bindparam("idle", type_=Interval)))
        .execution_options(populate_existing=True)
    )


# Asked with every request: put together once.
_BY_TOKEN = _who(AuthSession.token_hash == bindparam("wanted"))
_BY_ID = _who(AuthSession.session_id == bindparam("wanted"))


def add(
    session: Session, user_id: UUID, *, token_hash: bytes, user_agent: str, address_hint: str
) -> UUID:
    lasts = timedelta(hours=settings().session_absolute_hours)
    row = AuthSession(
        session_id=new_id(),
        user_id=user_id,
        token_hash=token_hash,
        user_agent=user_agent,
        address_hint=address_hint,
        expires_at=func.now() + lasts,
    )
    session.add(row)
    session.flush()
    return row.session_id


def find(
    session: Session, *, token_hash: bytes | None = None, session_id: UUID | None = None
) -> Found | None:
    """The active person and the live session behind a token or an id."""
    idle = timedelta(hours=settings().session_idle_hours)
    if token_hash is not None:
        return session.execute(_BY_TOKEN, {"wanted": token_hash, "idle": idle}).one_or_none()
    return session.execute(_BY_ID, {"wanted": session_id, "idle": idle}).one_or_none()


def people_of(session: Session, session_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Whose each of these sessions is; those that have ended, or whose person has, are missing."""
    wanted = literal(list(session_ids), ARRAY(Uuid))  # one text, however many they are
    rows = session.execute(
        select(AuthSession.session_id, AuthSession.user_id)
        .join(User, User.user_id == AuthSession.user_id)
        .where(AuthSession.session_id == any_(wanted), User.is_active, is_live())
    )
    return {row.session_id: row.user_id for row in rows}


def touch(session: Session, row: AuthSession, now: datetime) -> None:
    """Note that it is in use; at most once a minute, so that looking costs no writing."""
    if is_touch_due(row, now):
        touch_due(session, row.session_id)


def is_touch_due(row: AuthSession, now: datetime) -> bool:
    return row.last_seen_at < now - _TOUCHED_EVERY


def touch_due(session: Session, session_id: UUID) -> None:
    """Note that it is in use, unless somebody else did so within the minute."""
    session.execute(
        update(AuthSession)
        .where(
            AuthSession.session_id == session_id,
            AuthSession.last_seen_at < func.now() - _TOUCHED_EVERY,
        )
        .values(last_seen_at=func.now())
        .execution_options(synchronize_session=False)
    )


def live(session: Session, user_id: UUID) -> list[AuthSession]:
    """Where the person is signed in, last used first."""
    return list(
        session.scalars(
            select(AuthSession)
            .where(AuthSession.user_id == user_id, is_live())
            .order_by(AuthSession.last_seen_at.desc(), AuthSession.session_id)
        )
    )


def end(session: Session, user_id: UUID, session_id: UUID) -> bool:
    ended = session.scalar(
        delete(AuthSession)
        .where(AuthSession.user_id == user_id, AuthSession.session_id == session_id)
        .returning(AuthSession.session_id)
    )
    return ended is not None


def end_all(session: Session, user_id: UUID, *, but: UUID | None = None) -> int:
    """End every session and ticket of the person, except one session; how many sessions."""
    session.execute(delete(SignInTicket).where(SignInTicket.user_id == user_id))
    ended = session.scalars(
        delete(AuthSession)
        .where(AuthSession.user_id == user_id, AuthSession.session_id.is_distinct_from(but))
        .returning(AuthSession.session_id)
    )
    return len(ended.all())


def end_everybodys(session: Session) -> None:
    """Everybody signs in again: of a restored database, whose sessions may have ended since."""
    session.execute(delete(SignInTicket))
    session.execute(delete(AuthSession))


def add_ticket(session: Session, user_id: UUID, *, ticket_hash: bytes, visitor_hash: bytes) -> None:
    session.add(
        SignInTicket(
            ticket_hash=ticket_hash,
            user_id=user_id,
            visitor_hash=visitor_hash,
            expires_at=func.now() + _TICKET_LIFE,
        )
    )
    session.flush()


def take_ticket(session: Session, *, ticket_hash: bytes, visitor_hash: bytes) -> UUID | None:
    """Whose ticket it is; whoever takes it first has it alone."""
    return session.scalar(
        delete(SignInTicket)
        .where(
            SignInTicket.ticket_hash == ticket_hash,
            SignInTicket.visitor_hash == visitor_hash,
            SignInTicket.expires_at > func.now(),
        )
        .returning(SignInTicket.user_id)
    )


def sweep(session: Session) -> int:
    """Remove what has expired; how many rows."""
    idle = timedelta(hours=settings().session_idle_hours)
    tickets = session.scalars(
        delete(SignInTicket)
        .where(SignInTicket.expires_at <= func.now())
        .returning(SignInTicket.user_id)
    ).all()
    ended = session.scalars(
        delete(AuthSession)
        .where(
            (AuthSession.expires_at <= func.now()) | (AuthSession.last_seen_at <= func.now() - idle)
        )
        .returning(AuthSession.session_id)
    ).all()
    return len(tickets) + len(ended)
