"""The erasing of accounts, and the ledger of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from data import (
    audit,
    belongings,
    dirty_days,
    erasure_ledger,
    mail,
    notifications,
    queue,
    user_keys,
    vault,
)
from data.erasure_ledger import Entry
from data.tables import AnalysisResult, Erasure, User

GRACE = timedelta(days=30)


@dataclass(frozen=True)
class Receipt:
    """What an erasure removed: numbers, nothing of the person."""

    rows: dict[str, int]  # by table
    objects: dict[str, int]  # photos, maps, profile_pictures
    mails_waiting: int
    jobs: int  # checks that waited for their turn
    statistics_days: int  # that are counted again without the person


def request(session: Session, user_id: UUID, *, at_once: bool = False) -> UUID:
    """Put the account on the list; the entry's id, which only the person learns.

    A request that waits already is brought forward, never back.
    """
    wait = timedelta(0) if at_once else GRACE
    asked = session.scalars(
        insert(Erasure)
        .values(
            erasure_id=new_id(),
            user_id=user_id,
            pseudonym=audit.of(user_id),
            due_at=func.now() + wait,
        )
        .on_conflict_do_update(
            index_elements=[Erasure.user_id],
            index_where=Erasure.erased_at.is_(None),
            set_={"due_at": func.least(Erasure.due_at, func.now() + wait)},
        )
        .returning(Erasure),
        execution_options={"populate_existing": True},
    ).one()
    erasure_ledger.note(session, Entry.model_validate(asked))
    return asked.erasure_id


def due(session: Session, *, at_most: int = 100) -> list[UUID]:
    """Accounts whose time has come; no other transaction works on them meanwhile."""
    found = session.scalars(
        select(Erasure.user_id)
        .where(Erasure.erased_at.is_(None), Erasure.due_at <= func.now())
        .order_by(Erasure.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return [user_id for user_id in found if user_id is not None]


def erase(session: Session, user_id: UUID) -> Receipt:
    """Destroy the person's key, rows, jobs and objects; what it was stands in the ledger."""
    checks = session.scalars(select(AnalysisResult.id).where(AnalysisResult.user_id == user_id))
    held = belongings.objects(session, user_id)
    rows = belongings.rows(session, user_id)
    mails = mail.waiting(session, user_id)
    days = dirty_days.mark_person(session, user_id)  # the statistics are made again without them
    jobs = sum(queue.withdraw(session, analysis_id) for analysis_id in checks.all())
    vault.discard(session, *vault.keys_of(session, user_id))
    user_keys.destroy(session, user_id)
    notifications.forget_questions_of(session, user_id)
    receipt = Receipt(rows, held, mails_waiting=mails, jobs=jobs, statistics_days=days)
    done = session.scalars(
        update(Erasure)
        .where(Erasure.user_id == user_id, Erasure.erased_at.is_(None))
        .values(erased_at=func.now(), user_id=None, erased=asdict(receipt))
        .returning(Erasure),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if done is not None:  # nobody asked for it of an account that was never opened
        erasure_ledger.note(session, Entry.model_validate(done))
    session.execute(delete(User).where(User.user_id == user_id))
    session.expire_all()
    return receipt


def ask_again(session: Session, user_id: UUID, entry: Entry) -> None:
    """Put the account on the list as the ledger has it: in a database that was restored."""
    asked = insert(Erasure).values(**entry.model_dump(exclude={"erased_at"}), user_id=user_id)
    session.execute(asked.on_conflict_do_nothing())


def note_all(session: Session) -> int:
    """See that every entry is in the ledger, also those of before there was one; how many came."""
    ledger = erasure_ledger.the_ledger()
    rows = session.scalars(select(Erasure), execution_options={"yield_per": 1000})
    return sum(ledger.learn(Entry.model_validate(row)) for row in rows)


def receipt_of(session: Session, erasure_id: UUID) -> Receipt:
    """What was erased; the id is known to the person alone. NotFound until it is done."""
    erased = session.scalar(select(Erasure.erased).where(Erasure.erasure_id == erasure_id))
    if erased is None or "rows" not in erased:  # those of before there were receipts
        raise NotFound("There is no such receipt.")
    return Receipt(**erased)
