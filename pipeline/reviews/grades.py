"""Grading: what a dermatologist says of each metric, and severity on published scales."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.metrics import FACTS, Metric
from core.people import Identity
from core.reviews import GRADED, Grade, Scale, Verdict
from data import reviews
from data.analyses import Analysis
from pipeline.consultations import cases
from pipeline.reviews import reading, second
from pipeline.reviews.grading import keep, require_blind

ANOTHER_CHECK = (
    "The check has changed since you looked: the person has made another one, or it was scored "
    "anew. Look at the face that is shown now, then grade it."
)


def give(
    session: Session,
    staff: Identity,
    consultation_id: UUID,
    grades: Mapping[Metric, Grade],
    severity: Mapping[Scale, str | None],
    *,
    looked_at: UUID | None = None,
) -> UUID:
    """Keep a grading by who has the case; from then on the model's scores are shown to them.

    A blind one names every metric. A later grading stands beside the earlier ones, never blind.
    `looked_at` is the check that the reader has before their eyes: Conflict when a newer one has
    come in its place, whose face they have not seen.
    """
    case = cases.require_mine(session, staff, consultation_id)
    cases.require_showing(session, case)
    check = reading.check_of(session, case)
    if looked_at is not None and (check is None or check.analysis_id != looked_at):
        raise Conflict(ANOTHER_CHECK)
    hidden = reading.is_hidden(session, staff, case, check)
    if hidden:
        require_blind(grades)
    given = {metric: _valued(metric, grade, check) for metric, grade in grades.items()}
    if not given and not severity:
        raise InvalidInput("Nothing was graded yet.")
    grading_id = keep(session, staff, case, check, given, severity, is_blind=hidden)
    reviews.begin_reading(session, consultation_id, case.user_id, staff.user_id)
    if hidden:
        reviews.show(session, consultation_id, staff.user_id, without_grade=False)
        second.ask_for(session, case)
    return grading_id


def _valued(metric: Metric, grade: Grade, check: Analysis | None) -> Grade:
    """The grade with the value that it stands for. InvalidInput for what cannot be meant."""
    if metric not in GRADED:
        raise InvalidInput(f"{FACTS[metric].name} follows from the others and is not graded.")
    if check is None:
        raise InvalidInput("There is no scored check to grade; severity can be given.")
    if grade.verdict is not Verdict.AGREE:
        return grade
    score = check.scores[metric]
    if score.value is None:
        raise InvalidInput(
            f"{FACTS[metric].name} was not measured: there is nothing to agree with."
        )
    return Grade(Verdict.AGREE, score.value)
