"""The checks that a trial counts, and the verdict on each of its metrics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Session

from core.care import LEAST_AFTER, LEAST_BASELINE, Outcome
from core.examination import Score
from core.metrics import FACTS, Direction, Metric
from data import courses
from data.courses import HistoryPoint
from pipeline import repeatability
from pipeline.noise import Noise
from pipeline.trials.model import THRESHOLDS, Estimate, Measured, estimate

BASELINE = timedelta(weeks=8)  # checks longer ago say little of the time before the change
_WEEK = timedelta(weeks=1)
_SDC_IN_SD = 1.96 * math.sqrt(2)  # smallest detectable change = 1.96·√2·SD of one check
_INTERVAL_IN_SD = 2 * 1.645  # width of a 90 % interval


@dataclass(frozen=True)
class Checks:
    """Of one trial, oldest first, all by one version of the model."""

    found: tuple[HistoryPoint, ...]
    began_at: datetime
    left_out: int  # by other versions

    @property
    def before(self) -> int:
        return sum(check.created_at < self.began_at for check in self.found)

    @property
    def after(self) -> int:
        return len(self.found) - self.before

    @property
    def first(self) -> datetime | None:
        return self.found[0].created_at if self.found else None


@dataclass(frozen=True)
class Judged:
    """The verdict on one metric. The numbers are None where there were too few checks."""

    metric: Metric
    outcome: Outcome
    effect: float | None  # points: how much higher it is, once the change has had its effect
    low: float | None  # of the 90 % interval
    high: float | None
    probability: float | None  # that there is a real change, 0–1
    before: int  # checks that measured it
    after: int
    threshold: float  # of the probability, from which on it is called real

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        named = {"metric": Metric(kept["metric"]), "outcome": Outcome(kept["outcome"])}
        return cls(**{**kept, **named})


def checks(session: Session, user_id: UUID, began_at: datetime, until: datetime) -> Checks:
    """What counts: from eight weeks before the change, by the version that scored the newest."""
    history = courses.history(session, user_id, since=began_at - BASELINE, until=until)
    version = history[-1].model_version if history else ""
    same = tuple(check for check in history if check.model_version == version)
    return Checks(same, began_at, len(history) - len(same))


def judge(
    session: Session,
    user_id: UUID,
    found: Checks,
    metrics: Sequence[Metric],
    *,
    is_early: bool = False,
) -> tuple[Judged, ...]:
    """Each metric by itself, with a threshold for all of them together.

    `is_early`: stopped before its time. Who may stop when the numbers please finds changes that
    are not there, so the numbers stand for themselves and nothing is called real.
    """
    noise = repeatability.of_person(session, user_id)
    threshold = THRESHOLDS[len(metrics)]
    return tuple(_judge(found, metric, noise, threshold, is_early=is_early) for metric in metrics)


def _judge(
    found: Checks, metric: Metric, noise: Noise, threshold: float, *, is_early: bool
) -> Judged:
    measured = [
        Measured((check.created_at - found.began_at) / _WEEK, score.value, sd)
        for check in found.found
        if (score := check.scores.get(metric)) is not None
        and score.value is not None
        and (sd := _sd(check, score, metric, noise)) > 0
    ]
    before = sum(each.week < 0 for each in measured)
    after = len(measured) - before
    if before < LEAST_BASELINE or after < LEAST_AFTER:
        return Judged(metric, Outcome.TOO_FEW, None, None, None, None, before, after, threshold)
    said = estimate(measured)
    least = noise.least(metric, found.found[0], found.found[-1])
    outcome = Outcome.UNCLEAR
    if not is_early:
        outcome = _outcome(said, metric, threshold, None if least is None else least.points)
    return Judged(
        metric,
        outcome,
        round(said.effect, 1),
        round(said.low, 1),
        round(said.high, 1),
        round(said.probability, 3),
        before,
        after,
        threshold,
    )


def _outcome(said: Estimate, metric: Metric, threshold: float, least: float | None) -> Outcome:
    """`least`: the smallest change that two photos can show; a smaller one does not matter."""
    if said.probability >= threshold:
        rises_are_good = FACTS[metric].direction is Direction.HIGHER_IS_BETTER
        return Outcome.BETTER if (said.effect > 0) == rises_are_good else Outcome.WORSE
    if least is not None and -least < said.low and said.high < least:
        return Outcome.NO_CHANGE
    return Outcome.UNCLEAR


def _sd(check: HistoryPoint, score: Score, metric: Metric, noise: Noise) -> float:
    """Of the measurement, in points: by repeated photos where known, else by the interval."""
    least = noise.least(metric, check, check)
    if least is not None:
        return least.points / _SDC_IN_SD
    if score.low is None or score.high is None:
        return 0.0
    return max((score.high - score.low) / _INTERVAL_IN_SD, 0.5)
