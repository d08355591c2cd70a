"""Checks that dermatologists have graded, for tests: rows as the product writes them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from core.analyses import Stage, Status
from core.ids import new_id
from core.metrics import Metric
from core.people import Identity
from core.reviews import GRADED, Grade, Scale, Verdict
from data import reviews
from data.tables import FACE, AnalysisResult, MetricScore
from tests import people
from tests.consulting import question

VERSION = "2.1"
LIGHT, DARK = 48.0, -40.0  # degrees, ITA


def checked(
    session: Session,
    user_id: UUID,
    scores: Mapping[Metric, float | None],
    *,
    ita: float | None = LIGHT,
    version: str = VERSION,
) -> UUID:
    """A scored check of a person with these values over the face."""
    check = AnalysisResult(
        id=new_id(),
        user_id=user_id,
        status=Status.SCORED,
        stage=Stage.DONE,
        model_version=version,
        ita=ita,
        is_demonstration=True,  # it has no photo
    )
    session.add(check)
    session.flush()
    for metric, value in scores.items():
        session.add(
            MetricScore(
                analysis_id=check.id,
                region=FACE,
                metric=metric,
                value=value,
                low=value,
                high=value,
                abstained_because="Too few pixels." if value is None else None,
            )
        )
    session.flush()
    return check.id


def asked(session: Session) -> tuple[Identity, UUID]:
    """A new person and a question of theirs."""
    who = people.signed_in(session)
    return who, question(session, who)


def graded(
    session: Session,
    case: tuple[Identity, UUID],
    check: UUID,
    reader: Identity,
    values: Mapping[Metric, float | None],
    *,
    severity: Mapping[Scale, str | None] | None = None,
    is_blind: bool = True,
    version: str = VERSION,
) -> UUID:
    """A grading: values, or None for “cannot tell”; metrics that are not named cannot be told."""
    who, consultation_id = case
    grades = {
        metric: Grade(Verdict.CANNOT_TELL)
        if (value := values.get(metric)) is None
        else Grade(Verdict.VALUE, value)
        for metric in GRADED
    }
    return reviews.add_grading(
        session,
        consultation_id,
        who.user_id,
        reader.user_id,
        analysis_id=check,
        model_version=version,
        is_blind=is_blind,
        grades=grades,
        severity=severity or {},
    )
