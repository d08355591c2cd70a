"""What is kept of a person, and for how long."""

from __future__ import annotations

import streamlit as st

from pipeline import retention


def retention_list() -> None:
    """Folded up: it is long, and the same for everybody."""
    with st.expander("What is kept, and for how long", icon=":material/schedule:"):
        st.markdown(
            "\n".join(
                f"- **{kept.what}**, {kept.purpose}. {kept.until}" for kept in retention.of_person()
            )
        )
