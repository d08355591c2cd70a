"""What follows the numbers, of Ada: routine, diary, trial, red flag, second factor, question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.care import Half, Source, StepKind, Topic
from core.consultations import Priority, View
from core.metrics import Metric
from core.red_flags import Flag, Stops, Urgency
from data import (
    absences,
    answers,
    break_glass,
    consultations,
    diaries,
    reviews,
    routines,
    safety,
    second_factors,
    trials,
)
from data.routines import NewStep

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
REFUSED = object()  # it has to raise


@dataclass(frozen=True)
class Care:
    """The ids of Ada's things."""

    ada: UUID
    routine: UUID
    step: UUID
    entry: UUID
    trial: UUID
    flag: UUID
    question: UUID
    photo: UUID
    absence: UUID
    template: UUID
    glass: UUID  # by which somebody opened her question


def make(session: Session, ada: UUID, photo: UUID) -> Care:
    steps = [NewStep(Half.MORNING, StepKind.CLEANSE, "Cleanser")]
    routine = routines.begin(session, ada, Source.OWN, steps, started_on=DAY)
    [step] = routines.steps(session, ada, routine)
    routines.tick(session, ada, step.step_id, DAY)
    routines.put_brake(session, ada, routine, level=1, because=[])
    entry = diaries.note(session, ada, DAY, Topic.PRODUCT, text="new shampoo")
    trial = trials.add(
        session, ada, change="niacinamide", ingredient=None, metrics=[Metric.PORES], weeks=8
    )
    answer = safety.add_answers(session, ada, version="1", ticked=["airway"])
    flag = Flag("F1", Urgency.EMERGENCY, Stops(everything=True), ("airway",))
    safety.open_flag(session, ada, answer, flag)
    [raised] = safety.open_flags(session, ada)
    second_factors.begin(session, ada, "A" * 32)
    second_factors.confirm(session, ada, [b"\0" * 32])
    question = consultations.add(
        session,
        ada,
        due_at=NOW,
        next_at=NOW,
        question="What is this?",
        priority=next(iter(Priority)),
        flags=[],
    )
    consultations.add_view(session, ada, question, View.SIDE, missing_reason="no mirror")
    absence = absences.add(session, ada, NOW, NOW + WEEK)
    template = answers.add_template(session, ada, title="Mine", text="Hello", is_shared=False)
    reason = "She has to be reached about it."
    glass = break_glass.add(session, ada, question, ada, reason=reason, ends_at=NOW)
    return Care(
        ada,
        routine,
        step.step_id,
        entry,
        trial,
        raised.raised_id,
        question,
        photo,
        absence,
        template,
        glass,
    )


Question = Callable[[Session, UUID, Care], Any]

