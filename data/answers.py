"""What dermatologists write: notes to colleagues, drafts, letters, templates; and a case's time.

Of a case: `pipeline.reviews` has asked before whether it is open to them. Of a template: whose it
is comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from data.reviews import name_of
from data.tables import AnswerDraft, AnswerTemplate, CaseNote, CaseTime, ReferralLetter, User


@dataclass(frozen=True)
class Note:
    author_name: str | None  # None: the account is gone
    text: str
    written_at: datetime


@dataclass(frozen=True)
class Draft:
    text: str
    safety_net: str
    saved_at: datetime


@dataclass(frozen=True)
class Template:
    template_id: UUID
    title: str
    text: str
    is_shared: bool
    is_mine: bool = False  # its author may change it


@dataclass(frozen=True)
class Letter:
    letter_id: UUID
    consultation_id: UUID
    author_name: str
    recipient: str
    text: str
    written_at: datetime


# ------------------------------------------------------------------ notes, drafts, letters


def add_note(session: Session, consultation_id: UUID, whose: UUID, author: UUID, text: str) -> None:
    session.add(
        CaseNote(
            note_id=new_id(),
            consultation_id=consultation_id,
            user_id=whose,
            author_id=author,
            text=text,
        )
    )
    session.flush()


def notes(session: Session, consultation_id: UUID) -> list[Note]:
    """The oldest first."""
    rows = session.execute(
        select(CaseNote, User.first_name, User.last_name)
        .outerjoin(User, User.user_id == CaseNote.author_id)
        .where(CaseNote.consultation_id == consultation_id)
        .order_by(CaseNote.written_at, CaseNote.note_id)
    )
    return [Note(name_of(first, last), row.text, row.written_at) for row, first, last in rows]


def save_draft(
    session: Session,
    consultation_id: UUID,
    whose: UUID,
    author: UUID,
    *,
    text: str,
    safety_net: str,
) -> None:
    row = insert(AnswerDraft).values(
        consultation_id=consultation_id,
        author_id=author,
        user_id=whose,
        text=text,
        safety_net=safety_net,
    )
    changed = {"text": row.excluded.text, "safety_net": row.excluded.safety_net}
    session.execute(
        row.on_conflict_do_update(
            index_elements=["consultation_id", "author_id"],
            set_={**changed, "saved_at": func.now()},
        )
    )


def draft(session: Session, consultation_id: UUID, author: UUID) -> Draft | None:
    found = session.execute(
        select(AnswerDraft.text, AnswerDraft.safety_net, AnswerDraft.saved_at).where(
            AnswerDraft.consultation_id == consultation_id, AnswerDraft.author_id == author
        )
    ).one_or_none()
    return None if found is None else Draft(*found)


def drop_draft(session: Session, consultation_id: UUID, author: UUID) -> None:
    session.execute(
        delete(AnswerDraft).where(
            AnswerDraft.consultation_id == consultation_id, AnswerDraft.author_id == author
        )
    )


def add_letter(
    session: Session,
    consultation_id: UUID,
    whose: UUID,
    author: UUID,
    *,
    author_name: str,
    recipient: str,
    text: str,
) -> UUID:
    row = ReferralLetter(
        letter_id=new_id(),
        consultation_id=consultation_id,
        user_id=whose,
        author_id=author,
        author_name=author_name,
        recipient=recipient,
        text=text,
    )
    session.add(row)
    session.flush()
    return row.letter_id


def letter(session: Session, consultation_id: UUID) -> Letter | None:
    """The newest letter of a case."""
    row = session.scalar(
        select(ReferralLetter)
        .where(ReferralLetter.consultation_id == consultation_id)
        .order_by(ReferralLetter.written_at.desc(), ReferralLetter.letter_id.desc())
        .limit(1)
    )
    if row is None:
        return None
    return Letter(
        row.letter_id,
        row.consultation_id,
        row.author_name,
        row.recipient,
        row.text,
        row.written_at,
    )


# ------------------------------------------------------------------ time


def count_time(
    session: Session, consultation_id: UUID, whose: UUID, *, longest_pause: timedelta
) -> None:
    """Add the minutes since it was last counted, unless that was a pause.

    Whole minutes: what is left of one stays with the next count. Who it was is not kept.
    """
    gone = func.now() - CaseTime.counted_at
    whole = cast(func.floor(func.extract("epoch", gone) / 60), Integer)
    session.execute(
        insert(CaseTime)
        .values(consultation_id=consultation_id, user_id=whose)
        .on_conflict_do_nothing(index_elements=["consultation_id"])
    )
    session.execute(
        update(CaseTime)
        .where(CaseTime.consultation_id == consultation_id, gone > longest_pause)
        .values(counted_at=func.now())
    )
    session.execute(
        update(CaseTime)
        .where(CaseTime.consultation_id == consultation_id, whole >= 1)
        .values(
            minutes=CaseTime.minutes + whole,
            counted_at=CaseTime.counted_at + func.make_interval(0, 0, 0, 0, 0, whole),
        )
    )


def minutes(session: Session, consultation_id: UUID) -> int:
    wanted = select(CaseTime.minutes).where(CaseTime.consultation_id == consultation_id)
    return session.scalar(wanted.execution_options(populate_existing=True)) or 0


# ------------------------------------------------------------------ templates


def templates(session: Session, user_id: UUID) -> list[Template]:
    """A dermatologist's own, then the shared ones, by title."""
    rows = session.scalars(
        select(AnswerTemplate)
        .where(or_(AnswerTemplate.user_id == user_id, AnswerTemplate.user_id.is_(None)))
        .order_by(AnswerTemplate.user_id.is_(None), AnswerTemplate.title, AnswerTemplate.created_at)
    )
    return [
        Template(
            row.template_id,
            row.title,
            row.text,
            is_shared=row.user_id is None,
            is_mine=user_id in (row.user_id, row.shared_by),
        )
        for row in rows
    ]


def add_template(
    session: Session, user_id: UUID, *, title: str, text: str, is_shared: bool
) -> UUID:
    row = AnswerTemplate(
        template_id=new_id(),
        user_id=None if is_shared else user_id,
        shared_by=user_id if is_shared else None,
        title=title,
        text=text,
    )
    session.add(row)
    session.flush()
    return row.template_id


def count_templates(session: Session, user_id: UUID) -> int:
    wanted = select(func.count()).select_from(AnswerTemplate)
    mine = or_(AnswerTemplate.user_id == user_id, AnswerTemplate.shared_by == user_id)
    return session.scalar(wanted.where(mine)) or 0


def change_template(
    session: Session, user_id: UUID, template_id: UUID, *, title: str, text: str
) -> None:
    changed = session.scalar(
        update(AnswerTemplate)
        .where(AnswerTemplate.template_id == template_id, _changeable(user_id))
        .values(title=title, text=text, updated_at=func.now())
        .returning(AnswerTemplate.template_id)
    )
    if changed is None:
        raise NotFound("There is no such template of yours.")


def remove_template(session: Session, user_id: UUID, template_id: UUID) -> None:
    gone = session.scalar(
        delete(AnswerTemplate)
        .where(AnswerTemplate.template_id == template_id, _changeable(user_id))
        .returning(AnswerTemplate.template_id)
    )
    if gone is None:
        raise NotFound("There is no such template of yours.")


def _changeable(user_id: UUID) -> ColumnElement[bool]:
    """One's own, and those that one has shared."""
    return or_(AnswerTemplate.user_id == user_id, AnswerTemplate.shared_by == user_id)
