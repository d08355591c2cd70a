"""The words of the statistics: by what people are grouped, over which times, what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from core.metrics import Metric

FLOOR = 10  # people: what rests on fewer is not shown
ROUNDED_TO = 5  # people and checks are counted in steps of
BINS = 20  # of equal width, over the range of what is measured
NOT_KNOWN = "not_known"


class Fact(StrEnum):
    """What people are grouped by. Sex is not among them: nobody is asked for it."""

    AGE_BAND = "age_band"
    DEVICE = "device"
    LIGHT = "light"
    MODEL_VERSION = "model_version"
    SKIN_TYPE = "skin_type"
    TONE_BAND = "tone_band"
    ZONE = "zone"  # the continent of the time zone that the person chose for reminders


AGE_BANDS = ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")
AGE_BANDS_FROM = (13, 18, 25, 35, 45, 55, 65)  # years
# By individual typology angle, the usual six (Chardon 1991; Del Bino & Bernerd 2013).
TONE_BANDS = ("very_light", "light", "intermediate", "tan", "brown", "dark")
TONE_BANDS_ABOVE = (55.0, 41.0, 28.0, 10.0, -30.0)  # degrees; dark is what is left


def tone_band(ita: float) -> str:
    """The band of an individual typology angle in degrees."""
    return next(
        (band for band, above in zip(TONE_BANDS, TONE_BANDS_ABOVE, strict=False) if ita > above),
        TONE_BANDS[-1],
    )


LIGHTS = ("good", "uneven", "dim")
UNEVEN_BELOW = 0.55  # core.examination.Quality.evenness
DIM_BELOW = -1.5  # stops, Quality.exposure
ZONES = ("Africa", "America", "Asia", "Australia", "Europe", "Pacific")


class Device(StrEnum):
    """What a photo was sent from, as its browser or program names itself."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    PROGRAM = "program"  # the API, from no browser that we know


class Period(StrEnum):
    WEEK = "week"  # from Monday
    BLOCK = "block"  # four weeks, counted from FIRST_MONDAY

    @property
    def length(self) -> timedelta:
        return timedelta(weeks=1 if self is Period.WEEK else 4)

    def containing(self, day: date) -> date:
        """The first day of the period that the day is in."""
        return FIRST_MONDAY + (day - FIRST_MONDAY) // self.length * self.length


FIRST_MONDAY = date(2024, 1, 1)


class Because(StrEnum):
    """Why a figure is not shown."""

    FEW = "few"  # fewer than FLOOR people
    COMPLEMENT = "complement"  # it would give away, by subtraction, one that is not shown


MOST_FACTS = 2  # of one figure


def shapes() -> tuple[str, ...]:
    """Every grouping that is released: facts in alphabetical order, joined by “+”."""
    return tuple(
        "+".join(facts) for n in range(MOST_FACTS + 1) for facts in combinations(sorted(Fact), n)
    )


@dataclass(frozen=True)
class Scale:
    """What a measure of the photos is counted in, and the range of its bins; outside is clipped."""

    low: float
    high: float
    unit: str


PERCENT = Scale(0, 100, "% of a person's checks")
POINTS = Scale(0, 100, "points")
REJECTED, REJECTED_FOR, ABSTAINED, SPREAD = "rejected", "rejected:", "abstained:", "spread:"

# Why a photo was not scored: words for the sentences that people are shown (pipeline.quality).
REASONS = (
    "too_small",
    "not_sharp",
    "too_dark",
    "too_bright",
    "uneven",
    "turned",
    "tilted",
    "covered",
    "drawn",
    "colourless",
    "coloured_light",
    "other",
)

# `released_quality.measure` → its scale.
MEASURES: dict[str, Scale] = {
    REJECTED: PERCENT,
    **{REJECTED_FOR + reason: PERCENT for reason in REASONS},
    **{ABSTAINED + metric: PERCENT for metric in Metric},  # of the scored checks, over the face
    # between the shots of one check: standard deviation, so what differs is not the skin
    **{SPREAD + metric: Scale(0, 20, "points") for metric in Metric},
    "checks": Scale(0, 20, "checks"),
    "face_width": Scale(0, 2000, "pixels"),
    "sharpness": Scale(0, 2, "as pipeline.quality has it"),
    "exposure": Scale(-4, 2, "stops"),
    "evenness": Scale(0, 1, "share"),
    "turned_by": Scale(0, 40, "degrees"),
    "skin_cover": Scale(0, 1, "share"),
    "scoring_seconds": Scale(0, 20, "seconds"),
    "waited_seconds": Scale(0, 120, "seconds"),
}
