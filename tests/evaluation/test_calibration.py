"""Calibration on made-up answers whose errors are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation import calibration
from evaluation.phantom_sets import PLACES, SHOTS, Faces, Patches
from models.scorer import MAPPED

KINDS = len(MAPPED)


def patches(n: int, seed: int, wrong_by: float = 2.0, by_tone: float = 0.0) -> Patches:
    """Answers whose error is `wrong_by` times what the network thinks.

    On skin that is 10° lighter, e to the power of `by_tone` times as much; colour tells the tone to
    about 20°.
    """
    random = np.random.default_rng(seed)
    truth = random.uniform(0.2, 0.8, (n, KINDS)).astype(np.float32)
    sigma = random.uniform(0.02, 0.05, (n, KINDS)).astype(np.float32)
    error = random.normal(size=(n, KINDS)).astype(np.float32) * sigma * np.float32(wrong_by)
    tone = random.uniform(-55, 68, n).astype(np.float32)
    error *= np.exp(by_tone * (tone - 28) / 10)[:, None]
    seen = (tone + random.normal(0, 20, n)).clip(-50, 60).astype(np.float32)
    return Patches(truth, truth + error, sigma, np.zeros((n, 3), np.float32), tone, seen)


def faces(n: int, seed: int, *, shared: float, of_a_shot: float) -> Faces:
    """Errors of which a share `shared` is common to all places and `of_a_shot` new in each shot."""
    random = np.random.default_rng(seed)
    shape = (n, len(SHOTS), PLACES, KINDS)
    kept = np.sqrt(shared) * random.normal(size=(n, 1, 1, KINDS))
    kept = kept + np.sqrt(1 - shared) * random.normal(size=(n, 1, PLACES, KINDS))
    new = random.normal(size=(n, len(SHOTS), 1, KINDS))
    error = 0.06 * (np.sqrt(1 - of_a_shot) * kept + np.sqrt(of_a_shot) * new)
    truth = np.full((n, PLACES, KINDS), 0.5, np.float32)
    sigma = np.full(shape, 0.03, np.float32)
    tone, seen = np.full(n, 28, np.float32), np.full(shape[:3], 28, np.float32)
    return Faces(truth, (truth[:, None] + error).astype(np.float32), sigma, tone, seen)


def test_intervals_hold_nine_tenths_of_patches_they_were_not_fitted_on() -> None:
    found = calibration.fit(patches(4000, 1), faces(50, 1, shared=0.5, of_a_shot=0.1))
    assert found.interval_scale == pytest.approx(2.0 * 1.645, rel=0.05)
    other = faces(50, 2, shared=0.5, of_a_shot=0.1)
    held = calibration.coverage(found, patches(4000, 2), other)["region"]
    assert all(0.88 < share < 0.92 for share in held.values())


@pytest.mark.parametrize("by_tone", [-0.08, 0.0, 0.08])
def test_an_interval_holds_in_every_tone_where_errors_differ_by_tone(by_tone: float) -> None:
    one, other = (patches(6000, seed, by_tone=by_tone) for seed in (7, 8))
    found = calibration.fit(one, faces(50, 1, shared=0.5, of_a_shot=0.1))
    held = calibration.coverage_by_tone(found, other)
    assert all(0.85 < share < 0.95 for row in held.values() for share in row.values()), held
    assert (found.interval_by_tone > 0.03).all() == (by_tone > 0)
    assert (found.interval_by_tone < -0.03).all() == (by_tone < 0)
    flat = replace(found, interval_by_tone=np.zeros(KINDS, np.float32))
    alone = calibration.coverage_by_tone(flat, other)
    missed = any(not 0.85 < share < 0.95 for row in alone.values() for share in row.values())
    assert missed == (by_tone != 0)


@pytest.mark.parametrize("shared", [0.1, 0.5, 0.9])
def test_a_faces_interval_holds_nine_tenths_however_much_its_places_share(shared: float) -> None:
    one, other = (faces(3000, seed, shared=shared, of_a_shot=0.0) for seed in (3, 4))
    found = calibration.fit(patches(4000, 1), one)
    assert found.shared_error == pytest.approx(shared, abs=0.12)
    held = calibration.coverage(found, patches(100, 2), other)
    assert all(0.87 < share < 0.93 for share in held["face"].values())


@pytest.mark.parametrize("of_a_shot", [0.05, 0.5])
def test_what_shots_do_not_share_is_found_and_three_shots_hold_as_well(of_a_shot: float) -> None:
    one, other = (faces(3000, seed, shared=1.0, of_a_shot=of_a_shot) for seed in (5, 6))
    found = calibration.fit(patches(4000, 1), one)
    assert found.shot_error == pytest.approx(of_a_shot, rel=0.1)
    held = calibration.coverage(found, patches(100, 2), other)
    assert all(0.85 < share < 0.95 for share in held["three_shots"].values())
    assert all(0.85 < share < 0.95 for share in held["difference"].values())
