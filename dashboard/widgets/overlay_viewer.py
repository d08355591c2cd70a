"""The photo of a result, with the places that made each score, and that score by region."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import NotFound
from core.examination import Maps
from core.metrics import FACTS, Evidence, Metric
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.preferences import Preferences
from dashboard.widgets.score_rows import region_list
from dashboard.words import plain
from dashboard.words_of_scores import NOT_MEASURABLE, direction, likely, points
from data.analyses import Analysis
from data.database import read
from pipeline import overlay, results

_WHOLE = "photo"
_NAMES = {_WHOLE: "Whole photo"} | {metric.value: FACTS[metric].name for metric in Metric}


@st.fragment
@guarded(Role.USER)
def explore(who: Identity, analysis: Analysis, preferences: Preferences) -> None:
    """Pick a metric; see where it was seen and how it differs between regions."""
    metrics = [m for m in preferences.in_order(Metric) if m is not Metric.SKIN_SCORE]
    first = _first_view(metrics, analysis, preferences)
    views = [metric.value for metric in metrics]
    chosen = st.pills(
        "Where each score comes from",
        [*views, _WHOLE] if analysis.photo_id else views,
        default=first.value,
        required=True,
        format_func=_NAMES.__getitem__,
        key=f"view_{analysis.analysis_id}",
    )
    if chosen == _WHOLE:
        _whole_photo(who, analysis)
        return
    metric = Metric(chosen)
    if not analysis.has_maps:
        _numbers(analysis, metric)
        return
    picture, numbers = st.columns([6, 5], gap="medium")
    with picture:
        _map(who, analysis, metric, preferences)
    with numbers:
        _numbers(analysis, metric)


def _first_view(metrics: Sequence[Metric], analysis: Analysis, preferences: Preferences) -> Metric:
    """What the person watches; otherwise what can claim most: mapped, and measured here."""
    measured = [m for m in metrics if analysis.scores[m].value is not None]
    watched = [m for m in measured if m in preferences.watched]
    mapped = [m for m in measured if FACTS[m].evidence in (Evidence.COUNTED, Evidence.MAPPED)]
    return next(iter([*watched, *mapped, *measured, *metrics]))


def _map(who: Identity, analysis: Analysis, metric: Metric, preferences: Preferences) -> None:
    try:
        with read() as session:
            packed = results.maps(session, who.user_id, analysis.analysis_id)
    except NotFound:
        packed = None
    if packed is None:
        st.info("The picture of this check is gone.")
        return
    place = st.empty()
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    strength = left.slider(
        "Strength of the overlay", 0, 100, 60, step=5, format="%d %%", key="overlay_strength"
    )
    outlines = right.toggle("Outlines", value=preferences.outlines, key="overlay_outlines")
    maps = overlay.unpack_maps(packed)
    caption = _caption(analysis, maps, metric)
    place.image(
        overlay.render(maps, metric, opacity=strength / 100, outlines=outlines),
        width="stretch",
        alt=f"Your face, upright and level. {caption}",
    )
    st.caption(caption)


def _caption(analysis: Analysis, maps: Maps, metric: Metric) -> str:
    if analysis.scores[metric].value is None:
        return f"Nothing is marked: {FACTS[metric].name.lower()} could not be measured here."
    if metric is Metric.ELASTICITY:
        return "Elasticity is 100 less the fine lines: the colour shows where lines were seen."
    if metric not in maps.heat:
        return "This score has no map of its own."
    if metric is Metric.HYDRATION:
        return "The colour shows where dryness signs were seen: more colour, a lower score."
    return f"The colour shows where {_SEEN[metric]} seen: the stronger, the more."


_SEEN = {
    Metric.OILINESS: "shine was",
    Metric.PORES: "pores were",
    Metric.REDNESS: "redness was",
    Metric.SPOTS: "spots were",
    Metric.BLEMISHES: "blemishes were",
    Metric.FINE_LINES: "fine lines were",
}


def _numbers(analysis: Analysis, metric: Metric) -> None:
    score, facts = analysis.scores[metric], FACTS[metric]
    with st.container(gap="xsmall"):
        if score.value is None:
            st.subheader(facts.name, anchor=False)
            st.markdown(f"{NOT_MEASURABLE} in this photo: {plain(score.abstained_because or '')}")
        else:
            st.subheader(f"{facts.name} {points(score)}", anchor=False)
            st.markdown(f"{likely(score).capitalize()} · {direction(metric)}")
        st.caption(f"{facts.is_} {facts.is_not}")
    region_list(analysis.regions, metric)


def _whole_photo(who: Identity, analysis: Analysis) -> None:
    try:
        with read() as session:
            photo = results.photo(session, who.user_id, analysis.analysis_id)
    except NotFound:
        st.info("The photo of this check is gone.")
        return
    st.image(photo, width=560, alt="The photo as you sent it, without its metadata.")
    st.caption("As you sent it; place and camera data were removed before it was stored.")
