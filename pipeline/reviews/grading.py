"""What every grading must hold, whoever gives it, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import Consultation, Why
from core.errors import InvalidInput
from core.metrics import FACTS, Metric
from core.people import Identity
from core.reviews import GRADED, Grade, Scale, Verdict, checked_level
from data import reviews
from data.analyses import Analysis
from pipeline.consultations import cases

HIDDEN_YET = "The scores are hidden until you have graded: give your own values."
ALL_OF_THEM = "Grade every metric, or say that it cannot be told: {missing}."


def require_blind(grades: Mapping[Metric, Grade]) -> None:
    """InvalidInput unless every metric is named and none agrees with what is hidden.

    Whoever could grade one and look would not be blind for the rest.
    """
    if any(grade.verdict is Verdict.AGREE for grade in grades.values()):
        raise InvalidInput(HIDDEN_YET)
    missing = [FACTS[metric].name.lower() for metric in GRADED if metric not in grades]
    if missing:
        raise InvalidInput(ALL_OF_THEM.format(missing=", ".join(missing)))


def keep(
    session: Session,
    staff: Identity,
    case: Consultation,
    check: Analysis | None,
    grades: Mapping[Metric, Grade],
    severity: Mapping[Scale, str | None],
    *,
    is_blind: bool,
    why: Why | None = None,
    **details: bool,
) -> UUID:
    """Add a grading, with an event in the audit. InvalidInput for a level that no scale has."""
    for scale, level in severity.items():
        if level is not None:
            checked_level(scale, level)
    grading_id = reviews.add_grading(
        session,
        case.consultation_id,
        case.user_id,
        staff.user_id,
        analysis_id=check.analysis_id if check and grades else None,
        model_version=check.model_version if check and grades else None,
        is_blind=is_blind,
        grades=grades,
        severity=severity,
    )
    cases.note(session, "graded", staff, case, why=why, is_blind=is_blind, **details)
    return grading_id
