"""Questions to dermatologists. For the person whose it is; what staff may see is decided above.

Functions that take no `user_id` are for `pipeline.consultations`, which has asked before whose
case it is or who has claimed it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from core.consultations import (
    OVER,
    TRANSITIONS,
    Author,
    CasePhoto,
    Consultation,
    Message,
    MessageKind,
    Priority,
    State,
    View,
)
from core.errors import NotFound
from core.ids import new_id
from core.people import Purpose
from data import audit, photos
from data.tables import AnalysisResult, AuditEvent, Consent, Photo, Shot, User
from data.tables import Consultation as Row
from data.tables import ConsultationAttachment as Attachment
from data.tables import ConsultationMessage as MessageRow
from data.tables import ConsultationPhoto as PhotoRow

NO_SUCH = "There is no such consultation."
DELETED_SINCE = "The photo was deleted after it was sent."
_FIELDS = tuple(field.name for field in fields(Consultation))
_COLUMNS = [Row.__table__.c[name] for name in _FIELDS]


def as_consultation(row: Mapping[str, Any]) -> Consultation:
    known = {name: row[name] for name in _FIELDS}
    known |= {"flags": tuple(row["flags"]), "priority": Priority(row["priority"])}
    return Consultation(**known)


# ------------------------------------------------------------------ the person's own


def add(
    session: Session, user_id: UUID, *, due_at: datetime, next_at: datetime, **values: Any
) -> UUID:
    """A new question, pending."""
    row = Row(
        consultation_id=new_id(),
        user_id=user_id,
        due_at=due_at,
        next_escalation_at=next_at,
        **values,
    )
    session.add(row)
    session.flush()
    return row.consultation_id


def get(session: Session, user_id: UUID, consultation_id: UUID) -> Consultation:
    """NotFound when it is somebody else's, too."""
    found = _first(session, Row.user_id == user_id, Row.consultation_id == consultation_id)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def listed(
    session: Session, user_id: UUID, *, limit: int, offset: int = 0
) -> tuple[list[Consultation], int]:
    """The person's questions, newest first, and how many there are in all."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(Row.user_id == user_id)
        .order_by(Row.created_at.desc(), Row.consultation_id.desc())
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count()).select_from(Row).where(Row.user_id == user_id))
    return [as_consultation(row._asdict()) for row in rows], total or 0


def questions(
    session: Session, user_id: UUID, consultation_ids: Collection[UUID]
) -> dict[UUID, str]:
    """What the person asked, by the question's id; other people's are left out."""
    rows = session.execute(
        select(Row.consultation_id, Row.question).where(
            Row.user_id == user_id, Row.consultation_id.in_(consultation_ids)
        )
    )
    return {row.consultation_id: row.question for row in rows}


def open_of(session: Session, user_id: UUID) -> int:
    """How many of the person's questions are not over."""
    wanted = select(func.count()).select_from(Row).where(Row.user_id == user_id)
    return session.scalar(wanted.where(Row.state.not_in(OVER))) or 0


def asked_within(session: Session, user_id: UUID, within: timedelta) -> int:
    wanted = select(func.count()).select_from(Row).where(Row.user_id == user_id)
    return session.scalar(wanted.where(Row.created_at > func.now() - within)) or 0


def hide_all(session: Session, user_id: UUID) -> None:
    """The consent is withdrawn: no photo of any of the person's cases is shown any more."""
    session.execute(
        update(Row)
        .where(Row.user_id == user_id, Row.consent_withdrawn_at.is_(None))
        .values(consent_withdrawn_at=func.now(), updated_at=Row.updated_at)
        .execution_options(synchronize_session=False)
    )


# ------------------------------------------------------------------ one case


def by_id(session: Session, consultation_id: UUID) -> Consultation | None:
    return _first(session, Row.consultation_id == consultation_id)


