"""How a check comes about: queued, begun, moved on, settled.

Several workers may hold the same check, when one was thought dead and was not. The number of the
attempt is the fence: whoever began last may write, everybody else finds `hold` to be False.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.analyses import Stage, Status, is_older
from core.analytics import Device
from core.examination import Examination, Quality, Score
from core.ids import new_id
from core.metrics import Metric
from data.tables import FACE, AnalysisResult, MetricScore, Photo, Shot
from data.vault import Kept


@dataclass(frozen=True)
class Begun:
    """One attempt at one check."""

    analysis_id: UUID
    user_id: UUID
    attempt: int  # 1 for the first
    photos: tuple[Kept, ...]  # its shots in order, 1 to 5
    rescored_from: UUID | None = None  # the check that is scored again
    wanted_version: str | None = None  # and by which version of the model


@dataclass(frozen=True)
class Seen:
    """What came of one shot: seen, or rejected with sentences that say what to do."""

    examination: Examination | None
    reasons: tuple[str, ...] = ()


def add(
    session: Session,
    user_id: UUID,
    photo_ids: Sequence[UUID],
    *,
    idempotency_key: str | None = None,
    device: Device | None = None,
) -> UUID:
    """A new check of these photos, waiting."""
    row = AnalysisResult(
        id=new_id(),
        user_id=user_id,
        photo_id=photo_ids[0],
        idempotency_key=idempotency_key,
        device=None if device is None else device.value,
    )
    session.add(row)
    session.flush()
    _add_shots(session, row.id, photo_ids)
    return row.id


def again(session: Session, first: AnalysisResult, *, wanted_version: str) -> UUID | None:
    """A waiting check of the photos of `first` by another version; None if it was asked before."""
    made = session.scalar(
        insert(AnalysisResult)
        .values(
            id=new_id(),
            user_id=first.user_id,
            photo_id=first.photo_id,
            rescored_from=first.id,
            wanted_version=wanted_version,
            is_current=False,
            created_at=first.created_at,
            device=first.device,
        )
        .on_conflict_do_nothing(
            index_elements=[AnalysisResult.rescored_from, AnalysisResult.wanted_version]
        )
        .returning(AnalysisResult.id)
    )
    if made is not None:
        photos = select(Shot.photo_id).where(Shot.analysis_id == first.id).order_by(Shot.position)
        _add_shots(session, made, [photo for photo in session.scalars(photos) if photo])
    return made


def _add_shots(session: Session, analysis_id: UUID, photo_ids: Sequence[UUID]) -> None:
    session.add_all(
        Shot(analysis_id=analysis_id, position=position, photo_id=photo_id)
        for position, photo_id in enumerate(photo_ids, 1)
    )
    session.flush()


def begin(session: Session, analysis_id: UUID) -> Begun | None:
    """Begin the next attempt. None when the check is settled, or is gone."""
    row = session.scalar(
        select(AnalysisResult)
        .where(
            AnalysisResult.id == analysis_id,
            AnalysisResult.status.in_((Status.QUEUED, Status.RUNNING)),
            AnalysisResult.photo_id.is_not(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    row.attempts += 1
    row.status, row.stage, row.shot = Status.RUNNING, Stage.OPENING, 1
    session.flush()
    if not session.scalar(select(Shot.position).where(Shot.analysis_id == row.id).limit(1)):
        # sent by the program before this one, which knows no shots, while both were running
        _add_shots(session, row.id, [photo for photo in (row.photo_id,) if photo])
    photos = session.execute(
        select(Photo.object_key, Photo.wrapped_key)
        .join(Shot, Shot.photo_id == Photo.photo_id)
        .where(Shot.analysis_id == row.id)
        .order_by(Shot.position)
    )
    kept = tuple(Kept(*photo) for photo in photos)
    return Begun(row.id, row.user_id, row.attempts, kept, row.rescored_from, row.wanted_version)


def hold(session: Session, begun: Begun) -> bool:
    """Lock the check for this transaction; False when this attempt has nothing to say any more."""
    found = session.scalar(
        select(AnalysisResult.id)
        .where(
            AnalysisResult.id == begun.analysis_id,
            AnalysisResult.status == Status.RUNNING,
            AnalysisResult.attempts == begun.attempt,
        )
        .with_for_update()
    )
    return found is not None


def move(session: Session, begun: Begun, stage: Stage, *, shot: int) -> None:
    """Show the stage and which photo it is about, if this attempt is the one that counts."""
    session.execute(
        update(AnalysisResult)
        .where(
            AnalysisResult.id == begun.analysis_id,
            AnalysisResult.status == Status.RUNNING,
            AnalysisResult.attempts == begun.attempt,
        )
        .values(stage=stage, shot=shot)
        .execution_options(synchronize_session=False)
    )


def hand_back(session: Session, begun: Begun) -> None:
    """Wait in the queue again, as if this attempt had not been. Only after `hold`.

    The number is free for the next attempt, since the one that had it ends here.
    """
    before = begun.attempt - 1
    _set(session, begun, status=Status.QUEUED, stage=Stage.WAITING, shot=None, attempts=before)


def forget(session: Session, begun: Begun) -> None:
    """A scoring again that is not wanted any more, as if nobody had asked. Only after `hold`."""
    session.execute(delete(AnalysisResult).where(AnalysisResult.id == begun.analysis_id))


def settle(
    session: Session,
    begun: Begun,
    status: Status,
    reasons: tuple[str, ...],
    shots: Sequence[Seen] = (),
) -> None:
    """End without scores. Only after `hold`."""
    _set(session, begun, status=status, stage=Stage.DONE, shot=None, reasons=list(reasons))
    _write_shots(session, begun, shots)


def scored(
    session: Session,
    begun: Begun,
    examination: Examination,
    maps: Kept,
    shots: Sequence[Seen],
    *,
    best: int,
) -> None:
    """End with scores: the check, all of its metrics, its shots. Only after `hold`.

    `examination` is what the shots say together, `best` the position (from 1) of the shot that
    stands for the check. A scoring again becomes the current one, unless a later version has been.
    """
    is_current = begun.rescored_from is None or _takes_over(
        session, begun.rescored_from, examination.model_version
    )
    photo_id = select(Shot.photo_id).where(
        Shot.analysis_id == begun.analysis_id, Shot.position == best
    )
    founding = {
        metric: examination.scores[metric].value
        for metric in (
            Metric.SKIN_SCORE,
            Metric.HYDRATION,
            Metric.OILINESS,
            Metric.ELASTICITY,
            Metric.PORES,
        )
    }
    _set(
        session,
        begun,
        status=Status.SCORED,
        stage=Stage.DONE,
        shot=None,
        is_current=is_current,
        photo_id=photo_id.scalar_subquery(),
        quality=_quality(examination.quality),
        ita=examination.ita,
        counts={metric.value: count for metric, count in examination.counts.items()},
        model_version=examination.model_version,
        ms=dict(examination.ms),
        maps_object_key=maps.object_key,
        maps_wrapped_key=maps.wrapped_key,
        **{metric.value: value for metric, value in founding.items()},
    )
    everywhere: dict[str, Mapping[Metric, Score]] = {FACE: examination.scores}
    everywhere |= {region.value: scores for region, scores in examination.regions.items()}
    session.add_all(
        MetricScore(
            analysis_id=begun.analysis_id,
            region=region,
            metric=metric,
            value=score.value,
            low=score.low,
            high=score.high,
            abstained_because=score.abstained_because,
        )
        for region, scores in everywhere.items()
        for metric, score in scores.items()
    )
    _write_shots(session, begun, shots)
    session.flush()


def _takes_over(session: Session, first: UUID, version: str) -> bool:
    """Make place for this version as the current one of its check; False when it is an older."""
    current = session.scalar(
        select(AnalysisResult)
        .where(
            (AnalysisResult.id == first) | (AnalysisResult.rescored_from == first),
            AnalysisResult.is_current.is_(True),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if current is None:
        return True
    if current.model_version is not None and is_older(version, than=current.model_version):
        return False
    session.execute(
        update(AnalysisResult)
        .where(AnalysisResult.id == current.id)
        .values(is_current=False, updated_at=AnalysisResult.updated_at)  # its result is the same
        .execution_options(synchronize_session=False)
    )
    return True


def _write_shots(session: Session, begun: Begun, shots: Sequence[Seen]) -> None:
    for position, seen in enumerate(shots, 1):
        found = seen.examination
        session.execute(
            update(Shot)
            .where(Shot.analysis_id == begun.analysis_id, Shot.position == position)
            .values(
                is_scored=found is not None,
                reasons=list(seen.reasons),
                quality=None if found is None else _quality(found.quality),
                ita=None if found is None else found.ita,
                face_values=None
                if found is None
                else {
                    metric.value: score.value
                    for metric, score in found.scores.items()
                    if score.value is not None
                },
            )
            .execution_options(synchronize_session=False)
        )


def _set(session: Session, begun: Begun, **values: object) -> None:
    session.execute(
        update(AnalysisResult)
        .where(AnalysisResult.id == begun.analysis_id)
        .values(updated_at=func.now(), **values)
        .execution_options(synchronize_session=False)
    )


def _quality(quality: Quality) -> dict[str, float | None]:
    """As JSON has it: what is not a number is absent."""
    return {
        name: value if math.isfinite(value) else None for name, value in asdict(quality).items()
    }
