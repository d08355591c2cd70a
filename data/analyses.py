"""Reading checks. Whose they are comes first: somebody else's check and none are the same.

How a check comes about is `data.progress`; opening its photo and maps is `pipeline.results`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.orm import Session

from core.analyses import Stage, Status
from core.errors import InvalidInput, NotFound
from core.examination import Quality, Score
from core.metrics import Metric, Region
from data import tables
from data.tables import FACE, AnalysisResult, MetricScore

LONGEST_LIST = 100
_METRICS, _REGIONS = tuple(Metric), tuple(Region)

# What a check is shown from. Columns of the table, not of the class: rows come as they are, past
# the machinery for objects, in two thirds of the time.
_checks = AnalysisResult.__table__.c
_scores = MetricScore.__table__.c
_SHOWN: list[Any] = [
    _checks[name]
    for name in (
        "id created_at updated_at status stage reasons quality ita model_version photo_id "
        "maps_object_key is_demonstration shot counts is_current"
    ).split()
]
# Put together once: they are asked with every list. One array rather than IN, which would be
# written anew for each number of checks.
_THESE = any_(bindparam("these", type_=ARRAY(Uuid)))
_SHOTS = (
    select(tables.Shot)
    .where(tables.Shot.analysis_id == _THESE)
    .order_by(tables.Shot.position)
    .execution_options(populate_existing=True)
)
_SCORES = select(
    *(
        _scores[name]
        for name in "analysis_id region metric value low high abstained_because".split()
    )
).where(_scores.analysis_id == _THESE)
_FACE_SCORES = _SCORES.where(_scores.region == FACE)


@dataclass(frozen=True)
class Shot:
    """One photo of a check."""

    position: int  # 1 to 5
    photo_id: UUID
    is_scored: bool
    reasons: tuple[str, ...]  # why it was not, each with what to do
    quality: Quality | None


@dataclass(frozen=True)
class Analysis:
    """One check as the person sees it."""

    analysis_id: UUID
    created_at: datetime
    updated_at: datetime
    status: Status
    stage: Stage
    reasons: tuple[str, ...]  # rejected or failed: sentences
    scores: Mapping[Metric, Score]  # of the face; empty until scored
    regions: Mapping[Region, Mapping[Metric, Score]]
    quality: Quality | None
    ita: float | None  # individual typology angle, degrees
    model_version: str | None
    photo_id: UUID | None  # that stands for the check: the best of its shots
    has_maps: bool
    is_demonstration: bool
    shots: tuple[Shot, ...] = ()
    shot: int | None = None  # while it runs: the position that is being looked at
    counts: Mapping[Metric, int] = field(default_factory=dict)  # marks found, where counted
    is_current: bool = True  # False: a later version of the model has scored the check again
    simulated_shots: int = 0  # of a check without photos
    measured_by: Mapping[Metric, int] = field(default_factory=dict)  # shots that measured it

    @property
    def shots_used(self) -> int:
        """How many photos the scores rest on."""
        return max(1, self.simulated_shots, sum(shot.is_scored for shot in self.shots))

    def shots_of(self, metric: Metric) -> int:
        """How many photos this score rests on; a metric may be hidden in some of them."""
        return max(1, self.measured_by.get(metric, 0))


def get(session: Session, user_id: UUID, analysis_id: UUID) -> Analysis:
    """One check with everything that is known of it. NotFound when it is not this person's."""
    return _as_analyses(session, [row(session, user_id, analysis_id)])[0]


def latest(session: Session, user_id: UUID, *, count: int = 1) -> list[Analysis]:
    """The newest scored checks, newest first."""
    given = {"user_id": user_id, "status": Status.SCORED, "limit": count, "offset": 0}
    rows = session.execute(_list_of("status")[1], given).all()
    return _as_analyses(session, rows)


def listed(
    session: Session,
    user_id: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    status: Status | None = None,
    limit: int = 20,
    offset: int = 0,
    details: bool = True,
) -> tuple[list[Analysis], int]:
    """A page of checks, newest first, and how many there are in all.

    `since` is included, `until` is not. Without `details` each check has the scores of the face
    alone, which are an eighth of the rows, and no shots.
    """
    if not 1 <= limit <= LONGEST_LIST:
        raise InvalidInput(f"The limit must be from 1 to {LONGEST_LIST}.")
    if not 0 <= offset <= 2**31:
        raise InvalidInput("The offset must be 0 or more.")
    asked = {"since": since, "until": until, "status": status}
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    counting, page = _list_of(*given)
    given["user_id"] = user_id
    total = session.scalar(counting, given)
    rows = session.execute(page, {**given, "limit": limit, "offset": offset}).all()
    return _as_analyses(session, rows, details=details), total or 0


def by_idempotency_key(session: Session, user_id: UUID, key: str) -> AnalysisResult | None:
    return session.scalar(
        select(AnalysisResult).where(
            AnalysisResult.user_id == user_id, AnalysisResult.idempotency_key == key
        )
    )


def waiting(session: Session, user_id: UUID) -> int:
    """How many of the person's checks are not finished. Those scored again do not count."""
    return (
        session.scalar(
            select(func.count())
            .select_from(AnalysisResult)
            .where(
                AnalysisResult.user_id == user_id,
                AnalysisResult.status.in_((Status.QUEUED, Status.RUNNING)),
                AnalysisResult.rescored_from.is_(None),
            )
        )
        or 0
    )


