"""What a person prefers, out of the JSON that is kept. What makes no sense there is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.metrics import Metric

_WATCHED, _OUTLINES = "watched_metrics", "region_outlines"
WATCHABLE = tuple(metric for metric in Metric if metric is not Metric.SKIN_SCORE)


@dataclass(frozen=True)
class Preferences:
    watched: tuple[Metric, ...] = ()  # shown first
    outlines: bool = True  # of the regions, on the photo of a result

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Preferences:
        named = kept.get(_WATCHED)
        known = {metric.value: metric for metric in WATCHABLE}
        watched = (
            [known[n] for n in named if isinstance(n, str) and n in known]
            if isinstance(named, list)
            else []
        )
        outlines = kept.get(_OUTLINES)
        return cls(tuple(dict.fromkeys(watched)), outlines if isinstance(outlines, bool) else True)

    def into(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """`kept` with these in it; what others have put there stays."""
        watched = [metric.value for metric in self.watched]
        return {**kept, _WATCHED: watched, _OUTLINES: self.outlines}

    def in_order(self, metrics: Iterable[Metric]) -> list[Metric]:
        """`metrics` with the watched ones first."""
        return sorted(metrics, key=lambda m: m not in self.watched)
