"""A person's checks over time: the course of each metric, and which of its steps are real."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.examination import Score
from core.metrics import Metric
from pipeline.change import Change, change
from pipeline.noise import Least, Noise


class Check(Protocol):
    """What is compared: `data.analyses.Analysis` or `HistoryPoint`."""

    @property
    def created_at(self) -> datetime: ...
    @property
    def analysis_id(self) -> UUID: ...
    @property
    def model_version(self) -> str | None: ...
    def shots_of(self, metric: Metric) -> int: ...
    @property
    def scores(self) -> Mapping[Metric, Score]: ...


@dataclass(frozen=True)
class Point:
    """One metric at one check, against the check before."""

    at: datetime
    analysis_id: UUID
    score: Score
    change: Change | None  # None: there is no check before
    least: Least | None  # the smallest detectable change since then, where it is known
    model_version: str
    model_changed: bool  # this check was scored by another model than the one before


def changes(before: Check | None, latest: Check, noise: Noise) -> dict[Metric, Change]:
    """What changed between two checks, for each metric; empty for a first check."""
    if before is None:
        return {}
    return {
        metric: change(
            before.scores[metric],
            score,
            noise.least(metric, before, latest),
            same_model=before.model_version == latest.model_version,
        )
        for metric, score in latest.scores.items()
        if metric in before.scores
    }


def points(history: Sequence[Check], metric: Metric, noise: Noise) -> list[Point]:
    """The course of one metric, oldest first, each step with its verdict."""
    course = []
    before: Check | None = None
    for check in history:
        if metric not in check.scores:
            continue
        course.append(
            Point(
                check.created_at,
                check.analysis_id,
                check.scores[metric],
                changes(before, check, noise).get(metric),
                None if before is None else noise.least(metric, before, check),
                check.model_version or "",
                before is not None and before.model_version != check.model_version,
            )
        )
        before = check
    return course


def comparable_scores(newest_first: Sequence[Check], metric: Metric) -> list[Score]:
    """What the newest check's model has measured, oldest first: what may share one line."""
    if not newest_first:
        return []
    version = newest_first[0].model_version
    return [
        score
        for check in reversed(newest_first)
        if check.model_version == version
        and (score := check.scores.get(metric)) is not None
        and score.value is not None
    ]


_COLUMNS = (
    "time_utc",
    "metric",
    "value",
    "low",
    "high",
    "not_measured_because",
    "change",
    "verdict",
    "smallest_detectable_change",
    "own_photos_behind_it",
    "model_version",
)


def as_csv(history: Sequence[Check], noise: Noise) -> str:
    """Every metric of every check as CSV, times in UTC. Holds no text that a person wrote."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for metric in Metric:
        for point in points(history, metric, noise):
            score, step = point.score, point.change
            writer.writerow(
                [
                    f"{point.at:%Y-%m-%dT%H:%M:%SZ}",
                    metric.value,
                    *(_rounded(v) for v in (score.value, score.low, score.high)),
                    score.abstained_because or "",
                    _rounded(step.delta) if step else "",
                    step.verdict.value if step else "first check",
                    _rounded(point.least.points if point.least else None),
                    str((point.least.own_photos or "") if point.least else ""),
                    point.model_version,
                ]
            )
    return out.getvalue()


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
