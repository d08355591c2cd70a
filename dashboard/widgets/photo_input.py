"""A photo from a file or from the camera; empty again once it was sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

KINDS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]
_FILE, _CAMERA = "Upload a photo", "Use the camera"
_TURN = "photo_input_turn"


def photo_input() -> Any:
    """Draw it; the chosen file, or None. Its bytes stay in the widget, nowhere else."""
    way = st.segmented_control(
        "Where the photo comes from",
        [_FILE, _CAMERA],
        default=_FILE,
        required=True,
        key="photo_from",
        label_visibility="collapsed",
    )
    if way == _CAMERA:
        return st.camera_input("Photo of your face", key=f"camera_{_turn()}")
    return st.file_uploader(
        "Photo of your face: JPEG, PNG, WebP or HEIC", type=KINDS, key=f"file_{_turn()}"
    )


def empty(photo: Any) -> None:
    """Let go of a photo that was sent, and show an input without one from the next run on.

    Streamlit would keep its bytes in memory for as long as the tab is open.
    """
    context = get_script_run_ctx()
    files = None if context is None else context.uploaded_file_mgr
    if context is not None and isinstance(files, MemoryUploadedFileManager):
        files.remove_file(context.session_id, photo.file_id)
    for key in [key for key in st.session_state if str(key).endswith(_turn())]:
        del st.session_state[key]
    st.session_state[_TURN] = uuid.uuid4().hex


def key_of(photo: Any) -> str:
    """The same for this photo in this input however often its button is pressed."""
    return f"page {_turn()} {photo.file_id}"


def _turn() -> str:
    return str(st.session_state.setdefault(_TURN, uuid.uuid4().hex))


def picture_input(on_change: Callable[[], None]) -> None:
    """A small uploader for the profile picture; it is sent as soon as it is chosen."""
    st.file_uploader("Choose a picture", type=KINDS, key=f"picture_{_turn()}", on_change=on_change)


def entered_picture() -> Any:
    """For `on_change`: the file, or None when it was taken back."""
    return st.session_state.get(f"picture_{_turn()}")
