"""A client that speaks Streamlit's protocol without a browser: what an attacker would write."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

_SCRIPT_ENDS = frozenset({0, 1, 2, 3})  # every ScriptFinishedStatus


_open: list[Wire] = []


def close_all() -> None:
    """Close every websocket that was opened since the last time."""
    while _open:
        _open.pop().close()


class Refused(Exception):
    """The websocket was not opened."""


@dataclass(frozen=True)
class Answer:
    """What one HTTP request brought back."""

    status: int
    headers: Mapping[str, str]  # names in lower case; of several, the last
    set_cookies: tuple[str, ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Wire:
    """One attacker, or one honest person, with a cookie jar of their own."""

    address: str  # http://127.0.0.1:PORT
    cookies: dict[str, str] = field(default_factory=dict)
    session_id: str = ""  # Streamlit's
    widgets: dict[str, str] = field(default_factory=dict)  # label → widget id
    texts: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)  # url path → page hash
    raw: list[bytes] = field(default_factory=list)
    repeated: dict[str, float] = field(default_factory=dict)  # fragment → seconds between its runs
    query: str = ""  # of the address that the server wants the browser to show
    is_rerun: bool = False  # the last run ended early, and the server has begun another
    _socket: ClientConnection | None = None
    _closing: ExitStack = field(default_factory=ExitStack)

    # ---------------------------------------------------------------- http
    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        follow: bool = False,
    ) -> Answer:
        """One request; the answer's cookies go into the jar. Paths are sent as they are."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        sent = {"Cookie": self.cookie_header()} if self.cookies else {}
        connection.request(method, path, body=body, headers={**sent, **(headers or {})})
        response = connection.getresponse()
        answer = Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            tuple(response.headers.get_all("set-cookie") or ()),
            response.read(),
        )
        connection.close()
        for cookie in answer.set_cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            if "max-age=0" in cookie.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        if follow and answer.status in (301, 302, 303, 307, 308):
            return self.request("GET", answer.headers["location"], follow=True)
        return answer

    def get(self, path: str, **more: Any) -> Answer:
        return self.request("GET", path, **more)

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def upload(
        self, streamlit_session: str, file_id: str, content: bytes, *, chunked: bool = False
    ) -> Answer:
        """Put a file where `st.file_uploader` puts it."""
        if "_streamlit_xsrf" not in self.cookies:
            self.get("/_stcore/health")
        boundary = "b0undary"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{file_id}"; '
            'filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        ).encode()
        body = head + content + f"\r\n--{boundary}--\r\n".encode()
        return self.request(
            "PUT",
            f"/_stcore/upload_file/{streamlit_session}/{file_id}",
            headers={
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "X-Xsrftoken": self.cookies.get("_streamlit_xsrf", ""),
                "Origin": self.address,
            },
            body=_pieces(body) if chunked else body,
        )

    # ---------------------------------------------------------------- websocket
    def connect(
        self,
        *,
        session_id: str | None = None,
        origin: str | None = "",
        host: str | None = None,
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Self:
        """Open the websocket; `session_id` asks for that Streamlit session. Refused if not.

        `source` is the address that the server sees; all of 127.0.0.0/8 are this machine's.
        """
        sent = {"Cookie": self.cookie_header()} if self.cookies else {}
        port = urlsplit(self.address).port
        asked_for = [session_id] if session_id else []
        said = self.address if origin == "" else origin
        try:
            self._socket = self._closing.enter_context(
                connect(
                    f"ws://{host or '127.0.0.1'}:{port}/_stcore/stream",
                    sock=socket.create_connection(
                        ("127.0.0.1", port), timeout=10, source_address=(source, 0)
                    ),
                    subprotocols=[Subprotocol(part) for part in ("streamlit", "x", *asked_for)],
                    additional_headers={**sent, **(headers or {})},
                    origin=None if said is None else Origin(said),
                    max_size=None,
                    ping_interval=None,
                    proxy=None,
                )
            )
        except (InvalidStatus, InvalidMessage) as error:
            raise Refused(str(error)) from error
        _open.append(self)
        return self

    def run(
        self,
        page: str = "",
        *,
        widgets: Iterable[Mapping[str, Any]] = (),
        fragment: str = "",
        query: str = "",
        timeout: float = 60,
    ) -> Self:
        """Ask for one run of a page (its url path), with widget states, and read it to its end."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = query
        rerun.page_script_hash = self.pages.get(page, "")
        rerun.page_name = "" if page in self.pages else page
        if fragment:
            rerun.fragment_id = fragment
        else:
            self.repeated.clear()  # the whole page anew
        for widget in widgets:
            rerun.widget_states.widgets.add(**widget)
        self._opened.send(message.SerializeToString())
        return self.read_run(timeout)

    def press(
        self,
        label: str,
        texts: Mapping[str, str] | None = None,
        *,
        page: str = "",
        query: str = "",
        others: Iterable[Mapping[str, Any]] = (),
    ) -> Self:
        """Fill text fields, by label, and press a button; `others` are states of other widgets."""
        widgets: list[Mapping[str, Any]] = [
            {"id": self.widgets[name], "string_value": value}
            for name, value in (texts or {}).items()
        ]
        button = {"id": self.widgets[label], "trigger_value": True}
        return self.run(page, widgets=[*widgets, *others, button], query=query)

    def clear_caches(self) -> None:
        """Ask for it as the developer's menu does."""
        self._opened.send(BackMsg(clear_cache=True).SerializeToString())

    def send_bytes(self, content: bytes) -> None:
        """Whatever an attacker likes, unparsed."""
        self._opened.send(content)

    def close(self) -> None:
        self._closing.close()

    def closed_by_server(self, timeout: float = 5) -> bool:
        try:
            while True:
                self._opened.recv(timeout)
        except ConnectionClosed:
            return True
        except TimeoutError:
            return False

    @property
    def _opened(self) -> ClientConnection:
        assert self._socket is not None, "connect() first"
        return self._socket

    def read_run(self, timeout: float = 60) -> Self:
        """Read one run to its end: of what was asked for, or the next one when `is_rerun`."""
        self.texts, self.media, self.exceptions, self.redirects, self.raw = [], [], [], [], []
        if self.is_rerun:
            self.repeated.clear()
        while True:
            data = self._opened.recv(timeout, decode=False)
            self.raw.append(data)
            message = ForwardMsg()
            message.ParseFromString(data)
            if self._hear(message):
                return self

    def place_for_file(self, name: str, timeout: float = 60) -> Any:
        """Ask where a file may be put; Streamlit's FileURLs."""
        wanted = BackMsg()
        wanted.file_urls_request.request_id = name
        wanted.file_urls_request.file_names.append(name)
        wanted.file_urls_request.session_id = self.session_id
        self._opened.send(wanted.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._opened.recv(timeout, decode=False))
            if message.WhichOneof("type") == "file_urls_response":
                return message.file_urls_response.file_urls[0]

    def _hear(self, message: ForwardMsg) -> bool:
        """Note what was said; whether a run has ended with it."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "navigation":
            self.pages = {
                page.url_pathname: page.page_script_hash for page in message.navigation.app_pages
            }
        elif kind == "auth_redirect":
            self.redirects.append(message.auth_redirect.url)
        elif kind == "auto_rerun":
            self.repeated[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self.repeated.pop(fragment, None)
        elif kind == "delta":
            self._note(message.delta)
        elif kind == "script_finished" and message.script_finished in _SCRIPT_ENDS:
            self.is_rerun = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            return True
        return False

    def _note(self, delta: Any) -> None:
        if delta.fragment_id and delta.fragment_id not in self.fragments:
            self.fragments.append(delta.fragment_id)
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind is None:
            return
        inner = getattr(element, kind)
        self.texts.extend(
            value
            for name in ("body", "label", "value", "help")
            if _is_text(inner, name)
            for value in [getattr(inner, name)]
        )
        if kind == "exception":
            self.exceptions.append(f"{inner.type}: {inner.message}\n{list(inner.stack_trace)}")
        elif kind == "imgs":
            self.media.extend(image.url for image in inner.imgs)
        self.media.extend(re.findall(r"/media/[0-9a-zA-Z.]+", str(inner)))
        if hasattr(inner, "id") and inner.id:
            self.widgets[getattr(inner, "label", "") or kind] = inner.id

    @property
    def seen(self) -> bytes:
        """Every byte that the last run sent to the browser."""
        return b"".join(self.raw)


def _is_text(message: Any, name: str) -> bool:
    return isinstance(getattr(message, name, None), str)


def _pieces(body: bytes, size: int = 65536) -> Iterable[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
