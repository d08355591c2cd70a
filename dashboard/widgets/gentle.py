"""Scores without numbers, and the switch for it: wellbeing mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

import streamlit as st

from core.examination import Score
from core.metrics import FACTS, Direction, Metric
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words_of_scores import day, short_day
from data.database import transaction
from pipeline import wellbeing
from pipeline.change import Change, Verdict
from pipeline.trends import Point
from pipeline.wellbeing import MANY_IN_A_DAY, REQUIRED, SUGGESTED, Wellbeing

_PLACE = "wellbeing"
_STYLE = """
<style>
.gentle { display: grid; grid-template-columns: minmax(7rem, 12rem) 1fr; gap: 0.55rem 1.2rem;
  margin: 0; }
.gentle dt { font-weight: 600; } .gentle dd { margin: 0; opacity: 0.9; }
</style>
"""
# From few signs to many, for a score that is turned so that less is better.
_WORDS = ((35.0, "little to see"), (65.0, "some to see"), (101.0, "more to see"))


def gentle_scores(scores: Mapping[Metric, Score], found: Mapping[Metric, Change]) -> None:
    """Every metric in words: what there is to see, and whether that has really changed."""
    rows = [
        f"<dt>{FACTS[metric].name}</dt><dd>{escape(_words(metric, score, found.get(metric)))}</dd>"
        for metric, score in scores.items()
        if metric not in (Metric.SKIN_SCORE, Metric.ELASTICITY)
    ]
    st.html(f'{_STYLE}<dl class="gentle">{"".join(rows)}</dl>')


def gentle_courses(courses: Mapping[Metric, Sequence[Point]]) -> None:
    """Every metric over a period, in words."""
    rows = [
        f"<dt>{FACTS[metric].name}</dt><dd>{_course(course)}</dd>"
        for metric, course in courses.items()
        if metric not in (Metric.SKIN_SCORE, Metric.ELASTICITY)
    ]
    st.html(f'{_STYLE}<dl class="gentle">{"".join(rows)}</dl>')


def next_check(mode: Wellbeing) -> None:
    """A check a week: the way to it when it is due, and when that is."""
    if mode.next_check_at is None or mode.is_due(datetime.now(UTC)):
        if st.button("New check", type="primary"):
            st.switch_page("pages/new_check.py")
    else:
        st.markdown(
            f"Your next check is worth making on **{day(mode.next_check_at)}**. Until then there "
            "is nothing to measure: skin changes over weeks."
        )


def wellbeing_hint(mode: Wellbeing) -> None:
    """That numbers are left out and why; or the suggestion to leave them out."""
    hear(_PLACE)
    if mode.is_on:
        why = f"{REQUIRED} " if mode.is_required else "Wellbeing mode is on: words, no numbers. "
        where = "" if mode.is_required else "You can switch it off in your profile."
        st.caption(f":material/spa: {why}{where}")
    elif mode.is_suggested:
        with st.container(border=True):
            st.markdown(f":material/spa: {SUGGESTED}")
            with st.container(horizontal=True):
                st.button("Try wellbeing mode", on_click=_choose, args=(True,), key="gentle_on")
                st.button("No, thank you", on_click=_choose, args=(False,), key="gentle_off")


def wellbeing_toggle(mode: Wellbeing) -> None:
    """The switch, in the profile."""
    st.session_state["wellbeing"] = mode.is_on
    st.toggle(
        "Wellbeing mode",
        key="wellbeing",
        on_change=_toggled,
        disabled=mode.is_required,
        help="Words in the place of numbers, a check a week, no counting of days.",
    )
    st.caption(
        REQUIRED
        if mode.is_required
        else "Words in the place of numbers, a check a week, no counting of days. It is suggested "
        f"to who makes {MANY_IN_A_DAY} checks a day or more."
    )
    hear(_PLACE)


@guarded(Role.USER)
def _toggled(who: Identity) -> None:
    _set(who, on=bool(st.session_state.get("wellbeing")))


@guarded(Role.USER)
def _choose(who: Identity, on: bool) -> None:
    _set(who, on=on)


def _set(who: Identity, *, on: bool) -> None:
    def choose() -> None:
        with transaction() as session:
            wellbeing.choose(session, who, on=on)

    if told(_PLACE, choose):
        tell(_PLACE, "Wellbeing mode is on." if on else "Numbers are shown.")


def _words(metric: Metric, score: Score, change: Change | None) -> str:
    if score.value is None:
        return score.abstained_because or "not measurable in this photo"
    up = FACTS[metric].direction is Direction.HIGHER_IS_BETTER
    signs = 100 - score.value if up else score.value
    said = next(words for limit, words in _WORDS if signs < limit)
    if change is None or change.verdict is Verdict.NOT_COMPARABLE:
        return said
    return f"{said}; {_change(change, up=up)}"


def _change(change: Change, *, up: bool) -> str:
    if change.verdict is not Verdict.REAL or change.delta is None:
        return "no real change"
    return (
        "a little calmer than before" if (change.delta > 0) == up else "a little more than before"
    )


def _course(course: Sequence[Point]) -> str:
    real = [p for p in course if p.change is not None and p.change.verdict is Verdict.REAL]
    if not real:
        return "no real change in this period"
    return f"changed around {short_day(real[-1].at)}; steady otherwise"
