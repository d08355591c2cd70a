"""What each kind of sample asks of the network: losses of answers made up for the purpose."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from models.batches import Batch
from models.phantoms.phantom import SIGNS
from models.samples import ADDED, PERSON, PHANTOM, SMOOTHED, TONED

# TensorFlow takes 4 to 12 s to import; its imports warn, and warnings are errors here
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

PLACES, CELLS = 4, 16  # of a side
FLAT = 0.3  # an answer
PORES, LINES = SIGNS.index("pores"), SIGNS.index("lines")


def batch(kind: int, **fields: np.ndarray) -> Batch:
    """One sample of two pictures, all skin, nothing visible and no veil known."""
    usual = {
        "picture": np.zeros((2, 1, 1, 7)),
        "kind": np.full(2, kind),
        "tone": np.zeros(2),
        "visible": np.zeros((2, CELLS, CELLS, 7)),
        "skin": np.ones((2, CELLS, CELLS)),
        "amount": np.zeros((2, PLACES, PLACES, 7)),
        "amount_skin": np.ones((2, PLACES, PLACES)),
        "veil": np.full((2, PLACES, PLACES, 3), -1.0),
    }
    given = {name: value.astype(np.float32) for name, value in (usual | fields).items()}
    return Batch(**given)


def answer(**changes: np.ndarray) -> dict[str, np.ndarray]:
    usual = {
        "heat": np.full((2, CELLS, CELLS, 7), FLAT),
        "amount": np.full((2, PLACES, PLACES, 7), FLAT),
        "log_variance": np.zeros((2, PLACES, PLACES, 7)),
        "veil": np.full((2, PLACES, PLACES, 3), 0.5),
    }
    return {name: value.astype(np.float32) for name, value in (usual | changes).items()}


def amounts(second: dict[int, float]) -> np.ndarray:
    """The usual answer, but for some signs of the second picture."""
    said = np.full((2, PLACES, PLACES, 7), FLAT)
    for sign, value in second.items():
        said[1, ..., sign] = value
    return said


def lost(of: Batch, said: dict[str, np.ndarray], pull: float = 0.0) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tensorflow as tf

        from models.loss import losses
    tensors = Batch(**{name: tf.constant(value) for name, value in vars(of).items()})
    answers = {name: tf.constant(value) for name, value in said.items()}
    found = losses(answers, tensors, tf.ones((2, 7)), tf.fill((2, 7), pull))
    return {name: float(np.sum(value)) for name, value in found.items()}


def test_an_added_sign_is_to_be_seen_as_much_as_was_added_whatever_was_there() -> None:
    added = np.zeros((2, PLACES, PLACES, 7))
    added[..., PORES] = 0.5
    of = batch(ADDED, amount=added)
    seen, unseen = 1 - (1 - FLAT) * 0.5, FLAT
    right, wrong = (lost(of, answer(amount=amounts({PORES: a}))) for a in (seen, unseen))
    assert right["added"] < 1e-6
    assert wrong["added"] > 0.01


def test_a_sign_that_was_not_added_may_not_move() -> None:
    of = batch(ADDED)
    assert lost(of, answer())["added"] < 1e-6
    assert lost(of, answer(amount=amounts({LINES: FLAT + 0.2})))["added"] > 0.005
    assert lost(of, answer(amount=amounts({LINES: FLAT - 0.2})))["added"] > 0.005


def test_real_skin_is_asked_for_no_absolute_amount() -> None:
    for kind in (ADDED, SMOOTHED, PERSON, TONED):
        low, high = (
            lost(batch(kind), answer(amount=np.full((2, PLACES, PLACES, 7), a))) for a in (0.1, 0.8)
        )
        assert low["total"] == pytest.approx(high["total"], abs=1e-6)
        assert low["maps"] == low["amounts"] == 0


def test_under_a_filter_pores_and_lines_fall_and_other_signs_are_free() -> None:
    veil = np.full((2, PLACES, PLACES, 3), -1.0)
    veil[:, ..., 2] = np.array([0.0, 1.0])[:, None, None]
    of = batch(SMOOTHED, veil=veil)
    assert lost(of, answer())["smoothed"] > 0.001  # unchanged is too much
    assert lost(of, answer(amount=amounts({PORES: 0.1, LINES: 0.1})))["smoothed"] < 1e-6
    fallen = {PORES: 0.1, LINES: 0.1, SIGNS.index("redness"): 0.9}
    assert lost(of, answer(amount=amounts(fallen)))["smoothed"] < 1e-6


def test_a_smile_may_move_lines_but_no_pores() -> None:
    of = batch(PERSON)
    assert lost(of, answer(amount=amounts({LINES: 0.9})))["person"] < 1e-6
    assert lost(of, answer(amount=amounts({PORES: 0.9})))["person"] > 0.01


def test_two_cameras_must_agree_and_come_near_the_truth() -> None:
    of = batch(PHANTOM, amount=np.full((2, PLACES, PLACES, 7), FLAT))
    right, apart = lost(of, answer()), lost(of, answer(amount=amounts({PORES: 0.6})))
    assert right["absolute"] < 1e-6
    assert right["pair"] < 1e-6
    assert apart["pair"] > 0.001
    assert apart["amounts"] > right["amounts"]


def test_a_tone_that_is_read_too_high_is_pulled_down() -> None:
    of = batch(PHANTOM)
    low, high = (answer(amount=np.full((2, PLACES, PLACES, 7), a)) for a in (0.1, 0.2))
    pulled = lost(of, high, pull=0.1)["total"] - lost(of, low, pull=0.1)["total"]
    free = lost(of, high)["total"] - lost(of, low)["total"]
    assert pulled > free + 0.05


def test_a_veil_that_nobody_labelled_asks_for_nothing() -> None:
    unknown = batch(ADDED)
    sure = answer(veil=np.full((2, PLACES, PLACES, 3), 0.99))
    assert lost(unknown, sure)["veils"] == lost(unknown, answer())["veils"] == 0
    none = batch(ADDED, veil=np.zeros((2, PLACES, PLACES, 3)))
    assert lost(none, sure)["veils"] > lost(none, answer())["veils"] > 0


def test_what_is_not_skin_asks_for_nothing() -> None:
    nowhere = {"skin": np.zeros((2, CELLS, CELLS)), "amount_skin": np.zeros((2, PLACES, PLACES))}
    for kind in (PHANTOM, ADDED, SMOOTHED, PERSON, TONED):
        assert lost(batch(kind, **nowhere), answer(amount=amounts({PORES: 0.9})))["total"] == 0


def test_another_pigment_may_move_no_sign() -> None:
    of = batch(TONED)
    assert lost(of, answer())["toned"] < 1e-6
    assert lost(of, answer(amount=amounts({SIGNS.index("shine"): 0.6})))["toned"] > 0.005
