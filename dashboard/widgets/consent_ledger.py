"""Consents, with their words and dates, to give and to withdraw."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.people import Identity, Purpose
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, told
from dashboard.words_of_scores import day_and_time
from data.database import transaction
from pipeline import consents
from pipeline.consents import WORDING, WORDING_VERSION, Consent

_TITLES = {
    Purpose.ANALYSIS: "Analysis of your photos",
    Purpose.DERMATOLOGIST: "Showing a question to a dermatologist",
    Purpose.STATISTICS: "Statistics of groups",
    Purpose.MODEL_IMPROVEMENT: "Improving the software",
    Purpose.HEALTH_ANSWERS: "Answers about your health, for advice",
    Purpose.SAFETY_ANSWERS: "Answers to the safety questions",
}
# What the product does today. A consent for something else is shown only if it was given.
_ASKED = (Purpose.ANALYSIS, Purpose.HEALTH_ANSWERS)


def consent_ledger(given: Mapping[Purpose, Consent | None]) -> None:
    """Every consent that the product asks for, or that was ever given."""
    for purpose, consent in given.items():
        if consent is not None or purpose in _ASKED:
            _entry(purpose, consent)
    st.caption(
        "Nothing else is done with your photos. Showing them to a dermatologist is asked for with "
        "your question; counting scores in statistics or improving the software with them would "
        "each be asked for here first."
    )


def _entry(purpose: Purpose, consent: Consent | None) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"**{_TITLES[purpose]}**")
            if consent is not None and consent.in_force:
                st.badge("given", color="green", icon=":material/check:")
            else:
                st.badge("withdrawn" if consent else "not given", color="gray")
        if consent is None or consent.wording == WORDING_VERSION:
            st.text(WORDING[purpose])
        else:
            st.text(f"Given in the words of version {consent.wording}. Today they are:")
            st.text(WORDING[purpose])
        if consent is not None:
            withdrawn = consent.withdrawn_at
            st.caption(
                f"Given {day_and_time(consent.given_at)}, wording {consent.wording}."
                + (f" Withdrawn {day_and_time(withdrawn)}." if withdrawn else "")
            )
        if consent is not None and consent.in_force:
            label, action = "Withdraw", _withdraw
        else:
            label, action = "I agree", _give
        st.button(label, key=f"consent_{purpose.value}", on_click=action, args=(purpose,))
        hear(f"consent_{purpose.value}")


@guarded()
def _give(who: Identity, purpose: Purpose) -> None:
    def give() -> None:
        with transaction() as session:
            consents.give(session, who.user_id, purpose)

    told(f"consent_{purpose.value}", give)


@guarded()
def _withdraw(who: Identity, purpose: Purpose) -> None:
    def withdraw() -> None:
        with transaction() as session:
            consents.withdraw(session, who.user_id, purpose)

    told(f"consent_{purpose.value}", withdraw)
