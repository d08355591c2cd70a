"""Several photos of one moment as one check: what they say together, and how sure they are.

The value is the median of the shots, so that one that went wrong hardly moves it. Of a shot's
error only a part (`shot_error` of the manifest: noise, focus, small turns of head and light) is
its own; the rest is the model's and the same in each, so the interval narrows, but never to
nothing. Shots that differ by more than their own part allows widen it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from core.examination import Examination, Score
from core.metrics import Metric, Region
from pipeline.noise import MEDIAN_VARIANCE
from pipeline.scoring import composite

Z90 = 1.645  # a normal distribution holds 90 % within this many standard deviations

_COMPOSITE = Metric.SKIN_SCORE
TOO_FEW = "Fewer than half of the photos could measure it. "


class Calibration(Protocol):
    """What combining needs of the model's manifest."""

    @property
    def shot_error(self) -> Mapping[Metric, float]: ...


def combine(seen: Sequence[Examination], calibration: Calibration) -> tuple[Examination, int]:
    """What the photos of a check say together, and the index of the one that stands for it.

    Crop, maps, counts and quality are those of the best photo; a single photo stays as it is.
    """
    best = best_of(seen)
    if len(seen) == 1:
        return seen[0], best
    shares = dict(calibration.shot_error)
    if Metric.FINE_LINES in shares:  # the same measurement turned round
        shares.setdefault(Metric.ELASTICITY, shares[Metric.FINE_LINES])

    def together(metric: Metric, region: Region | None) -> Score:
        of_each = [
            one.scores[metric] if region is None else one.regions[region][metric] for one in seen
        ]
        score = combine_scores(of_each, shares.get(metric, 0.0))
        if region is None and score.abstained_because:  # said once for the face, not in each region
            return Score.abstain(TOO_FEW + score.abstained_because)
        return score

    scores = {metric: together(metric, None) for metric in Metric if metric is not _COMPOSITE}
    scores[_COMPOSITE] = composite(scores)
    regions = {
        region: {metric: together(metric, region) for metric in metrics}
        for region, metrics in seen[best].regions.items()
    }
    tones = [one.ita for one in seen if one.ita is not None]
    spent = Counter[str]()
    for one in seen:
        spent.update(one.ms)
    combined = replace(
        seen[best],
        scores=scores,
        regions=regions,
        ita=float(np.median(tones)) if tones else None,
        ms=dict(spent),
    )
    return combined, best


def combine_scores(scores: Sequence[Score], share: float) -> Score:
    """One metric by several shots; `share` (0–1) of an error's variance is the shot's own.

    Abstains, in the words of most, when fewer than half of the shots measured it.
    """
    if len(scores) == 1:
        return scores[0]
    measured = [s for s in scores if s.value is not None]
    if 2 * len(measured) < len(scores):
        reasons = Counter(s.abstained_because for s in scores if s.abstained_because)
        return Score.abstain(str(reasons.most_common(1)[0][0]))
    if len(measured) == 1:
        return measured[0]
    values = np.array([s.value for s in measured])
    # near 0 and 100 an interval is cut off: its longer side says how wide it is
    halves = [max(s.high - s.value, s.value - s.low) for s in measured]  # type: ignore[operator]
    variance = float(np.median(halves) / Z90) ** 2
    own = max(share * variance, float(values.var(ddof=1)))
    combined = (1 - share) * variance + own * MEDIAN_VARIANCE[len(measured)]
    half = Z90 * float(np.sqrt(combined))
    value = float(np.median(values))
    return Score(value, max(0.0, value - half), min(100.0, value + half))


def best_of(seen: Sequence[Examination]) -> int:
    """The photo in which most metrics were measured; among equals the sharpest, then the first."""

    def goodness(index: int) -> tuple[int, float]:
        one = seen[index]
        measured = sum(score.value is not None for score in one.scores.values())
        return measured, one.quality.sharpness

    return max(range(len(seen)), key=goodness)
