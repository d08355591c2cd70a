"""Tones with larger errors count more in training, within bounds; systematic errors are known."""

from __future__ import annotations

import numpy as np

from models.tones import BINS, LEAST, MOST, Balance, bins_of

ONE_OF_EACH = np.array([-50, 0, 20, 35, 50, 60], np.float32)
SIGNS = 7


def taught(error: np.ndarray, batches: int = 400) -> Balance:
    """A balance that saw these signed errors, (6,), of every sign in many batches."""
    balance = Balance()
    signed = np.repeat(error[:, None], SIGNS, 1).astype(np.float32)
    for _ in range(batches):
        balance.learn(ONE_OF_EACH, signed, np.abs(signed))
    return balance


def test_the_bins_are_those_of_the_literature_from_dark_to_light() -> None:
    assert bins_of(ONE_OF_EACH).tolist() == list(range(BINS))


def test_nothing_known_weighs_all_tones_alike() -> None:
    assert np.abs(Balance().weights(ONE_OF_EACH) - 1).max() < 1e-6


def test_the_tone_with_the_largest_error_weighs_most_and_none_too_much() -> None:
    weights = taught(np.array([0.2, 0.1, 0.1, 0.1, 0.1, 0.1])).weights(ONE_OF_EACH)
    assert (weights[0] > 1.5 * weights[1]).all()
    extreme = taught(np.array([0.9, 0.01, 0.01, 0.01, 0.01, 0.01])).weights(ONE_OF_EACH)
    assert extreme.max() == MOST
    assert extreme.min() == LEAST


def test_what_is_systematic_is_told_from_what_cancels_out() -> None:
    balance = taught(np.array([-0.1, 0, 0, 0, 0, 0.1]))
    pulled = balance.pull(ONE_OF_EACH)[:, 0]
    assert pulled[0] < -0.09
    assert pulled[5] > 0.09
    assert np.abs(pulled[1:5]).max() < 1e-6
    for _ in range(400):
        for sign in (1.0, -1.0):
            each = np.full((BINS, SIGNS), 0.1 * sign, np.float32)
            balance.learn(ONE_OF_EACH, each, np.abs(each))
    assert np.abs(balance.pull(ONE_OF_EACH)).max() < 0.01


def test_a_tone_that_a_batch_lacks_keeps_what_is_known_of_it() -> None:
    balance = taught(np.array([0.2, 0.1, 0.1, 0.1, 0.1, 0.1]), batches=50)
    before = balance.error[1:].copy()
    some = np.full((3, SIGNS), 0.5, np.float32)
    balance.learn(np.full(3, -50, np.float32), some, some)
    assert np.array_equal(balance.error[1:], before)