def locked(session: Session, consultation_id: UUID) -> Consultation:
    """The case, not to be changed by another transaction until this one ends."""
    session.execute(
        select(Row.consultation_id).where(Row.consultation_id == consultation_id).with_for_update()
    )
    found = by_id(session, consultation_id)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def change(session: Session, consultation_id: UUID, **values: Any) -> None:
    """Set columns other than the state, which only `move` does."""
    assert "state" not in values  # noqa: S101 (a slip of ours, not of a person)
    session.execute(
        update(Row)
        .where(Row.consultation_id == consultation_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def move(
    session: Session, consultation_id: UUID, to: State, *only_if: ColumnElement[bool], **values: Any
) -> bool:
    """Put a case into another state in one statement; False when it may not follow, or any more.

    The one place in which a state is written: what may follow on what is asked by the UPDATE.
    """
    before = [state for state, after in TRANSITIONS.items() if to in after]
    moved = session.scalars(
        update(Row)
        .where(Row.consultation_id == consultation_id, Row.state.in_(before), *only_if)
        .values(state=to, **values)
        .returning(Row.consultation_id)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.all())


def may_show(session: Session, case: Consultation) -> bool:
    """Whether the person's photos and scores may be shown to who has the case, at this moment."""
    if case.consent_id is None or case.consent_withdrawn_at is not None:
        return False
    return bool(
        session.scalar(
            select(
                exists().where(
                    Consent.user_id == case.user_id,
                    Consent.purpose == Purpose.DERMATOLOGIST,
                    Consent.withdrawn_at.is_(None),
                )
            )
        )
    )


def consent_in_force(session: Session, user_id: UUID) -> UUID | None:
    """The id of the consent to show photos to dermatologists."""
    return session.scalar(
        select(Consent.consent_id).where(
            Consent.user_id == user_id,
            Consent.purpose == Purpose.DERMATOLOGIST,
            Consent.withdrawn_at.is_(None),
        )
    )


# ------------------------------------------------------------------ photos


def add_view(
    session: Session,
    user_id: UUID,
    consultation_id: UUID,
    view: View,
    *,
    photo_id: UUID | None = None,
    missing_reason: str | None = None,
    problems: Sequence[str] = (),
) -> None:
    """NotFound unless question and photo are this person's."""
    get(session, user_id, consultation_id)
    if photo_id is not None:
        photos.get(session, user_id, photo_id)
    session.add(
        PhotoRow(
            consultation_id=consultation_id,
            view=view,
            user_id=user_id,
            photo_id=photo_id,
            missing_reason=missing_reason,
            problems=list(problems),
        )
    )


def views(session: Session, consultation_id: UUID) -> tuple[CasePhoto, ...]:
    """Every wanted view in order, each a photo or the reason why there is none."""
    rows = session.execute(
        select(PhotoRow, Photo.width, Photo.height)
        .outerjoin(Photo, Photo.photo_id == PhotoRow.photo_id)
        .where(PhotoRow.consultation_id == consultation_id)
        .execution_options(populate_existing=True)
    )
    found = {
        row.view: CasePhoto(
            row.view, row.photo_id, row.missing_reason, tuple(row.problems), width, height
        )
        for row, width, height in rows
    }
    return tuple(found.get(view) or CasePhoto(view, None, DELETED_SINCE) for view in View)


def photo_in(session: Session, consultation_id: UUID, photo_id: UUID) -> Photo:
    """A photo that is a view or an attachment of this case. NotFound for any other."""
    found = session.scalar(
        select(Photo).where(
            Photo.photo_id == photo_id,
            or_(
                exists().where(
                    PhotoRow.consultation_id == consultation_id, PhotoRow.photo_id == photo_id
                ),
                exists().where(
                    Attachment.message_id == MessageRow.message_id,
                    MessageRow.consultation_id == consultation_id,
                    Attachment.photo_id == photo_id,
                ),
            ),
        )
    )
    if found is None:
        raise NotFound("There is no such photo in this consultation.")
    return found


def photos_only_of(session: Session, case: Consultation) -> list[Photo]:
    """The photos that were sent with this case and belong to no check and no other case."""
    views_, attached = PhotoRow.photo_id, Attachment.photo_id
    here = or_(
        Photo.photo_id.in_(select(views_).where(PhotoRow.consultation_id == case.consultation_id)),
        Photo.photo_id.in_(
            select(attached)
            .join(MessageRow, MessageRow.message_id == Attachment.message_id)
            .where(MessageRow.consultation_id == case.consultation_id)
        ),
    )
    elsewhere = or_(
        exists().where(Shot.photo_id == Photo.photo_id),
        exists().where(AnalysisResult.photo_id == Photo.photo_id),
        exists().where(views_ == Photo.photo_id, PhotoRow.consultation_id != case.consultation_id),
    )
    wanted = select(Photo).where(Photo.user_id == case.user_id, here, ~elsewhere)
    return list(session.scalars(wanted))


# ------------------------------------------------------------------ the thread


def add_message(
    session: Session,
    case: Consultation,
    *,
    author: Author,
    author_id: UUID,
    kind: MessageKind,
    text: str,
    photo_ids: Sequence[UUID] = (),
) -> UUID:
    message = MessageRow(
        message_id=new_id(),
        consultation_id=case.consultation_id,
        user_id=case.user_id,
        author=author,
        author_id=author_id,
        kind=kind,
        text=text,
    )
    session.add(message)
    session.flush()
    for position, photo_id in enumerate(photo_ids, 1):
        session.add(
            Attachment(
                message_id=message.message_id,
                position=position,
                user_id=case.user_id,
                photo_id=photo_id,
            )
        )
    session.flush()
    return message.message_id


def messages(session: Session, consultation_id: UUID) -> tuple[Message, ...]:
    """The thread, oldest first."""
    rows = session.execute(
        select(MessageRow, User.first_name, User.last_name)
        .outerjoin(User, User.user_id == MessageRow.author_id)
        .where(MessageRow.consultation_id == consultation_id)
        .order_by(MessageRow.sent_at, MessageRow.message_id)
    ).all()
    attached: dict[UUID, list[UUID]] = {}
    if rows:
        for message_id, photo_id in session.execute(
            select(Attachment.message_id, Attachment.photo_id)
            .where(Attachment.message_id.in_([row.message_id for row, *_ in rows]))
            .order_by(Attachment.message_id, Attachment.position)
        ):
            attached.setdefault(message_id, []).append(photo_id)
    return tuple(
        Message(
            row.message_id,
            row.author,
            row.author_id,
            f"{first} {last}" if row.author is Author.DERMATOLOGIST and first is not None else None,
            row.kind,
            row.text,
            row.sent_at,
            tuple(attached.get(row.message_id, ())),
        )
        for row, first, last in rows
    )


def messages_within(
    session: Session, consultation_id: UUID, author_id: UUID, within: timedelta
) -> int:
    wanted = select(func.count()).select_from(MessageRow)
    return (
        session.scalar(
            wanted.where(
                MessageRow.consultation_id == consultation_id,
                MessageRow.author_id == author_id,
                MessageRow.sent_at > func.now() - within,
            )
        )
        or 0
    )


def opened_lately(
    session: Session, staff_id: UUID, consultation_id: UUID, within: timedelta
) -> bool:
    """Whether the audit says already that this colleague opened this case a moment ago."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    AuditEvent.actor == audit.of(staff_id),
                    AuditEvent.at > func.now() - within,
                    AuditEvent.action == "case_opened",
                    AuditEvent.details["consultation_id"].as_string() == str(consultation_id),
                )
            )
        )
    )


def _first(session: Session, *wanted: ColumnElement[bool]) -> Consultation | None:
    row = session.execute(select(*_COLUMNS).where(*wanted)).one_or_none()
    return None if row is None else as_consultation(row._asdict())
