"""The outbox: mails that wait, those that went, and those that were given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.mail import Letter
from core.notifications import Kind
from data.tables import Mail


@dataclass(frozen=True)
class Draft:
    """A mail that is wanted. Whom it reaches and what it says is decided when it is sent."""

    mail_id: UUID
    user_id: UUID | None  # None: nobody's, so that a stranger costs the same work as a person
    letter: Letter
    dedupe: str
    message_id: str
    give_up_after: timedelta  # from not_before, or from now
    kind: Kind | None = None  # of the news
    link_id: UUID | None = None
    not_before: datetime | None = None  # None: at once


def add(session: Session, draft: Draft) -> bool:
    """Put a mail into the outbox; False when this person has one with the same `dedupe`."""
    first = func.now() if draft.not_before is None else draft.not_before
    added = session.scalar(
        insert(Mail)
        .values(
            mail_id=draft.mail_id,
            user_id=draft.user_id,
            letter=draft.letter,
            kind=draft.kind,
            link_id=draft.link_id,
            dedupe_key=draft.dedupe,
            message_id=draft.message_id,
            next_try_at=first,
            give_up_at=first + draft.give_up_after,
        )
        .on_conflict_do_nothing(index_elements=[Mail.user_id, Mail.dedupe_key])
        .returning(Mail.mail_id)
    )
    return added is not None


def take(session: Session, *, mail_id: UUID | None = None) -> Mail | None:
    """A mail that is due, locked until the transaction ends: this one, or the one due longest.

    None when there is none, or others work on what there is.
    """
    wanted = and_(_waits(), Mail.next_try_at <= func.now())
    if mail_id is not None:
        wanted = and_(wanted, Mail.mail_id == mail_id)
    return session.scalar(
        select(Mail)
        .where(wanted)
        .order_by(Mail.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=Mail)
        .execution_options(populate_existing=True)
    )


def sent(session: Session, mail_id: UUID) -> None:
    _change(session, mail_id, sent_at=func.clock_timestamp(), attempts=Mail.attempts + 1)


def failed(
    session: Session, mail_id: UUID, problem: str, *, wait: timedelta, is_refusal: bool
) -> None:
    """Try again after `wait`, counted from now."""
    _change(
        session,
        mail_id,
        attempts=Mail.attempts + 1,
        refusals=Mail.refusals + int(is_refusal),
        last_problem=problem,
        next_try_at=func.clock_timestamp() + wait,
    )


def give_up(session: Session, mail_id: UUID) -> None:
    _change(session, mail_id, given_up_at=func.clock_timestamp())


def is_over(session: Session, mail: Mail) -> bool:
    """Whether its time has passed."""
    return bool(session.scalar(select(mail.give_up_at <= func.now())))


def remove(session: Session, mail_id: UUID) -> None:
    """Take out of the outbox what nobody shall get any more."""
    session.execute(delete(Mail).where(Mail.mail_id == mail_id))


def waiting(session: Session, user_id: UUID) -> int:
    """How many mails to this person were neither sent nor given up."""
    wanted = select(func.count()).select_from(Mail).where(Mail.user_id == user_id, _waits())
    return session.scalar(wanted) or 0


def withdraw(session: Session, user_id: UUID) -> None:
    """Take every mail to this person that waits out of the outbox."""
    session.execute(delete(Mail).where(Mail.user_id == user_id, _waits()))


@dataclass(frozen=True)
class Figures:
    waiting: int
    oldest_seconds: float  # how long the first has been due; 0 when none is
    given_up: int  # of those that are still kept


def figures(session: Session) -> Figures:
    late = func.extract("epoch", func.now() - func.min(Mail.next_try_at).filter(_waits()))
    waiting, oldest, given_up = session.execute(
        select(
            func.count().filter(_waits()),
            func.greatest(func.coalesce(late, 0), 0),
            func.count(Mail.given_up_at),
        )
    ).one()
    return Figures(waiting, float(oldest), given_up)


def sweep(session: Session, *, sent_for: timedelta, given_up_for: timedelta) -> int:
    """Remove what was sent or given up so long ago; how many."""
    gone = session.scalars(
        delete(Mail)
        .where(
            (Mail.sent_at < func.now() - sent_for) | (Mail.given_up_at < func.now() - given_up_for)
        )
        .returning(Mail.mail_id)
    )
    return len(gone.all())


def _waits() -> ColumnElement[bool]:
    return and_(Mail.sent_at.is_(None), Mail.given_up_at.is_(None))


def _change(session: Session, mail_id: UUID, **values: object) -> None:
    session.execute(
        update(Mail)
        .where(Mail.mail_id == mail_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
