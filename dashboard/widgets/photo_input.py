"""One to five photos from files or from the camera; empty again once they were sent."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.analyses import MOST_SHOTS
from core.errors import UnreadablePhoto
from pipeline.previews import Preview, preview

KINDS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]
_FILE, _CAMERA = "Upload photos", "Use the camera"
_TURN = "photo_input_turn"
TWICE = "The same file as photo {number}: only another shot says how much the scores vary."


@dataclass(frozen=True)
class Chosen:
    """One photo that was chosen, as far as it was looked at."""

    file: Any  # Streamlit's UploadedFile; its bytes stay in it
    seen: Preview | None  # None: it cannot be opened
    refusal: str | None  # a sentence: it cannot be sent


def photo_input() -> list[Chosen]:
    """Draw it; the chosen photos in order. Their bytes stay in the widgets, nowhere else."""
    way = st.segmented_control(
        "Where the photos come from",
        [_FILE, _CAMERA],
        default=_FILE,
        required=True,
        key="photo_from",
        label_visibility="collapsed",
    )
    if way == _CAMERA:
        return _looked_at(_from_the_camera())
    files = st.file_uploader(
        f"Photos of your face, 1 to {MOST_SHOTS}: JPEG, PNG, WebP or HEIC",
        type=KINDS,
        accept_multiple_files=True,
        key=f"file_{_turn()}",
    )
    gone = _removed()  # the browser still names them
    return _looked_at([file for file in files or [] if file.file_id not in gone])


def empty(files: Sequence[Any]) -> None:
    """Let go of files that were sent, and show an input without any from the next run on.

    Streamlit would keep their bytes in memory for as long as the tab is open.
    """
    for file in files:
        _let_go(file)
    for key in [key for key in st.session_state if str(key).endswith(_turn())]:
        del st.session_state[key]
    st.session_state[_TURN] = uuid.uuid4().hex


def key_of(files: Sequence[Any]) -> str:
    """The same for these photos in this input however often its button is pressed."""
    names = " ".join(file.file_id for file in files)
    return f"page {_turn()} {hashlib.sha256(names.encode()).hexdigest()}"


def remove(file: Any) -> None:
    """For `on_click`: forget one of the chosen photos."""
    _let_go(file)
    _removed().add(file.file_id)
    taken = _taken()
    if any(other.file_id == file.file_id for other in taken):
        taken[:] = [other for other in taken if other.file_id != file.file_id]
    else:  # the camera's own picture would come back
        st.session_state[f"camera_number_{_turn()}"] = uuid.uuid4().hex


def _from_the_camera() -> list[Any]:
    """The photos taken so far; the newest is still in the camera's widget."""
    taken = _taken()
    if len(taken) >= MOST_SHOTS:
        return taken
    number = st.session_state.setdefault(f"camera_number_{_turn()}", uuid.uuid4().hex)
    file = st.camera_input(
        f"Photo {len(taken) + 1} of your face" if taken else "Photo of your face",
        key=f"camera_{number}_{_turn()}",
    )
    if file is None:
        return taken
    if len(taken) + 1 < MOST_SHOTS:
        st.button(
            "Keep it and take another",
            icon=":material/add_a_photo:",
            on_click=_keep,
            args=(file,),
        )
    return [*taken, file]


def _keep(file: Any) -> None:
    _taken().append(file)
    st.session_state[f"camera_number_{_turn()}"] = uuid.uuid4().hex


def _taken() -> list[Any]:
    kept: list[Any] = st.session_state.setdefault(f"camera_taken_{_turn()}", [])
    return kept


def _removed() -> set[str]:
    ids: set[str] = st.session_state.setdefault(f"removed_{_turn()}", set())
    return ids


def _looked_at(files: Sequence[Any]) -> list[Chosen]:
    """Each file opened once, however often the page runs."""
    seen: dict[str, Preview | str] = st.session_state.setdefault(f"previews_{_turn()}", {})
    chosen: list[Chosen] = []
    hashes: list[str] = []
    for file in files:
        if file.file_id not in seen:
            with st.spinner("Opening your photo …"):
                seen[file.file_id] = _opened(file)
        found = seen[file.file_id]
        if isinstance(found, str):
            chosen.append(Chosen(file, None, found))
            hashes.append("")
            continue
        twice = found.sha256 in hashes
        number = hashes.index(found.sha256) + 1 if twice else 0
        chosen.append(Chosen(file, found, TWICE.format(number=number) if twice else None))
        hashes.append(found.sha256)
    return chosen


def _opened(file: Any) -> Preview | str:
    try:
        return preview(file.getvalue())
    except UnreadablePhoto as error:
        return str(error)


def _let_go(file: Any) -> None:
    context = get_script_run_ctx()
    files = None if context is None else context.uploaded_file_mgr
    if context is not None and isinstance(files, MemoryUploadedFileManager):
        files.remove_file(context.session_id, file.file_id)


def _turn() -> str:
    return str(st.session_state.setdefault(_TURN, uuid.uuid4().hex))


def picture_input(on_change: Callable[[], None]) -> None:
    """A small uploader for the profile picture; it is sent as soon as it is chosen."""
    st.file_uploader("Choose a picture", type=KINDS, key=f"picture_{_turn()}", on_change=on_change)


def entered_picture() -> Any:
    """For `on_change`: the file, or None when it was taken back."""
    return st.session_state.get(f"picture_{_turn()}")
