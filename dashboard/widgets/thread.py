"""The thread of a question, for either side: messages with pictures, and writing one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from core.consultations import Author, Message
from core.errors import SkincareError
from dashboard.widgets.notice import hear, tell
from dashboard.widgets.photo_input import KINDS
from dashboard.words import plain
from dashboard.words_of_consultations import KINDS as MESSAGE_KINDS
from dashboard.words_of_scores import day_and_time

# The bytes of an attachment for a page; None where it may not be shown (any more).
Picture = Callable[[UUID], bytes | None]


def thread(messages: Sequence[Message], picture: Picture, *, me: Author) -> None:
    """What was written, oldest first. People's words are shown letter for letter."""
    for message in messages:
        with st.container(border=True):
            st.markdown(f"**{_who(message, me)}** :gray[· {day_and_time(message.sent_at)}]")
            st.text(message.text)
            if message.attachments:
                with st.container(horizontal=True):
                    for photo_id in message.attachments:
                        jpeg = picture(photo_id)
                        if jpeg is None:
                            st.caption("This picture is hidden.")
                        else:
                            st.image(jpeg, width=240, alt="A picture sent with this message")


def _who(message: Message, me: Author) -> str:
    if message.author is me and me is Author.PERSON:
        return "You"
    if message.author is Author.PERSON:
        return "The person"
    name = plain(message.author_name or "A dermatologist")
    kind = MESSAGE_KINDS[message.kind]
    return f"{name}, {kind}" if kind else name


def writing(
    place: str, send: Callable[[str, list[bytes]], Any], *, label: str, pictures: bool
) -> None:
    """A field for a message and a button. `send` opens its own transaction."""
    turn = st.session_state.setdefault(f"{place}_turn", 0)
    text = st.text_area(label, max_chars=4000, key=f"{place}_text_{turn}")
    files = []
    if pictures:
        files = st.file_uploader(
            "Pictures, four at most",
            type=KINDS,
            accept_multiple_files=True,
            key=f"{place}_files_{turn}",
        )
    if st.button("Send", type="primary", icon=":material/send:", key=f"{place}_send"):
        try:
            with st.spinner("Sending …"):
                send(text, [file.getvalue() for file in files])
        except SkincareError as error:
            st.error(plain(str(error)))
            return
        st.session_state[f"{place}_turn"] = turn + 1  # empty fields, and the files let go
        tell(place, "Sent.")
        st.rerun()
    hear(place)
