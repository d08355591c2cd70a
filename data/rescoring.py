"""Checks that an earlier version of the model scored, and their scoring again by a later one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from core.analyses import Status
from core.people import Purpose
from data import progress, queue
from data.tables import AnalysisResult, Consent, User

_Again = aliased(AnalysisResult)


def versions(session: Session) -> list[str]:
    """The versions of the model that the checks shown today were scored by."""
    found = session.scalars(select(AnalysisResult.model_version).where(*_is_shown()).distinct())
    return [version for version in found if version is not None]


def add(
    session: Session, scored_by: Collection[str], *, wanted_version: str, at_most: int
) -> list[UUID]:
    """Waiting checks, newest first, for those last scored by one of the versions `scored_by`.

    Empty when nothing is missing any more. Asked twice, also at the same moment, each check is
    added once. Left out is who has closed the account or takes no part in analysis any more.
    """
    first = aliased(AnalysisResult)
    missing = session.scalars(
        select(first)
        .join(AnalysisResult, _first_of(AnalysisResult) == first.id)
        .where(*_outdated(scored_by, wanted_version), _agrees())
        .order_by(first.created_at.desc(), first.id.desc())
        .limit(at_most)
    )
    made = [progress.again(session, row, wanted_version=wanted_version) for row in missing.all()]
    return [analysis_id for analysis_id in made if analysis_id is not None]


def left_out(session: Session, scored_by: Collection[str], *, wanted_version: str) -> int:
    """How many checks `add` leaves out because their person does not agree to analysis now."""
    found = session.scalar(
        select(func.count())
        .select_from(AnalysisResult)
        .where(*_outdated(scored_by, wanted_version), ~_agrees())
    )
    return found or 0


def withdraw_others(session: Session, *, wanted_version: str) -> int:
    """Remove scorings that still wait and were asked of another version; how many."""
    others = session.scalars(
        select(AnalysisResult.id)
        .where(
            AnalysisResult.rescored_from.is_not(None),
            AnalysisResult.status == Status.QUEUED,
            AnalysisResult.wanted_version != wanted_version,
        )
        .with_for_update(skip_locked=True)  # a worker is beginning it: it will see for itself
    ).all()
    for analysis_id in others:
        queue.withdraw(session, analysis_id)
    session.execute(delete(AnalysisResult).where(AnalysisResult.id.in_(others)))
    session.expire_all()
    return len(others)


def states(session: Session, *, wanted_version: str) -> Counter[Status]:
    """How the scorings that were asked of a version stand."""
    found = session.execute(
        select(AnalysisResult.status, func.count())
        .where(
            AnalysisResult.rescored_from.is_not(None),
            AnalysisResult.wanted_version == wanted_version,
        )
        .group_by(AnalysisResult.status)
    )
    return Counter(dict(iter(found)))


def _outdated(scored_by: Collection[str], wanted_version: str) -> list[ColumnElement[bool]]:
    """What is shown, was scored by one of these, has photos, and was not yet asked again."""
    asked = exists().where(
        _Again.rescored_from == _first_of(AnalysisResult),
        _Again.wanted_version == wanted_version,
    )
    return [*_is_shown(), AnalysisResult.model_version.in_(scored_by), ~asked]


def _is_shown() -> list[ColumnElement[bool]]:
    return [
        AnalysisResult.is_current.is_(True),
        AnalysisResult.status == Status.SCORED,
        AnalysisResult.photo_id.is_not(None),  # simulated checks have none
    ]


def _first_of(row: type[AnalysisResult]) -> ColumnElement[UUID]:
    return func.coalesce(row.rescored_from, row.id)


def _agrees() -> ColumnElement[bool]:
    """Of AnalysisResult's person: takes part, and agrees to analysis now."""
    agreed = exists().where(
        Consent.user_id == AnalysisResult.user_id,
        Consent.purpose == Purpose.ANALYSIS,
        Consent.withdrawn_at.is_(None),
    )
    is_active = exists().where(User.user_id == AnalysisResult.user_id, User.is_active.is_(True))
    return agreed & is_active
