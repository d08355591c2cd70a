"""A map shows a metric where its number comes from, and nowhere else."""

from __future__ import annotations

import numpy as np

from core.examination import Score
from core.metrics import Metric, Region
from models.scorer import MAPPED
from pipeline.heat import measured_heat

MEASURED, NOT = Score(30, 20, 40), Score.abstain("Chin: a beard or stubble hides the skin.")
WARM = np.full((240, 192, 7), 0.5, np.float32)


def mask(top: int, bottom: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    rows = np.zeros((960, 768), bool)
    rows[top:bottom] = True
    return rows


MASKS = {Region.FOREHEAD: mask(100, 300), Region.CHIN: mask(700, 900)}


def test_a_metric_without_a_score_has_no_map() -> None:
    scores = dict.fromkeys(Metric, MEASURED) | {Metric.PORES: NOT}
    shown = measured_heat(WARM, mask(0, 960), MASKS, scores, dict.fromkeys(Region, scores))
    assert set(shown) == set(MAPPED) - {Metric.PORES}


def test_a_region_that_abstains_shows_nothing_of_that_metric_only() -> None:
    scores = dict.fromkeys(Metric, MEASURED)
    regions = {Region.FOREHEAD: scores, Region.CHIN: scores | {Metric.PORES: NOT}}
    shown = measured_heat(WARM, mask(50, 950), MASKS, scores, regions)
    assert shown[Metric.PORES][175:225].max() == 0
    assert shown[Metric.PORES][25:75].min() == 0.5
    assert shown[Metric.REDNESS][175:225].min() == 0.5
    assert shown[Metric.REDNESS][:12].max() == 0  # no skin
