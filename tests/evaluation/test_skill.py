from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.phantom_sets import ANGLES, Patches, Tones
from evaluation.skill import TONES, by_tone, mended, skill, tone_of, tone_only
from models.scorer import MAPPED

KINDS = len(MAPPED)
MEDIAN = np.full(KINDS, 0.5, np.float32)


def patches(worse_on_dark: float) -> Patches:
    """Errors of 5 points, on the darkest skin that many times as large."""
    random = np.random.default_rng(1)
    n = 3000
    tone = random.uniform(-55, 68, n).astype(np.float32)
    truth = random.uniform(0, 1, (n, KINDS)).astype(np.float32)
    size = np.where(tone < -30, worse_on_dark, 1.0)[:, None] * 0.05
    sign = random.choice([-1, 1], (n, KINDS))
    amount = (truth + sign * size).astype(np.float32)
    return Patches(truth, amount, np.ones_like(truth), np.zeros((n, 3), np.float32), tone, tone)


def test_noise_that_differs_by_tone_is_not_mended_and_a_bias_is() -> None:
    noisy = [patches(worse_on_dark=3.0) for _ in range(2)]
    kept = mended(*noisy)["pores"]
    assert kept["gap_mended"] > 0.7 * kept["gap"] > 50
    biased = replace(noisy[0], amount=noisy[0].truth + 0.2 * (noisy[0].tone < -30)[:, None])
    gone = mended(biased, biased)["pores"]
    assert gone["bias"]["darker than -30"] == pytest.approx(20, abs=0.1)
    assert gone["mae_mended"] < 0.1 * gone["mae"]


def test_tones_of_their_edges() -> None:
    assert [tone_of(angle) for angle in (-31, -30, 10, 54.9, 55)] == [
        "darker than -30", "-30 to 10", "10 to 28", "41 to 55", "lighter than 55",
    ]  # fmt: skip


def test_errors_are_in_points_and_compared_with_a_constant() -> None:
    found = skill(patches(1.0), MEDIAN)["pores"]
    assert abs(found["mae"] - 5) < 0.01
    assert 23 < found["constant_mae"] < 27
    assert found["spearman"] > 0.95


def test_a_gap_between_tones_is_found_and_told_from_chance() -> None:
    fair, unfair = (by_tone(patches(worse), MEDIAN)["spots"] for worse in (1.0, 2.0))
    assert fair["gap"] < 0.1
    assert unfair["gap"] > 60
    assert 60 < unfair["gap_low"] <= unfair["gap"] <= unfair["gap_high"] < 100
    assert unfair["gap"] > 3 * unfair["gap_by_chance"]
    assert list(unfair["mae"]) == [name for name, _, _ in TONES]


def test_a_score_that_follows_pigment_is_told_from_one_that_does_not() -> None:
    random = np.random.default_rng(2)
    truth = np.repeat(random.uniform(0, 1, (80, 1, KINDS)), len(ANGLES), 1).astype(np.float32)
    amount = truth + 0.01 * random.normal(size=truth.shape).astype(np.float32)
    amount[..., 0] += 0.004 * np.array(ANGLES, np.float32)
    found = tone_only(Tones(truth, amount))
    assert found["oiliness"]["score"] > 0.4
    assert abs(found["spots"]["score"]) < 0.1
    assert found["oiliness"]["score_low"] < found["oiliness"]["score"]
