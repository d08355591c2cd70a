"""The chosen photos as small pictures, each with what may be better about it and a way out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.analyses import MOST_SHOTS
from dashboard.widgets.photo_input import Chosen, remove
from dashboard.words import plain

WIDTH = 150  # pixels

WHY_SEVERAL = (
    "**One photo is enough; three tell more.** Take them one after another, face at rest, and move "
    "the phone a little in between. Their middle counts, and the likely range becomes narrower by "
    "what differs from shot to shot. What all of them share, as the light, no number of photos "
    "takes away."
)
TOO_MANY = "A check takes at most {most} photos. Remove {surplus}."


def chosen_photos(chosen: Sequence[Chosen]) -> bool:
    """Draw them; whether they can be sent."""
    with st.container(horizontal=True, key="chosen"):
        for number, photo in enumerate(chosen, 1):
            with st.container(width=WIDTH, gap="xsmall"):
                _photo(number, photo)
    surplus = len(chosen) - MOST_SHOTS
    if surplus > 0:
        st.error(TOO_MANY.format(most=MOST_SHOTS, surplus=surplus))
    return 0 < len(chosen) <= MOST_SHOTS and all(photo.refusal is None for photo in chosen)


def _photo(number: int, photo: Chosen) -> None:
    if photo.seen is not None:
        st.image(photo.seen.jpeg, width="stretch", alt=f"Photo {number}")
    st.markdown(f"**Photo {number}**")
    if photo.refusal is not None:
        st.error(plain(photo.refusal))
    for hint in photo.seen.hints if photo.seen is not None else ():
        st.caption(f":material/lightbulb: {hint}")
    st.button(
        "Remove",
        key=f"remove_{photo.file.file_id}",
        help=f"Remove photo {number}",
        type="tertiary",
        icon=":material/close:",
        on_click=remove,
        args=(photo.file,),
    )
