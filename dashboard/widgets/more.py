"""The page "More" of a phone: the sections for which the bar at the bottom has no room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import identity


def show(sections: Mapping[str, Sequence[st.Page]]) -> None:
    """Each section of the navigation with links to its pages."""
    identity.identity()
    st.title("More", anchor=False)
    for name, pages in sections.items():
        st.subheader(name, anchor=False)
        for page in pages:
            st.page_link(page, width="stretch")
