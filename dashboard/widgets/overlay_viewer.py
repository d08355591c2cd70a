"""The picture of a result with what was seen on it, alone or beside an earlier check's."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from core.analyses import Status
from core.errors import NotFound
from core.metrics import FACTS, Evidence, Metric
from core.people import Identity, Role
from dashboard import address
from dashboard.identity import guarded
from dashboard.preferences import Preferences
from dashboard.widgets.face_viewer import face_viewer
from dashboard.widgets.score_rows import STYLE
from dashboard.widgets.viewer_data import NO_PICTURE, Seen, numbers, viewer_data
from dashboard.words_of_scores import names_of
from data.analyses import Analysis
from data.database import read
from pipeline import repeatability, results
from pipeline.pictures import open_picture
from pipeline.trends import changes

_ALONE = UUID(int=0)  # no check's id


@st.fragment
@guarded(Role.USER)
def explore(
    who: Identity, analysis: Analysis, preferences: Preferences, newest: Sequence[Analysis]
) -> None:
    """Pick a metric; see where it was seen, how it differs between regions and since earlier.

    `newest` are checks of the person among which earlier ones are looked for.
    """
    metrics = [m for m in preferences.in_order(Metric) if m is not Metric.SKIN_SCORE]
    first = _first_view(metrics, analysis, preferences)
    now = _seen(who, analysis)
    if now is None:
        _without_picture(analysis, metrics, first)
        return
    earlier = None
    before = _choose(analysis, newest)
    with read() as session:
        noise = repeatability.of_person(session, who.user_id)
    if before is not None:
        earlier = _seen(who, before)
        if earlier is None:
            st.info("The picture of that check is gone.")
        elif before.model_version != analysis.model_version:
            st.info(
                "The two checks were scored by different models. The photos compare; "
                "the scores and marks do not."
            )
    face_viewer(
        viewer_data(
            now,
            earlier,
            metrics,
            first=first,
            outlines=preferences.outlines,
            changes=changes(before, analysis, noise) if earlier else {},
        ),
        key=f"face_{analysis.analysis_id}",
    )


def _seen(who: Identity, analysis: Analysis) -> Seen | None:
    """The check with its picture; None when it has none, or not any more."""
    try:
        with read() as session:
            packed = results.maps(session, who.user_id, analysis.analysis_id)
    except NotFound:
        packed = None
    return None if packed is None else Seen(analysis, open_picture(packed))


def _choose(analysis: Analysis, newest: Sequence[Analysis]) -> Analysis | None:
    """Ask which earlier check to compare with; nothing where there is none with a picture."""
    before = {
        other.analysis_id: other
        for other in newest
        if (other.created_at, other.analysis_id) < (analysis.created_at, analysis.analysis_id)
        and other.status is Status.SCORED
        and other.has_maps
    }
    if not before:
        return None
    names = {_ALONE: "No comparison"}
    names |= names_of({check: other.created_at for check, other in before.items()})
    asked = address.against_in_address()
    chosen = st.selectbox(
        "Compare with an earlier check",
        list(names),
        index=list(names).index(asked) if asked in names else 0,
        format_func=names.__getitem__,
        width=300,
        key=f"compared_{analysis.analysis_id}",
    )
    return before.get(chosen)


def _without_picture(analysis: Analysis, metrics: Sequence[Metric], first: Metric) -> None:
    if analysis.has_maps:
        st.info("The picture of this check is gone.")
    chosen = st.pills(
        "Each score by region",
        metrics,
        default=first,
        required=True,
        format_func=lambda metric: FACTS[metric].name,
        key=f"view_{analysis.analysis_id}",
    )
    st.html(STYLE + numbers(Seen(analysis, NO_PICTURE), chosen))


def _first_view(metrics: Sequence[Metric], analysis: Analysis, preferences: Preferences) -> Metric:
    """What the person watches; otherwise what can claim most: seen in places, measured here."""
    measured = [m for m in metrics if analysis.scores[m].value is not None]
    watched = [m for m in measured if m in preferences.watched]
    placed = [m for m in measured if FACTS[m].evidence in (Evidence.COUNTED, Evidence.MAPPED)]
    return next(iter([*watched, *placed, *measured, *metrics]))
