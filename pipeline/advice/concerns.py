"""What in the scores is something to act on: never a value, always a whole interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.examination import Score
from core.metrics import FACTS, REGION_NAMES, Direction, Metric, Region
from pipeline.advice.schema import ConcernLimit

_PLACES_NAMED = 3
UNDER_THE_EYES = frozenset({Region.LEFT_UNDER_EYE, Region.RIGHT_UNDER_EYE})


@dataclass(frozen=True, slots=True)
class Place:
    region: Region | None  # None: the face as a whole
    reason: str
    excess: float  # points between the limit and the nearer end of the interval


@dataclass(frozen=True, slots=True)
class Concern:
    metric: Metric
    words: str
    places: tuple[Place, ...]  # the clearest first

    @property
    def excess(self) -> float:
        return self.places[0].excess

    def reasons(self, *, near_eyes: bool = True) -> tuple[str, ...]:
        """As in “pores on nose 62 (54–70)”; the clearest places."""
        return tuple(p.reason for p in self.at(near_eyes=near_eyes))[:_PLACES_NAMED]

    def at(self, *, near_eyes: bool) -> tuple[Place, ...]:
        """Its places, without those under the eyes where these must be left out.

        The face as a whole stands only for places that are left in.
        """
        if near_eyes:
            return self.places
        here = tuple(p for p in self.places if p.region not in UNDER_THE_EYES)
        only_face = all(p.region is None for p in here)
        return () if only_face and len(here) < len(self.places) else here


def counted(
    face: Mapping[Metric, Score],
    regions: Mapping[Region, Mapping[Metric, Score]],
    limits: Mapping[Metric, ConcernLimit],
) -> tuple[Concern, ...]:
    """The concerns, the clearest first. An abstention is no concern; neither is a near miss."""
    found = []
    for metric, limit in limits.items():
        places = [_place(None, face.get(metric), limit)]
        places += [_place(r, regions[r].get(metric), limit) for r in Region if r in regions]
        beyond = [place for place in places if place is not None]
        if beyond:
            beyond.sort(key=lambda place: -place.excess)  # stable: equal ones keep their order
            found.append(Concern(metric, limit.words, tuple(beyond)))
    return tuple(sorted(found, key=lambda concern: -concern.excess))


def _place(region: Region | None, score: Score | None, limit: ConcernLimit) -> Place | None:
    if score is None or score.value is None or score.low is None or score.high is None:
        return None
    if FACTS[limit.metric].direction is Direction.HIGHER_IS_BETTER:
        excess = limit.beyond - score.high
    else:
        excess = score.low - limit.beyond
    if excess <= 0:
        return None
    reason = f"{limit.words} {_WHERE[region]} {score.value:.0f} ({score.low:.0f}–{score.high:.0f})"
    return Place(region, reason, excess)


def _where(region: Region | None) -> str:
    if region is None:
        return "of the whole face"
    name = REGION_NAMES[region].lower()
    return name if region in UNDER_THE_EYES else f"on {name}"


_WHERE = {region: _where(region) for region in (None, *Region)}
