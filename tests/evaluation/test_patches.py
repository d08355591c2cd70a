"""Sheets of phantoms before the network in service."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.metrics import Metric
from evaluation.added import CLEAN, Layers
from evaluation.patches import SHEET, Patch, ask, photographed
from models.phantoms.camera import PLAIN
from models.phantoms.phantom import render
from models.phantoms.skin import streams
from models.scorer import HEIGHT, MAPPED, WIDTH, Scorer


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer(threads=1)


def patch(number: int, **signs: float) -> Patch:
    random = streams(5, number)
    return photographed(render(replace(CLEAN, **signs), random), PLAIN, random["camera"])


def test_what_lies_beside_a_patch_does_not_change_its_answer(scorer: Scorer) -> None:
    one = patch(0, pores=0.5)
    loud = [patch(number, lines=1.0, spots=1.0) for number in range(1, SHEET)]
    alone, beside = ask(scorer, [one]).amount[0], ask(scorer, [one, *loud]).amount[0]
    assert np.abs(alone - beside).max() < 0.02


def test_answers_come_in_the_order_of_the_patches_over_several_sheets(scorer: Scorer) -> None:
    few = [patch(number, spots=number % 2) for number in range(SHEET + 3)]
    said = ask(scorer, few)
    assert said.amount.shape == said.sigma.shape == (SHEET + 3, len(MAPPED))
    assert said.veil.shape == (SHEET + 3, 3)
    last = ask(scorer, few[-1:])
    assert np.abs(said.amount[-1] - last.amount[0]).max() < 0.02


def test_truth_is_nought_on_clean_skin_and_rises_with_its_sign() -> None:
    clean, some, many = (patch(2, spots=s).truth for s in (0.0, 0.5, 1.0))
    at = [m.value for m in MAPPED].index("spots")
    assert clean[at] < 0.02 < some[at] < many[at]
    assert np.abs(np.delete(many - clean, at)).max() < 0.1


def test_signs_laid_onto_a_face_leave_no_seam_between_their_tiles() -> None:
    """A seam in a gloss would be a line, and lines would be said to rise with shine."""
    gloss = Layers(35.0, 1).log_ratio(Metric.OILINESS, 1.0)[..., 1]
    assert gloss.shape == (HEIGHT, WIDTH)
    for side in (0, 1):
        along = gloss.mean(side)
        around = np.convolve(along, np.ones(33) / 33, "same")
        assert (along[40:-40] > 0.6 * around[40:-40]).all()