def row(
    session: Session, user_id: UUID, analysis_id: UUID, *, lock: bool = False
) -> AnalysisResult:
    """The row itself, for what opens or deletes it. NotFound when it is not this person's."""
    wanted = (
        select(AnalysisResult)
        .where(AnalysisResult.user_id == user_id, AnalysisResult.id == analysis_id)
        .execution_options(populate_existing=True)
    )
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound("There is no such check.")
    return found


def versions(
    session: Session, user_id: UUID, first: UUID, *, lock: bool = False
) -> list[AnalysisResult]:
    """Every row of a check, by its first one's id: scored once by each version of the model."""
    wanted = (
        select(AnalysisResult)
        .where(
            AnalysisResult.user_id == user_id,
            (AnalysisResult.id == first) | (AnalysisResult.rescored_from == first),
        )
        .order_by(AnalysisResult.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(wanted.with_for_update() if lock else wanted))


def remove(session: Session, user_id: UUID, first: UUID) -> None:
    """Delete every row of a check. Its photos are `data.photos.remove`'s."""
    session.execute(
        delete(AnalysisResult).where(
            AnalysisResult.user_id == user_id,
            (AnalysisResult.id == first) | (AnalysisResult.rescored_from == first),
        )
    )
    session.expire_all()


def of_person(
    whose: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    status: Status | None = None,
) -> list[ColumnElement[bool]]:
    """What is to be asked of a person's checks: those that are current, and the filters given."""
    wanted: list[ColumnElement[bool]] = [
        AnalysisResult.user_id == whose,
        AnalysisResult.is_current.is_(True),
    ]
    if since is not None:
        wanted.append(AnalysisResult.created_at >= since)
    if until is not None:
        wanted.append(AnalysisResult.created_at < until)
    if status is not None:
        wanted.append(AnalysisResult.status == status)
    return wanted


@cache
def _list_of(*named: str) -> tuple[Select[int], Select[*tuple[Any, ...]]]:
    """Counting a list and reading a page of it, where these filters are given; put together once.

    To be given: user_id, limit, offset and what was named.
    """
    filters: dict[str, ColumnElement[bool]] = {
        "since": _checks.created_at >= bindparam("since"),
        "until": _checks.created_at < bindparam("until"),
        "status": _checks.status == bindparam("status"),
    }
    wanted = [
        _checks.user_id == bindparam("user_id"),
        _checks.is_current.is_(True),
        *(filters[name] for name in named),
    ]
    page = (
        select(*_SHOWN)
        .where(*wanted)
        .order_by(_checks.created_at.desc(), _checks.id.desc())
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("offset", type_=Integer))
    )
    return select(func.count()).select_from(AnalysisResult.__table__).where(*wanted), page


def _as_analyses(
    session: Session, rows: Sequence[AnalysisResult | Row[Any]], *, details: bool = True
) -> list[Analysis]:
    faces: defaultdict[UUID, dict[Metric, Score]] = defaultdict(dict)
    regions: defaultdict[UUID, defaultdict[Region, dict[Metric, Score]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    shots: defaultdict[UUID, list[Shot]] = defaultdict(list)
    simulated = Counter[UUID]()
    measured_by: defaultdict[UUID, Counter[Metric]] = defaultdict(Counter)
    these = {"these": [row.id for row in rows]}
    for shot in session.scalars(_SHOTS, these) if details else ():
        if shot.is_scored:
            measured_by[shot.analysis_id].update(map(Metric, shot.face_values or ()))
        if shot.photo_id is None:
            simulated[shot.analysis_id] += 1
            continue
        shots[shot.analysis_id].append(
            Shot(
                shot.position,
                shot.photo_id,
                shot.is_scored,
                tuple(shot.reasons),
                None if shot.quality is None else _quality(shot.quality),
            )
        )
    scores = session.execute(_SCORES if details else _FACE_SCORES, these)
    for analysis_id, region, metric, value, low, high, abstained in scores:
        score = Score(value, low, high, abstained)
        if region == FACE:
            faces[analysis_id][metric] = score
        else:
            regions[analysis_id][Region(region)][metric] = score
    return [
        Analysis(
            analysis_id=row.id,
            created_at=row.created_at,
            updated_at=row.updated_at,
            status=row.status,
            stage=row.stage,
            reasons=tuple(row.reasons),
            scores=_in_order(faces[row.id]),
            regions={r: _in_order(regions[row.id][r]) for r in _REGIONS if r in regions[row.id]},
            quality=None if row.quality is None else _quality(row.quality),
            ita=row.ita,
            model_version=row.model_version,
            photo_id=row.photo_id,
            has_maps=row.maps_object_key is not None,
            is_demonstration=row.is_demonstration,
            shots=tuple(shots[row.id]),
            shot=row.shot,
            counts={Metric(name): int(count) for name, count in (row.counts or {}).items()},
            is_current=row.is_current,
            simulated_shots=simulated[row.id],
            measured_by=measured_by[row.id],
        )
        for row in rows
    ]


def _in_order(scores: Mapping[Metric, Score]) -> dict[Metric, Score]:
    return {metric: scores[metric] for metric in _METRICS if metric in scores}


def _quality(kept: Mapping[str, Any]) -> Quality:
    """A stored quality; what was not measured is not a number."""
    numbers = {name: kept.get(name) for name in Quality.__dataclass_fields__}
    return Quality(**{name: math.nan if n is None else float(n) for name, n in numbers.items()})