MATRIX: dict[str, tuple[Question, Any]] = {
    "absences.of": (lambda s, eve, its: absences.of(s, eve, after=NOW), []),
    "absences.remove": (lambda s, eve, its: absences.remove(s, eve, its.absence), False),
    "answers.templates": (lambda s, eve, its: answers.templates(s, eve), []),
    "answers.count_templates": (lambda s, eve, its: answers.count_templates(s, eve), 0),
    "answers.change_template": (
        lambda s, eve, its: answers.change_template(s, eve, its.template, title="Eve", text="x"),
        REFUSED,
    ),
    "answers.remove_template": (
        lambda s, eve, its: answers.remove_template(s, eve, its.template),
        REFUSED,
    ),
    "break_glass.reasons": (lambda s, eve, its: break_glass.reasons(s, eve, [its.glass]), {}),
    "consultations.add_view": (
        lambda s, eve, its: consultations.add_view(
            s, eve, its.question, View.OVERVIEW, photo_id=its.photo
        ),
        REFUSED,
    ),
    "consultations.asked_within": (lambda s, eve, its: consultations.asked_within(s, eve, WEEK), 0),
    "consultations.consent_in_force": (
        lambda s, eve, its: consultations.consent_in_force(s, eve),
        None,
    ),
    "consultations.get": (lambda s, eve, its: consultations.get(s, eve, its.question), REFUSED),
    "consultations.hide_all": (lambda s, eve, its: consultations.hide_all(s, eve), None),
    "consultations.listed": (
        lambda s, eve, its: consultations.listed(s, eve, limit=9),
        ([], 0),
    ),
    "consultations.open_of": (lambda s, eve, its: consultations.open_of(s, eve), 0),
    "consultations.questions": (
        lambda s, eve, its: consultations.questions(s, eve, [its.question]),
        {},
    ),
    "diaries.clear": (lambda s, eve, its: diaries.clear(s, eve, DAY, Topic.PRODUCT), None),
    "diaries.forget": (lambda s, eve, its: diaries.forget(s, eve, Topic.PRODUCT), None),
    "diaries.irritation_since": (
        lambda s, eve, its: diaries.irritation_since(s, eve, DAY, None),
        [],
    ),
    "diaries.listed": (
        lambda s, eve, its: diaries.listed(s, eve, topic=None, limit=9, offset=0),
        ([], 0),
    ),
    "diaries.of_days": (lambda s, eve, its: diaries.of_days(s, eve, DAY, DAY), []),
    "diaries.product_changes": (lambda s, eve, its: diaries.product_changes(s, eve, DAY, DAY), []),
    "diaries.remove": (lambda s, eve, its: diaries.remove(s, eve, its.entry), False),
    "reviews.photo_of": (lambda s, eve, its: reviews.photo_of(s, eve, its.photo), REFUSED),
    "routines.add_step": (
        lambda s, eve, its: routines.add_step(
            s, eve, its.routine, NewStep(Half.EVENING, StepKind.CLEANSE, "Oil")
        ),
        REFUSED,
    ),
    "routines.brake": (lambda s, eve, its: routines.brake(s, eve, its.routine), None),
    "routines.change_step": (
        lambda s, eve, its: routines.change_step(s, eve, its.step, name="Soap"),
        None,
    ),
    "routines.changes_between": (
        lambda s, eve, its: routines.changes_between(s, eve, NOW - WEEK * 99, NOW + WEEK * 99),
        [],
    ),
    "routines.current": (lambda s, eve, its: routines.current(s, eve), None),
    "routines.end": (lambda s, eve, its: routines.end(s, eve), False),
    "routines.last_brake": (lambda s, eve, its: routines.last_brake(s, eve, its.routine), None),
    "routines.lift": (lambda s, eve, its: routines.lift(s, eve, its.routine), False),
    "routines.put_brake": (
        lambda s, eve, its: routines.put_brake(s, eve, its.routine, level=2, because=[]),
        REFUSED,
    ),
    "routines.remove_step": (lambda s, eve, its: routines.remove_step(s, eve, its.step), None),
    "routines.step": (lambda s, eve, its: routines.step(s, eve, its.step), REFUSED),
    "routines.steps": (lambda s, eve, its: routines.steps(s, eve, its.routine), []),
    "routines.tick": (lambda s, eve, its: routines.tick(s, eve, its.step, DAY), REFUSED),
    "routines.ticks": (lambda s, eve, its: routines.ticks(s, eve, DAY, DAY), {}),
    "routines.untick": (lambda s, eve, its: routines.untick(s, eve, its.step, DAY), None),
    "safety.answered": (lambda s, eve, its: safety.answered(s, eve, at_most=9), []),
    "safety.close_by_dermatologist": (
        lambda s, eve, its: safety.close_by_dermatologist(s, eve, ["F1"]),
        [],
    ),
    "safety.closed_flags": (lambda s, eve, its: list(safety.closed_flags(s, eve)), []),
    "safety.forget": (lambda s, eve, its: safety.forget(s, eve), None),
    "safety.one_open": (lambda s, eve, its: safety.one_open(s, eve, its.flag), REFUSED),
    "safety.open_flags": (lambda s, eve, its: list(safety.open_flags(s, eve)), []),
    "second_factors.codes_left": (lambda s, eve, its: second_factors.codes_left(s, eve), 0),
    "second_factors.find": (lambda s, eve, its: second_factors.find(s, eve), None),
    "second_factors.remove": (lambda s, eve, its: second_factors.remove(s, eve), None),
    "second_factors.use_code": (
        lambda s, eve, its: second_factors.use_code(s, eve, b"\0" * 32),
        False,
    ),
    "second_factors.use_step": (lambda s, eve, its: second_factors.use_step(s, eve, 10**9), False),
    "trials.change": (
        lambda s, eve, its: trials.change(s, eve, its.trial, change="soap"),
        None,
    ),
    "trials.get": (lambda s, eve, its: trials.get(s, eve, its.trial), REFUSED),
    "trials.listed": (lambda s, eve, its: trials.listed(s, eve, limit=9, offset=0), ([], 0)),
    "trials.open_one": (lambda s, eve, its: trials.open_one(s, eve), None),
    "trials.remove": (lambda s, eve, its: trials.remove(s, eve, its.trial), REFUSED),
}
# These are about the person named by the id and take no id of a thing.
OF_ONESELF = {
    "absences.add",
    "answers.add_template",
    "consultations.add",
    "diaries.note",
    "routines.begin",
    "safety.add_answers",
    "safety.open_flag",
    "second_factors.begin",
    "second_factors.confirm",
    "trials.add",
}


def still_has(session: Session, its: Care) -> None:
    """Nothing of Ada's was changed by somebody else's question."""
    session.expire_all()
    ada = its.ada
    current = routines.current(session, ada)
    assert current is not None
    [step] = routines.steps(session, ada, its.routine)
    assert step.name == "Cleanser"
    assert routines.ticks(session, ada, DAY, DAY) == {DAY: {its.step}}
    brake = routines.brake(session, ada, its.routine)
    assert brake is not None
    assert brake.level == 1
    assert [line.text for line in diaries.of_days(session, ada, DAY, DAY)] == ["new shampoo"]
    assert trials.get(session, ada, its.trial).change == "niacinamide"
    assert [flag.raised_id for flag in safety.open_flags(session, ada)] == [its.flag]
    assert second_factors.codes_left(session, ada) == 1
    assert consultations.get(session, ada, its.question).question == "What is this?"
    assert [one.absence_id for one in absences.of(session, ada, after=NOW)] == [its.absence]
    assert [one.title for one in answers.templates(session, ada)] == ["Mine"]
