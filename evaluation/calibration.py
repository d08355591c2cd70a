"""Intervals that hold what they promise: fitted on one half of the phantoms, tried on the other.

- `interval_scale`: half of a region's 90 % interval is this times the learned deviation, on skin
  of a middle tone.
- `interval_by_tone`: how much wider on lighter skin, such that every tone's intervals hold alike.
  The tone is what the picture's own colour says, as in service; the true one decides what fits.
- `shared_error`: how far places of one face are wrong together, such that the interval of a whole
  face holds 90 % as well. The rest averages out over a face's regions.
- `shot_error`: share of a face's error variance that the shots of one check do not share. The rest
  is the same in every shot and cannot be averaged away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.examination import Score
from evaluation.phantom_sets import PLACES, SHOTS, Faces, Patches
from evaluation.skill import TONES, tone_of
from models.own_tone import wider
from models.scorer import MAPPED
from pipeline.shots import combine_scores

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

COVERAGE = 0.9
_FIRST, _OTHER = 0, SHOTS.index("another camera")
_OF_ONE_CHECK = slice(0, _OTHER)
_BY_TONE = np.linspace(-0.2, 0.2, 81)  # tried: e to the power of this, for each 10° of ITA


@dataclass(frozen=True)
class Calibration:
    """(7,) each, in the order of MAPPED."""

    interval_scale: Floats
    interval_by_tone: Floats
    shared_error: Floats  # 0–1
    shot_error: Floats  # 0–1
    # 0 and up: share of the error's variance that holds between checks with different cameras
    check_error: Floats

    def by_metric(self, name: str) -> dict[str, float]:
        return {
            m.value: round(float(v), 4) for m, v in zip(MAPPED, getattr(self, name), strict=True)
        }


def fit(patches: Patches, faces: Faces) -> Calibration:
    scale, by_tone = _scales(patches)
    places = _places(scale, by_tone, faces)
    return Calibration(
        interval_scale=scale,
        interval_by_tone=by_tone,
        shared_error=_shared_error(places, faces),
        shot_error=_not_shared(faces, _OF_ONE_CHECK),
        check_error=_between_checks(places, faces),
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
        "region": _held(found, patches),
        "face": np.abs(values[:, _FIRST] - truth) <= halves[:, _FIRST],
        "three_shots": _held_together(found, values, halves, truth),
        "difference": apart <= both,
    }
    return {
        kind: {m.value: round(float(v), 4) for m, v in zip(MAPPED, of.mean(0), strict=True)}
        for kind, of in held.items()
    }


def coverage_by_tone(found: Calibration, patches: Patches) -> dict[str, dict[str, float]]:
    """Coverage of a region's interval by the skin's true ITA bin."""
    return _share_by_tone(_held(found, patches), _bins(patches.tone))


def _share_by_tone(held: Mask, bins: npt.NDArray[np.str_]) -> dict[str, dict[str, float]]:
    return {
        m.value: {
            name: round(float(held[bins == name, i].mean()), 3)
            for name, _, _ in TONES
            if (bins == name).any()
        }
        for i, m in enumerate(MAPPED)
    }


def faces_by_tone(tried: Sequence[tuple[Calibration, Faces]]) -> dict[str, dict[str, float]]:
    """Coverage of a face's interval by the skin's true ITA bin, of faces not fitted to."""
    held, tone = [], []
    for found, faces in tried:
        error = np.abs(faces.amount[:, _FIRST].mean(1) - faces.truth.mean(1))
        held.append(error <= _face_half(found, faces)[:, _FIRST])
        tone.append(faces.tone)
    return _share_by_tone(np.concatenate(held), _bins(np.concatenate(tone)))


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


def _scales(patches: Patches) -> tuple[Floats, Floats]:
    """The scale that holds nine in ten, and its change with tone that lets each tone do so."""
    ratio = np.abs(patches.amount - patches.truth) / patches.sigma
    bins = _bins(patches.tone)
    inside = [bins == name for name, _, _ in TONES if (bins == name).any()]
    found = []
    for sign in range(len(MAPPED)):
        tried = []
        for by_tone in _BY_TONE:
            of = ratio[:, sign] / wider(patches.seen_tone, np.array([by_tone], np.float32))[:, 0]
            scale = np.quantile(of, COVERAGE)
            missed = [float((of[tone] <= scale).mean()) - COVERAGE for tone in inside]
            tried.append((float(np.square(missed).sum()), abs(by_tone), scale, by_tone))
        found.append(min(tried)[2:])
    scale, by_tone = np.asarray(found, np.float32).T
    return scale, by_tone


def _held(found: Calibration, patches: Patches) -> Mask:
    """Whether each region's interval holds the truth, (n, 7)."""
    half = found.interval_scale * wider(patches.seen_tone, found.interval_by_tone) * patches.sigma
    return np.asarray(np.abs(patches.amount - patches.truth) <= half, bool)


def _bins(tone: Floats) -> npt.NDArray[np.str_]:
    return np.array([tone_of(float(angle)) for angle in tone])


def _face_half(found: Calibration, faces: Faces) -> Floats:
    """Half of the face's interval as the product makes it, (n, SHOTS, 7), in amounts 0–1."""
    places = _places(found.interval_scale, found.interval_by_tone, faces)
    return _half(places, found.shared_error)


def _places(scale: Floats, by_tone: Floats, faces: Faces) -> Floats:
    """Mean half interval of a face's places, (n, SHOTS, 7)."""
    half = scale * wider(faces.seen_tone, by_tone) * faces.sigma
    return np.asarray(half.mean(2), np.float32)


def _half(places: Floats, shared: Floats) -> Floats:
    return np.asarray(places * np.sqrt(shared + (1 - shared) / PLACES), np.float32)


def _shared_error(places: Floats, faces: Faces) -> Floats:
    """The ρ with which the mean of PLACES intervals, times √(ρ + (1 − ρ) / PLACES), holds 90 %.

    Fitted to what is asked of it instead of estimated as a correlation: faces whose every place is
    wrong in one direction are more frequent than a normal distribution of that correlation has.
    """
    error = np.abs((faces.amount[:, _FIRST] - faces.truth).mean(1))
    needed = np.quantile(error / places[:, _FIRST], COVERAGE, axis=0) ** 2
    return np.asarray(np.clip((PLACES * needed - 1) / (PLACES - 1), 0, 1), np.float32)


def _not_shared(faces: Faces, shots: slice | list[int]) -> Floats:
    """Mean variance among the shots over the mean square of the error, of whole faces."""
    error = (faces.amount - faces.truth[:, None]).mean(2)[:, shots]
    among = error.var(1, ddof=1).mean(0)
    return np.asarray(np.clip(among / (error**2).mean((0, 1)), 0, 1), np.float32)


def _between_checks(places: Floats, faces: Faces) -> Floats:
    """With which the interval of the difference of two checks holds 90 %, fitted to just that."""
    values, halves = faces.amount.mean(2), _half(places, _shared_error(places, faces))
    apart = np.abs(values[:, _FIRST] - values[:, _OTHER])
    both = np.sqrt(halves[:, _FIRST] ** 2 + halves[:, _OTHER] ** 2)
    return np.asarray(np.quantile(apart / both, COVERAGE, axis=0) ** 2, np.float32)
