"""Scores and changes as a person reads them: whole points, likely ranges, plain directions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.examination import Score
from core.metrics import FACTS, Direction, Metric
from pipeline.noise import Least

NOT_MEASURABLE = "Not measurable"
Key = TypeVar("Key")


def points(score: Score) -> str:
    """Whole points, or a dash where nothing was measured."""
    return "–" if score.value is None else f"{score.value:.0f}"


def likely(score: Score) -> str:
    """The interval that holds the value in nine of ten cases, as in “likely 54–70”."""
    if score.low is None or score.high is None:
        return NOT_MEASURABLE.lower()
    return f"likely {score.low:.0f}–{score.high:.0f}"


def direction(metric: Metric) -> str:
    if FACTS[metric].direction is Direction.HIGHER_IS_BETTER:
        return "higher is better"
    return "less is better"


def local(moment: datetime) -> datetime:
    """The moment on the clock of the person's browser."""
    return moment.astimezone(_zone())


def midnight(there: date) -> datetime:
    """The start of a day where the person is."""
    return datetime.combine(there, time(), _zone())


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def day(moment: datetime) -> str:
    """As in “Sunday, 22 November 2026”."""
    there = local(moment)
    return f"{there:%A}, {there.day} {there:%B %Y}"


def short_day(moment: datetime) -> str:
    """As in “22 Nov 2026”."""
    there = local(moment)
    return f"{there.day} {there:%b %Y}"


def day_and_time(moment: datetime) -> str:
    """As in “22 Nov 2026, 07:30”."""
    return f"{short_day(moment)}, {local(moment):%H:%M}"


def names_of(moments: Mapping[Key, datetime]) -> dict[Key, str]:
    """Day and time of each, told apart: a selectbox of Streamlit tells its options by their names.

    Those of one minute are numbered in their order.
    """
    names: dict[Key, str] = {}
    for key, moment in moments.items():
        name = day_and_time(moment)
        same = sum(other.partition(" · ")[0] == name for other in names.values())
        names[key] = f"{name} · {same + 1}" if same else name
    return names


def whose_noise(least: Least) -> str:
    """Where the smallest detectable change comes from."""
    if least.own_photos is None:
        return "It was measured on other people's photos; three photos in one check give your own."
    return f"It is your own, from {least.own_photos} photos of the same moments."
