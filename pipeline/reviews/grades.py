"""Grading: what a dermatologist says of each metric, and severity on published scales."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.metrics import FACTS, Metric
from core.people import Identity
from core.reviews import GRADED, Grade, Scale, Verdict, checked_level
from data import reviews
from data.analyses import Analysis
from pipeline.consultations import cases
from pipeline.reviews import reading, second

HIDDEN_YET = "The scores are hidden until you have graded: give your own values."
ALL_OF_THEM = "Grade every metric, or say that it cannot be told: {missing}."


def give(
    session: Session,
    staff: Identity,
    consultation_id: UUID,
    grades: Mapping[Metric, Grade],
    severity: Mapping[Scale, str | None],
) -> UUID:
    """Keep a grading by who has the case; from then on the model's scores are shown to them.

    A blind one names every metric: whoever could grade one and look would not be blind for the
    rest. A later grading stands beside the earlier ones and is never blind.
    """
    case = cases.require_mine(session, staff, consultation_id)
    cases.require_showing(session, case)
    check = reading.check_of(session, case)
    hidden = reading.is_hidden(session, staff, case, check)
    given = {metric: _valued(metric, grade, check, hidden) for metric, grade in grades.items()}
    missing = [m for m in GRADED if m not in given]
    if hidden and missing:
        names = ", ".join(FACTS[metric].name.lower() for metric in missing)
        raise InvalidInput(ALL_OF_THEM.format(missing=names))
    if not given and not severity:
        raise InvalidInput("Nothing was graded yet.")
    for scale, level in severity.items():
        if level is not None:
            checked_level(scale, level)
    grading_id = reviews.add_grading(
        session,
        consultation_id,
        case.user_id,
        staff.user_id,
        analysis_id=check.analysis_id if check and given else None,
        model_version=check.model_version if check and given else None,
        is_blind=hidden,
        grades=given,
        severity=severity,
    )
    reviews.begin_reading(session, consultation_id, case.user_id, staff.user_id)
    if hidden:
        reviews.show(session, consultation_id, staff.user_id, without_grade=False)
        second.ask_for(session, case)
    cases.note(session, "graded", staff, case, is_blind=hidden)
    return grading_id


def _valued(metric: Metric, grade: Grade, check: Analysis | None, hidden: bool) -> Grade:
    """The grade with the value that it stands for. InvalidInput for what cannot be meant."""
    if metric not in GRADED:
        raise InvalidInput(f"{FACTS[metric].name} follows from the others and is not graded.")
    if check is None:
        raise InvalidInput("There is no scored check to grade; severity can be given.")
    if grade.verdict is not Verdict.AGREE:
        return grade
    if hidden:
        raise InvalidInput(HIDDEN_YET)
    score = check.scores[metric]
    if score.value is None:
        raise InvalidInput(
            f"{FACTS[metric].name} was not measured: there is nothing to agree with."
        )
    return Grade(Verdict.AGREE, score.value)
