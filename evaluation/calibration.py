"""Intervals that hold what they promise: fitted on one half of the phantoms, tried on the other.

- `interval_scale`: half of a region's 90 % interval is this times the learned deviation.
- `shared_error`: how far places of one face are wrong together, such that the interval of a whole
  face holds 90 % as well. The rest averages out over a face's regions.
- `shot_error`: share of a face's error variance that the shots of one check do not share. The rest
  is the same in every shot and cannot be averaged away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.examination import Score
from evaluation.phantom_sets import PLACES, SHOTS, Faces, Patches
from evaluation.skill import TONES, tone_of
from models.scorer import MAPPED
from pipeline.shots import combine_scores

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

COVERAGE = 0.9
_FIRST, _OTHER = 0, SHOTS.index("another camera")
_OF_ONE_CHECK = slice(0, _OTHER)


@dataclass(frozen=True)
class Calibration:
    """(7,) each, in the order of MAPPED."""

    interval_scale: Floats
    shared_error: Floats  # 0–1
    shot_error: Floats  # 0–1
    # 0 and up: share of the error's variance that holds between checks with different cameras
    check_error: Floats

    def by_metric(self, name: str) -> dict[str, float]:
        return {
            m.value: round(float(v), 4) for m, v in zip(MAPPED, getattr(self, name), strict=True)
        }


def fit(patches: Patches, faces: Faces) -> Calibration:
    scale = np.quantile(np.abs(patches.amount - patches.truth) / patches.sigma, COVERAGE, axis=0)
    return Calibration(
        interval_scale=np.asarray(scale, np.float32),
        shared_error=_shared_error(np.asarray(scale, np.float32), faces),
        shot_error=_not_shared(faces, _OF_ONE_CHECK),
        check_error=_between_checks(np.asarray(scale, np.float32), faces),
    )


def coverage(found: Calibration, patches: Patches, faces: Faces) -> dict[str, dict[str, float]]:
    """Share of truths inside their 90 % interval, of each kind of interval, by metric.

    `region`: one place. `face`: the mean of a face's places. `three_shots`: the median of three
    shots of one check. `difference`: between two checks of unchanged skin with different cameras,
    where the truth is no change.
    """
    values, halves = faces.amount.mean(2), _face_half(found, faces)
    truth = faces.truth.mean(1)
    apart = np.abs(values[:, _FIRST] - values[:, _OTHER])
    both = np.sqrt(found.check_error * (halves[:, _FIRST] ** 2 + halves[:, _OTHER] ** 2))
    held = {
        "region": np.abs(patches.amount - patches.truth) <= found.interval_scale * patches.sigma,
        "face": np.abs(values[:, _FIRST] - truth) <= halves[:, _FIRST],
        "three_shots": _held_together(found, values, halves, truth),
        "difference": apart <= both,
    }
    return {
        kind: {m.value: round(float(v), 4) for m, v in zip(MAPPED, of.mean(0), strict=True)}
        for kind, of in held.items()
    }


def coverage_by_tone(found: Calibration, patches: Patches) -> dict[str, dict[str, float]]:
    """Coverage of a region's interval by ITA bin."""
    held = np.abs(patches.amount - patches.truth) <= found.interval_scale * patches.sigma
    bins = np.array([tone_of(float(tone)) for tone in patches.tone])
    return {
        m.value: {
            name: round(float(held[bins == name, i].mean()), 3)
            for name, _, _ in TONES
            if (bins == name).any()
        }
        for i, m in enumerate(MAPPED)
    }


def face_error(found: Calibration, faces: Faces) -> dict[str, dict[str, float]]:
    """Mean error and mean half interval of one shot and of three, points."""
    values, halves = faces.amount.mean(2), _face_half(found, faces)
    truth = faces.truth.mean(1)
    rows: dict[str, Any] = {
        "mae_one_shot": np.abs(values[:, _FIRST] - truth).mean(0),
        "mae_three_shots": np.abs(np.median(values[:, _OF_ONE_CHECK], 1) - truth).mean(0),
        "half_interval": halves[:, _FIRST].mean(0),
        "sdc_same_view": 1.96 * (values[:, 0] - values[:, 1]).std(0),
        "sdc_another_camera": 1.96 * (values[:, _FIRST] - values[:, _OTHER]).std(0),
    }
    return {
        m.value: {name: round(100 * float(row[i]), 3) for name, row in rows.items()}
        for i, m in enumerate(MAPPED)
    }


def _held_together(found: Calibration, values: Floats, halves: Floats, truth: Floats) -> Mask:
    """Whether the interval of three shots, put together as the product does, holds the truth."""
    held = np.zeros(truth.shape, bool)
    for face, sign in np.ndindex(truth.shape):
        shots = [
            Score(v, max(0.0, v - h), min(100.0, v + h))
            for v, h in zip(
                100 * values[face, _OF_ONE_CHECK, sign].astype(float),
                100 * halves[face, _OF_ONE_CHECK, sign].astype(float),
                strict=True,
            )
        ]
        said = combine_scores(shots, float(found.shot_error[sign]))
        if said.low is not None and said.high is not None:
            held[face, sign] = said.low <= 100 * truth[face, sign] <= said.high
    return held


def _face_half(found: Calibration, faces: Faces) -> Floats:
    """Half of the face's interval as the product makes it, (n, SHOTS, 7), in amounts 0–1."""
    return _half(found.interval_scale, found.shared_error, faces)


def _half(scale: Floats, shared: Floats, faces: Faces) -> Floats:
    places = (scale * faces.sigma).mean(2)
    return np.asarray(places * np.sqrt(shared + (1 - shared) / PLACES), np.float32)


def _shared_error(scale: Floats, faces: Faces) -> Floats:
    """The ρ with which the mean of PLACES intervals, times √(ρ + (1 − ρ) / PLACES), holds 90 %.

    Fitted to what is asked of it instead of estimated as a correlation: faces whose every place is
    wrong in one direction are more frequent than a normal distribution of that correlation has.
    """
    places = (scale * faces.sigma[:, _FIRST]).mean(1)
    error = np.abs((faces.amount[:, _FIRST] - faces.truth).mean(1))
    needed = np.quantile(error / places, COVERAGE, axis=0) ** 2
    return np.asarray(np.clip((PLACES * needed - 1) / (PLACES - 1), 0, 1), np.float32)


def _not_shared(faces: Faces, shots: slice | list[int]) -> Floats:
    """Mean variance among the shots over the mean square of the error, of whole faces."""
    error = (faces.amount - faces.truth[:, None]).mean(2)[:, shots]
    among = error.var(1, ddof=1).mean(0)
    return np.asarray(np.clip(among / (error**2).mean((0, 1)), 0, 1), np.float32)


def _between_checks(scale: Floats, faces: Faces) -> Floats:
    """With which the interval of the difference of two checks holds 90 %, fitted to just that."""
    values, halves = faces.amount.mean(2), _half(scale, _shared_error(scale, faces), faces)
    apart = np.abs(values[:, _FIRST] - values[:, _OTHER])
    both = np.sqrt(halves[:, _FIRST] ** 2 + halves[:, _OTHER] ** 2)
    return np.asarray(np.quantile(apart / both, COVERAGE, axis=0) ** 2, np.float32)
