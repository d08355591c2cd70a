"""What Streamlit keeps in memory for people, each thing with its owner, and how much of it.

Streamlit serves media to whoever knows the address, identifies files over 1 MiB by a sample of
their bytes, and takes uploads of any number under names that the client chooses. Here a media
file belongs to one session of ours, its id covers every byte, and uploads have a budget.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import PurePosixPath

import streamlit as st
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryFile, MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.cache_storage_manager_config import create_default_cache_storage_manager

from core.errors import TooMany
from dashboard import stale_fragments

MEBIBYTE = 1024 * 1024
FILES_PER_STREAMLIT_SESSION = 10  # the oldest goes first: five photos of a check, and some spare
BYTES_PER_SESSION = 120 * MEBIBYTE
BYTES_IN_ALL = 768 * MEBIBYTE


class OwnedMedia(MemoryMediaFileStorage):
    """Media files whose id is a hash of the owner and of every byte."""

    def __init__(self, media_endpoint: str) -> None:
        super().__init__(media_endpoint)
        self._owners: dict[str, str] = {}

    def load_and_get_id(
        self,
        path_or_data: str | bytes,
        mimetype: str,
        kind: MediaFileKind,
        filename: str | None = None,
    ) -> str:
        content = (
            self._read_file(path_or_data) if isinstance(path_or_data, str) else bytes(path_or_data)
        )
        owner = _session_of_this_run()
        facts = f"{owner}\0{mimetype}\0{kind.value}\0{filename}\0".encode("utf-8", "replace")
        file_id = hashlib.sha256(facts + hashlib.sha256(content).digest()).hexdigest()
        self._owners[file_id] = owner
        self._files_by_id.setdefault(file_id, MemoryFile(content, mimetype, kind, filename))
        return file_id

    def delete_file(self, file_id: str) -> None:
        super().delete_file(file_id)
        self._owners.pop(file_id, None)

    def owner(self, file_name: str) -> str | None:
        return self._owners.get(PurePosixPath(file_name).stem)


class Dashboard(st.App):
    """`st.App` over the two stores above, and the answers that the session gate asks for."""

    def _create_runtime(self) -> Runtime:
        # A folder named pages would otherwise let an address run a page file without app.py.
        PagesManager.uses_pages_directory = False
        stale_fragments.leave_out()
        # As st.App does it, with our media storage in place of the stock one.
        self.media = OwnedMedia("/media")
        uploads = MemoryUploadedFileManager("/_stcore/upload_file")
        self.uploads = Uploads(uploads, lambda session: runtime.is_active_session(session))
        runtime = Runtime(
            RuntimeConfig(
                script_path=str(self._resolve_script_path()),
                media_file_storage=self.media,
                uploaded_file_manager=uploads,
                cache_storage_manager=create_default_cache_storage_manager(),
                is_hello=False,
                session_storage=MemorySessionStorage(
                    ttl_seconds=st.get_option("server.disconnectedSessionTTL")
                ),
                on_script_error=self._on_script_error,
            )
        )
        return runtime


class Uploads:
    """Room for uploads. Bytes on their way count as if they had arrived."""

    def __init__(self, files: MemoryUploadedFileManager, is_active: Callable[[str], bool]) -> None:
        self.files = files
        self._is_active = is_active
        self._lock = threading.Lock()
        self._owners: dict[str, str] = {}  # Streamlit session → session of ours
        self._coming: Counter[str] = Counter()  # session of ours → bytes

    @contextmanager
    def admit(self, owner: str, streamlit_session: str, length: int | None) -> Iterator[None]:
        """Hold room for one upload while it runs; TooMany when there is none."""
        most = st.get_option("server.maxUploadSize") * MEBIBYTE
        size = most if length is None else min(length, most)
        with self._lock:
            self._owners[streamlit_session] = owner
            self._let_the_oldest_go(streamlit_session)
            held = self._held()
            coming = sum(self._coming.values())
            if held[owner] + self._coming[owner] + size > BYTES_PER_SESSION:
                raise TooMany(
                    "Too many files are open in this browser. Close other tabs of Skincare AI, "
                    "wait two minutes and try again.",
                    retry_after=120,
                )
            if sum(held.values()) + coming + size > BYTES_IN_ALL:
                raise TooMany("Very many photos arrive at once. Try again soon.", retry_after=30)
            self._coming[owner] += size
        try:
            yield
        finally:
            with self._lock:
                self._coming[owner] -= size
                if self._coming[owner] <= 0:
                    del self._coming[owner]

    def _let_the_oldest_go(self, streamlit_session: str) -> None:
        stored = list(self.files.file_storage.get(streamlit_session, {}))
        surplus = len(stored) - (FILES_PER_STREAMLIT_SESSION - 1)
        for file_id in stored[: max(0, surplus)]:
            self.files.remove_file(streamlit_session, file_id)

    def _held(self) -> Counter[str]:
        held: Counter[str] = Counter()
        storage = self.files.file_storage
        for streamlit_session in list(self._owners):
            if streamlit_session not in storage and not self._is_active(streamlit_session):
                del self._owners[streamlit_session]
        for streamlit_session, files in list(storage.items()):
            owner = self._owners.get(streamlit_session, "")
            held[owner] += sum(len(file.data) for file in list(files.values()))
        return held


class StreamlitHoldings:
    """`api.gate.Holdings` over the dashboard that the gate stands before."""

    dashboard: Dashboard

    def owner_of_session(self, streamlit_session: str) -> str | None:
        client = st.runtime.get_instance().get_client(streamlit_session)
        if client is None or client.client_context is None:
            return None
        return dict(client.client_context.headers).get("x-auth-session")

    def owner_of_media(self, file_name: str) -> str | None:
        return self.dashboard.media.owner(file_name)

    def admit_upload(
        self, owner: str, streamlit_session: str, length: int | None
    ) -> AbstractContextManager[None]:
        return self.dashboard.uploads.admit(owner, streamlit_session, length)


def _session_of_this_run() -> str:
    context = get_script_run_ctx()
    return str(context.user_info.get("session")) if context else "no session"
