"""Taking out of a result what a raised flag says must not be scored. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from core.examination import Examination, Score
from core.metrics import Metric

WITHHELD = (
    "Not scored, because of what you told us in the safety questions: no photo can say whether "
    "that is harmless. It is scored again once somebody qualified has seen it."
)


def withhold(examination: Examination, metrics: Collection[Metric]) -> Examination:
    """The examination with these metrics abstaining, their maps, marks and counts gone.

    The skin score is made anew from what is left.
    """
    if not metrics:
        return examination
    from pipeline.scoring import composite  # workers have what it needs, those who ask do not

    scores = _without(examination.scores, metrics)
    scores[Metric.SKIN_SCORE] = composite(scores)
    maps = replace(
        examination.maps,
        heat={m: heat for m, heat in examination.maps.heat.items() if m not in metrics},
        marks={m: marks for m, marks in examination.maps.marks.items() if m not in metrics},
    )
    return replace(
        examination,
        scores=scores,
        regions={region: _without(of, metrics) for region, of in examination.regions.items()},
        counts={m: count for m, count in examination.counts.items() if m not in metrics},
        maps=maps,
    )


def _without(scores: Mapping[Metric, Score], metrics: Collection[Metric]) -> dict[Metric, Score]:
    return {m: Score.abstain(WITHHELD) if m in metrics else score for m, score in scores.items()}
