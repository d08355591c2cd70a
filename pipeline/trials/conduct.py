"""Trials from plan to verdict: what is changed, the checks before and after, the end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.care import (
    LEAST_BASELINE,
    MOST_METRICS,
    TRIAL_WEEKS,
    TrialState,
)
from core.errors import Conflict, InvalidInput, NotAllowed
from core.metrics import Metric
from core.notifications import Kind
from core.people import Identity, Role
from data import database, diaries, routines, users
from data import trials as kept
from data.database import transaction
from data.tables import Trial
from pipeline import notify
from pipeline.advice.knowledge import knowledge
from pipeline.routines.lines import line
from pipeline.trials import judgement
from pipeline.trials.judgement import Checks, Judged

log = structlog.get_logger(__name__)

AT_ONCE = 50  # trials that one run of the task ends
# What else is changed on the day of the change belongs to it: most people begin two things at once
# in their notes, the product and the step in their routine.
_SAME_CHANGE = timedelta(days=1)


@dataclass(frozen=True)
class Shown:
    """One trial as the person sees it."""

    trial_id: UUID
    change: str  # the person's own words
    ingredient: str | None
    metrics: tuple[Metric, ...]
    weeks: int  # from the change to the verdict
    state: TrialState
    created_at: datetime
    began_at: datetime | None
    ends_at: datetime | None
    finished_at: datetime | None  # ended or stopped
    checks_before: int  # that count for the baseline
    checks_after: int
    left_out: int  # checks scored by another version of the model
    meanwhile: tuple[str, ...]  # what else was changed, in words
    judged: tuple[Judged, ...]  # of each metric, once it has ended or was stopped


def plan(
    session: Session,
    who: Identity,
    *,
    change: str,
    metrics: Collection[Metric],
    weeks: int = TRIAL_WEEKS[1],
    ingredient: str | None = None,
) -> UUID:
    """Plan a trial; nothing is changed yet. The metrics are chosen now, so that luck is not."""
    if who.role is not Role.USER:
        raise NotAllowed("Your account makes no trials.")
    if not TRIAL_WEEKS[0] <= weeks <= TRIAL_WEEKS[1]:
        raise InvalidInput(f"A trial takes {TRIAL_WEEKS[0]} to {TRIAL_WEEKS[1]} weeks.")
    chosen = [metric for metric in Metric if metric in metrics]
    if not 1 <= len(chosen) <= MOST_METRICS:
        raise InvalidInput(f"Choose 1 to {MOST_METRICS} scores to judge the trial by.")
    if ingredient is not None and ingredient not in knowledge().ingredients:
        raise InvalidInput("The ingredient is not one that we know.")
    words = line(change, "change", 120)
    users.lock(session, who.user_id)
    if kept.open_one(session, who.user_id) is not None:
        raise Conflict("One trial at a time: two changes at once cannot be told apart.")
    return kept.add(
        session, who.user_id, change=words, ingredient=ingredient, metrics=chosen, weeks=weeks
    )


def begin(session: Session, who: Identity, trial_id: UUID) -> None:
    """The change is made today. Refused before there are enough checks without it."""
    trial = kept.get(session, who.user_id, trial_id, lock=True)
    if _state(trial) is not TrialState.BASELINE:
        raise Conflict("This trial has begun already.")
    now = database.now(session)
    before = judgement.checks(session, who.user_id, now, now).before
    if before < LEAST_BASELINE:
        raise Conflict(
            f"A baseline needs {LEAST_BASELINE} checks before the change, within eight weeks and "
            f"by the same model. There are {before}."
        )
    ends = now + timedelta(weeks=trial.weeks)
    kept.change(session, who.user_id, trial_id, began_at=now, ends_at=ends)


def stop(session: Session, who: Identity, trial_id: UUID) -> None:
    """End it before its time. What was seen is kept; no verdict is made of it."""
    trial = kept.get(session, who.user_id, trial_id, lock=True)
    if _state(trial) not in (TrialState.BASELINE, TrialState.RUNNING):
        raise Conflict("This trial is over.")
    now = database.now(session)
    verdict = None
    if trial.began_at is not None:
        verdict = _verdict(session, trial, min(now, trial.ends_at or now), is_early=True)
    kept.change(session, who.user_id, trial_id, stopped_at=now, verdict=verdict)


def remove(session: Session, who: Identity, trial_id: UUID) -> None:
    """Delete a trial and its verdict; the checks stay."""
    kept.remove(session, who.user_id, trial_id)


def get(session: Session, user_id: UUID, trial_id: UUID) -> Shown:
    return _shown(session, kept.get(session, user_id, trial_id))


def current(session: Session, user_id: UUID) -> Shown | None:
    """The one that is under way."""
    trial = kept.open_one(session, user_id)
    return None if trial is None else _shown(session, trial)


def listed(session: Session, user_id: UUID, *, limit: int, offset: int) -> tuple[list[Shown], int]:
    """A page, newest first, and how many there are in all."""
    found, total = kept.listed(session, user_id, limit=limit, offset=offset)
    return [_shown(session, trial) for trial in found], total


def end_due(now: datetime | None = None) -> int:
    """End the trials whose time has come, and tell their people. How many."""
    ended = 0
    while True:
        with transaction() as session:
            moment = database.now(session) if now is None else now
            found = kept.due(session, moment, at_most=AT_ONCE)
            for user_id, trial_id in found:
                trial = kept.get(session, user_id, trial_id)
                verdict = _verdict(session, trial, trial.ends_at or moment)
                kept.change(session, user_id, trial_id, ended_at=moment, verdict=verdict)
                notify.tell(
                    session,
                    user_id,
                    Kind.TRIAL_ENDED,
                    dedupe=f"trial-ended:{trial_id}",
                    about=trial_id,
                )
        ended += len(found)
        if len(found) < AT_ONCE:
            break
    if ended:
        log.info("trials_ended", count=ended)
    return ended


def _verdict(
    session: Session, trial: Trial, until: datetime, *, is_early: bool = False
) -> dict[str, Any]:
    """As it is kept: JSON. Later checks, and models that score again, do not change it."""
    assert trial.began_at is not None  # noqa: S101 (only trials that have begun come to an end)
    found = judgement.checks(session, trial.user_id, trial.began_at, until)
    metrics = tuple(Metric(name) for name in trial.metrics)
    judged = judgement.judge(session, trial.user_id, found, metrics, is_early=is_early)
    return {
        "judged": [asdict(each) for each in judged],
        "checks_before": found.before,
        "checks_after": found.after,
        "left_out": found.left_out,
        "meanwhile": list(_meanwhile(session, trial, found, until)),
    }


def _shown(session: Session, trial: Trial) -> Shown:
    state = _state(trial)
    verdict = trial.verdict
    if verdict is None:
        until = trial.stopped_at or database.now(session)
        found = judgement.checks(session, trial.user_id, trial.began_at or until, until)
        verdict = {
            "judged": [],
            "checks_before": found.before,
            "checks_after": found.after,
            "left_out": found.left_out,
            "meanwhile": list(_meanwhile(session, trial, found, until)) if trial.began_at else [],
        }
    return Shown(
        trial.trial_id,
        trial.change,
        trial.ingredient,
        tuple(Metric(name) for name in trial.metrics),
        trial.weeks,
        state,
        trial.created_at,
        trial.began_at,
        trial.ends_at,
        trial.ended_at or trial.stopped_at,
        verdict["checks_before"],
        verdict["checks_after"],
        verdict["left_out"],
        tuple(verdict["meanwhile"]),
        tuple(Judged.of(each) for each in verdict["judged"]),
    )


def _meanwhile(session: Session, trial: Trial, found: Checks, until: datetime) -> tuple[str, ...]:
    """What else was changed between the first check of the baseline and the end."""
    began = trial.began_at
    if began is None:
        return ()
    since = min(found.first or began, began)
    changed = [
        (datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12), what)
        for day, what in diaries.product_changes(session, trial.user_id, since.date(), until.date())
    ]
    changed += routines.changes_between(session, trial.user_id, since, until)
    return tuple(
        f"{at.day} {at:%b}: {what}"
        for at, what in sorted(changed)
        if abs(at - began) > _SAME_CHANGE
    )


def _state(trial: Trial) -> TrialState:
    if trial.stopped_at is not None:
        return TrialState.STOPPED
    if trial.ended_at is not None:
        return TrialState.ENDED
    return TrialState.BASELINE if trial.began_at is None else TrialState.RUNNING
