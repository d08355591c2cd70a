"""The three photos of a question: each with what could be better, or why it is missing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.consultations import View
from core.errors import UnreadablePhoto
from dashboard.widgets.photo_input import KINDS
from dashboard.words import plain
from dashboard.words_of_consultations import VIEWS
from pipeline.consultations.photos import Look, look_at

_TURN = "ask_turn"
_OWN_WORDS = "Another reason …"
REASONS = (
    "I cannot take it alone",
    "It cannot be seen from there",
    "My camera does not focus on it",
    "I do not want to show it",
    _OWN_WORDS,
)
GOOD = "Readable, sharp, bright and large enough."


@dataclass(frozen=True)
class Entered:
    """What was entered for one view."""

    content: bytes | None = None
    of_check: bool = False  # the photo of the check that the question is about
    missing_reason: str | None = None
    refusal: str | None = None  # the file cannot be opened


def view_inputs(*, has_check: bool) -> dict[View, Entered]:
    """Draw the three; each is a photo that can be sent, a reason, or nothing yet."""
    return {view: _one(view, has_check=has_check and view is View.OVERVIEW) for view in View}


def turn() -> str:
    """Names the widgets of one question; another one after it was sent."""
    return str(st.session_state.setdefault(_TURN, uuid.uuid4().hex))


def begin_anew() -> None:
    """Forget what was entered, files included."""
    old = turn()
    for key in [key for key in st.session_state if str(key).endswith(old)]:
        del st.session_state[key]
    st.session_state[_TURN] = uuid.uuid4().hex


def _one(view: View, *, has_check: bool) -> Entered:
    name, how = VIEWS[view]
    with st.container(border=True, key=f"view_{view.value}"):
        st.markdown(f"**{name}**")
        st.caption(how)
        if has_check and st.checkbox(
            "Use the photo of this check", value=True, key=f"of_check_{turn()}"
        ):
            return Entered(of_check=True)
        file = st.file_uploader(f"{name} photo", type=KINDS, key=f"photo_{view.value}_{turn()}")
        if file is None:
            return Entered(missing_reason=_reason(view, name))
        found = _looked_at(file)
        if isinstance(found, str):
            st.error(plain(found))
            return Entered(refusal=found)
        left, right = st.columns([1, 2], vertical_alignment="center")
        left.image(found.jpeg, width="stretch", alt=f"The {name.lower()} photo that you chose")
        with right:
            for problem, help_ in zip(found.problems, found.what_helps, strict=True):
                st.warning(f"{problem} {help_}", icon=":material/lightbulb:")
            if found.problems:
                st.caption("You can send it as it is: the dermatologist is told.")
            else:
                st.success(GOOD, icon=":material/check:")
        return Entered(content=file.getvalue())


def _reason(view: View, name: str) -> str | None:
    chosen = st.selectbox(
        f"No {name.lower()} photo? Say why",
        REASONS,
        index=None,
        placeholder="Choose a reason",
        key=f"reason_{view.value}_{turn()}",
    )
    if chosen != _OWN_WORDS:
        return f"{chosen}." if chosen else None
    return st.text_input(
        f"Why is there no {name.lower()} photo?",
        max_chars=300,
        key=f"own_reason_{view.value}_{turn()}",
    )


def _looked_at(file: Any) -> Look | str:
    """Opened once, however often the page runs; the photo's bytes stay in the widget."""
    seen: dict[str, Look | str] = st.session_state.setdefault(f"looks_{turn()}", {})
    if file.file_id not in seen:
        with st.spinner("Looking at your photo …"):
            try:
                seen[file.file_id] = look_at(file.getvalue())
            except UnreadablePhoto as error:
                seen[file.file_id] = str(error)
    return seen[file.file_id]
