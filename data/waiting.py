"""Which checks are not finished yet, for those who wait for them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from core.analyses import Status
from data.tables import AnalysisResult

Whose = tuple[UUID, UUID]  # a person's id and the id of a check


def unfinished(session: Session, asked: Collection[Whose]) -> set[Whose]:
    """Of these, the checks that belong to that person and that somebody may still wait for."""
    row = AnalysisResult
    found = session.execute(
        select(row.user_id, row.id).where(
            tuple_(row.user_id, row.id).in_(asked),
            row.status.in_((Status.QUEUED, Status.RUNNING)),
        )
    )
    return {(user_id, analysis_id) for user_id, analysis_id in found}
