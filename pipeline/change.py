"""Whether two scores differ by more than the noise between two photos of the same skin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.examination import Score
from pipeline.noise import Least


class Verdict(StrEnum):
    REAL = "real change"
    NOISE = "within noise"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True)
class Change:
    """From one check to a later one."""

    verdict: Verdict
    delta: float | None  # points; positive: the number rose. None: not comparable
    because: str  # a sentence for the person


def change(
    previous: Score,
    current: Score,
    least: Least | None,
    *,
    same_model: bool = True,
) -> Change:
    """The verdict on two scores of one metric.

    `least` is the smallest detectable change: two checks of unchanged skin differ by less in 95 %
    of cases (SDC95 = 1.96·√2·SEM; Weir 2005, J Strength Cond Res 19:231). None: never measured.
    """
    if previous.value is None or current.value is None:
        return Change(Verdict.NOT_COMPARABLE, None, "One of the two photos could not measure it.")
    if not same_model:
        return Change(
            Verdict.NOT_COMPARABLE, None, "The two checks were scored by different models."
        )
    if least is None:
        return Change(Verdict.NOT_COMPARABLE, None, "How much it varies by chance is not known.")
    delta = current.value - previous.value
    points = f"{least.points:.0f} points"
    photos = (
        "photos of unchanged skin"
        if least.own_photos is None
        else f"your own photos of one moment ({least.own_photos} of them)"
    )
    if abs(delta) >= least.points:
        return Change(Verdict.REAL, delta, f"More than the {points} by which {photos} differ.")
    return Change(
        Verdict.NOISE,
        delta,
        f"{photos[0].upper()}{photos[1:]} differ by up to {points} as well.",
    )
