"""What people told for advice, and the advice that was made. Whose it is comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import NotFound
from data.tables import AnalysisResult, EarlierAdvice, HealthAnswers


def answers(session: Session, user_id: UUID) -> HealthAnswers | None:
    return session.scalar(
        select(HealthAnswers)
        .where(HealthAnswers.user_id == user_id)
        .execution_options(populate_existing=True)
    )


def save_answers(session: Session, user_id: UUID, values: Mapping[str, Any]) -> None:
    """Write these columns; the others stay as they are."""
    session.execute(
        insert(HealthAnswers)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(
            index_elements=[HealthAnswers.user_id], set_={**values, "updated_at": func.now()}
        )
    )


def forget_answers(session: Session, user_id: UUID) -> bool:
    """Delete the answers, and every advice that was made with some. Whether there were answers."""
    found = session.scalars(
        delete(HealthAnswers)
        .where(HealthAnswers.user_id == user_id)
        .returning(HealthAnswers.user_id)
    ).all()
    session.execute(
        delete(EarlierAdvice).where(
            EarlierAdvice.user_id == user_id, EarlierAdvice.content["with_answers"].as_boolean()
        )
    )
    session.execute(
        update(AnalysisResult)
        .where(
            AnalysisResult.user_id == user_id,
            AnalysisResult.recommendations["with_answers"].as_boolean(),
        )
        .values(recommendations=None, updated_at=AnalysisResult.updated_at)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return bool(found)


def of_check(
    session: Session, user_id: UUID, analysis_id: UUID, *, lock: bool = False
) -> dict[str, Any] | None:
    """The newest advice of a check; None: none was made yet. NotFound for somebody else's."""
    wanted = select(AnalysisResult.id, AnalysisResult.recommendations).where(
        AnalysisResult.user_id == user_id, AnalysisResult.id == analysis_id
    )
    found = session.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotFound("There is no such check.")
    advice: dict[str, Any] | None = found.recommendations
    return advice


def keep(session: Session, user_id: UUID, analysis_id: UUID, content: Mapping[str, Any]) -> None:
    """Make this the newest advice of a check; what it replaces is kept as an earlier one."""
    before = of_check(session, user_id, analysis_id, lock=True)
    if before is not None:
        session.add(
            EarlierAdvice(
                advice_id=UUID(before["advice_id"]),
                user_id=user_id,
                analysis_id=analysis_id,
                content=before,
            )
        )
        session.flush()
    session.execute(
        update(AnalysisResult)
        .where(AnalysisResult.user_id == user_id, AnalysisResult.id == analysis_id)
        .values(recommendations=dict(content), updated_at=AnalysisResult.updated_at)
        .execution_options(synchronize_session=False)
    )


def earlier(session: Session, user_id: UUID, analysis_id: UUID) -> list[dict[str, Any]]:
    """What was advised for a check before, the latest first."""
    return list(
        session.scalars(
            select(EarlierAdvice.content)
            .where(EarlierAdvice.user_id == user_id, EarlierAdvice.analysis_id == analysis_id)
            .order_by(EarlierAdvice.replaced_at.desc(), EarlierAdvice.advice_id.desc())
        )
    )
