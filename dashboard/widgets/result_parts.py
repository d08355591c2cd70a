"""The parts of the Result page around the picture."""

from __future__ import annotations

import streamlit as st

from core.metrics import SKIN_SCORE_LEAST_WEIGHT, Metric
from dashboard import address
from dashboard.preferences import Preferences
from dashboard.widgets.quality_words import quality_words
from dashboard.widgets.score_rows import pairs, region_table, score_list, weights
from dashboard.words import plain
from dashboard.words_of_scores import direction, likely, points
from data.analyses import Analysis

MADE_UP = "Simulated check: no photo"


def headline(analysis: Analysis) -> None:
    """The composite, with its interval and direction, and the photo in a few words.

    A simulated check says that first.
    """
    score = analysis.scores[Metric.SKIN_SCORE]
    if analysis.is_demonstration:
        st.badge(MADE_UP, icon=":material/science:", color="orange")
    with st.container(border=True):
        left, right = st.columns([5, 6], gap="medium")
        with left, st.container(gap="xsmall"):
            st.metric(
                "Skin score",
                points(score),
                likely(score),
                delta_color="off",
                delta_arrow="off",
            )
            if score.abstained_because:
                st.text(score.abstained_because)
            else:
                st.caption(
                    f"Of 100; {direction(Metric.SKIN_SCORE)}. A weighted mean of the scores "
                    "below: cosmetic guidance, not a grade of health."
                )
        if analysis.quality is not None:
            with right:
                several = len(analysis.shots) > 1
                pairs(
                    "The best photo" if several else "This photo", quality_words(analysis.quality)
                )


def all_scores(analysis: Analysis, preferences: Preferences) -> None:
    st.subheader("All scores", anchor=False)
    st.caption(
        "The mark is the score, the bar the range that holds it in nine of ten cases. "
        "Open a row to read what its number is and is not."
    )
    score_list(analysis.scores, [m for m in preferences.in_order(Metric) if m in analysis.scores])


def about_the_scores(analysis: Analysis, preferences: Preferences) -> None:
    with st.expander("Every score in every region"):
        region_table(analysis.regions, preferences.in_order(Metric))
    with st.expander("How the skin score is made"):
        st.markdown(
            "The mean of these scores with these weights. Scores of which less is better are "
            "turned round first. The weights are our judgement, not a finding. When less than "
            f"{SKIN_SCORE_LEAST_WEIGHT:.0%} of the weight can be measured, there is no skin score."
        )
        weights()


def about_the_model(analysis: Analysis) -> None:
    with st.expander("The model, and the tone of this photo"):
        st.markdown(f"**Model:** {plain(analysis.model_version or 'not named')}")
        if analysis.is_demonstration:
            st.markdown("These figures were simulated for the demonstration; nobody was scored.")
            return
        st.markdown(
            "Scores of different models do not compare. The model was trained on simulated "
            "skin; it is for following one person over time, not for comparing people."
        )
        if analysis.ita is not None:
            st.markdown(
                f"**Skin tone reading:** {analysis.ita:.0f}° (individual typology angle): how "
                "light the skin looks in this photo. It is no score, and light changes it."
            )


def what_next(analysis: Analysis) -> None:
    """From the numbers to what can be done: advice, and a person to ask."""
    check = address.of(analysis.analysis_id)
    with st.container(horizontal=True):
        if st.button("What to do: your advice", type="primary", icon=":material/spa:"):
            st.switch_page("pages/advice.py", query_params=check)
        if st.button("Ask a dermatologist about it", icon=":material/forum:"):
            st.switch_page("pages/ask.py", query_params=check)
