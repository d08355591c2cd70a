"""One person with one open tab: clicks, waits, and in between what a page does by itself."""

from __future__ import annotations

import contextlib
import random
import re
import secrets
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.attacks.wire import Wire

UPLOAD = "Photos of your face, 1 to 5: JPEG, PNG, WebP or HEIC"
SEND = "Check this photo"
RESULT = "Delete this check"
PATIENCE = 60.0  # seconds for one answer; then the person gives up, and it counts as an error
SCORED_WITHIN = 180.0


@dataclass
class Log:
    """What all people of one run met; shared by their threads."""

    seconds: dict[str, list[float]] = field(default_factory=dict)  # action → of each one
    errors: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def timed(self, action: str) -> Iterator[None]:
        """The time of what is done inside; what fails there is an error and no time."""
        began = time.perf_counter()
        try:
            yield
        except Exception as error:
            with self._lock:
                self.errors.append(f"{action}: {type(error).__name__}: {str(error)[:200]}")
            raise
        with self._lock:
            self.seconds.setdefault(action, []).append(time.perf_counter() - began)


@contextmanager
def surviving(log: Log) -> Iterator[None]:
    """Whatever ends a visit is in the log; the next one begins some seconds later."""
    try:
        yield
    except Exception as error:
        if not log.errors:  # it happened between two actions
            log.errors.append(f"{type(error).__name__}: {error}")
        time.sleep(5)


class Tab(Wire):
    """A browser tab: reads a run on until the page rests, and does what a page does by itself.

    It repeats what is to be repeated, and hears how many notifications are unread.
    """

    page = ""
    _bell = ""  # its fragment
    _unread = 0  # as drawn
    _events: socket.socket | None = None

    def __init__(self, address: str, cookies: dict[str, str] | None = None) -> None:
        super().__init__(address, cookies or {})
        self._due: dict[str, float] = {}  # fragment → time.monotonic()

    def show(self, page: str, *, query: str = "", widgets: Any = ()) -> None:
        """Ask for a page and read it, its pictures too, until it rests."""
        self.page, self.query = page, query
        self.run(page, widgets=widgets, query=query, timeout=PATIENCE)
        self.rest()

    def rest(self) -> None:
        while self.is_rerun:
            self.read_run(PATIENCE)
        if self.exceptions:
            raise AssertionError(self.exceptions[0][:200])
        for picture in sorted(set(self.media)):
            if self.get(picture).status != 200:
                raise AssertionError("a picture did not come")

    def wait(self, seconds: float, repeating: Callable[[], Any]) -> None:
        """Look at the page for so long; what it repeats by itself goes on."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.repeat_once(min(until - time.monotonic(), 0.25), repeating)
            self.hear(repeating)

    def repeat_once(self, most: float, repeating: Callable[[], Any]) -> None:
        """Wait for the next thing that the page repeats, at most so long, and do it."""
        now = time.monotonic()
        for fragment, every in self.repeated.items():
            self._due.setdefault(fragment, now + every)
        due = {fragment: at for fragment, at in self._due.items() if fragment in self.repeated}
        fragment = min(due, key=due.__getitem__, default="")
        if not fragment or due[fragment] > now + most:
            time.sleep(max(0.0, most))
            return
        time.sleep(max(0.0, due[fragment] - now))
        del self._due[fragment]
        with repeating():
            self.run(self.page, fragment=fragment, query=self.query, timeout=PATIENCE)
            self.rest()

    def listen(self) -> None:
        """Open the stream of events, as the bell's script does."""
        place = urlsplit(self.address)
        self._events = socket.create_connection((place.hostname, place.port), timeout=PATIENCE)
        self._closing.callback(self._events.close)
        request = f"GET /events/unread HTTP/1.1\r\nHost: {place.netloc}\r\n"
        self._events.sendall(f"{request}Cookie: {self.cookie_header()}\r\n\r\n".encode())

    def hear(self, repeating: Callable[[], Any]) -> None:
        """Draw the bell anew if the server has told another number than it shows."""
        told: list[bytes] = []
        while self._events is not None and select.select([self._events], [], [], 0)[0]:
            received = self._events.recv(65536)
            assert received, "the stream of events was closed"
            told += re.findall(rb"data: (\d+)", received)
        if told and int(told[-1]) != self._unread:
            with repeating():
                self.run(self.page, fragment=self._bell, query=self.query, timeout=PATIENCE)
                self.rest()

    def _note(self, delta: Any) -> None:
        super()._note(delta)
        label = delta.new_element.page_link.label
        if label.startswith("Notifications: "):
            self._bell = delta.fragment_id or self._bell
            self._unread = int("".join(re.findall(r"\d", label)) or 0)


@dataclass
class Person:
    """Somebody with an account and at least one earlier check."""

    number: int
    email: str
    password: str
    address: str  # of the product
    photo: bytes
    log: Log
    until: float  # time.monotonic()

    def live(self) -> None:
        """Sign in, look, upload, look again; until the time is over. After an error, from anew."""
        rng = random.Random(self.number)
        time.sleep(rng.uniform(0, min(20.0, 0.2 * (self.until - time.monotonic()))))
        while time.monotonic() < self.until:
            with surviving(self.log), contextlib.closing(self._sign_in()) as tab:
                turn = 0
                while time.monotonic() < self.until:
                    self._look(tab, rng, "today", "")
                    self._look(tab, rng, "trends", "trends")
                    if turn % 2 == 0:
                        self._upload(tab, rng)
                    self._look(tab, rng, "result", "result")
                    turn += 1

    def _sign_in(self) -> Tab:
        visitor = Tab(self.address)
        with self.log.timed("first page"):
            visitor.get("/")
            visitor.connect(source=self._source)
            visitor.show("")
        with self.log.timed("sign in"):
            visitor.press("Sign in", {"E-mail": self.email, "Password": self.password})
            while not visitor.redirects and visitor.is_rerun:
                visitor.read_run(PATIENCE)
            assert visitor.redirects, visitor.texts
            visitor.get(visitor.redirects[0], follow=True)
            visitor.close()
            tab = Tab(self.address, dict(visitor.cookies)).connect(source=self._source)
            tab.show("")
            tab.listen()
        return tab

    def _look(self, tab: Tab, rng: random.Random, action: str, page: str) -> None:
        with self.log.timed(action):
            tab.show(page)
        tab.wait(rng.uniform(3, 12), lambda: self.log.timed("repeated by itself"))

    def _upload(self, tab: Tab, rng: random.Random) -> None:
        with self.log.timed("new check"):
            tab.show("new-check")
        tab.wait(rng.uniform(3, 12), lambda: self.log.timed("repeated by itself"))
        photo = self.photo + secrets.token_bytes(16)  # a file that nobody has sent before
        with self.log.timed("choose photo"):
            place = tab.place_for_file("photo.jpg", PATIENCE)
            file_id = place.upload_url.rpartition("/")[2]
            status = tab.upload(tab.session_id, file_id, photo).status
            assert status == 204, f"the upload was answered with {status}"
            info = {"name": "photo.jpg", "size": len(photo), "file_id": file_id}
            chosen = {
                "id": tab.widgets[UPLOAD],
                "file_uploader_state_value": {"uploaded_file_info": [{**info, "file_urls": place}]},
            }
            tab.show("new-check", widgets=[chosen])
        tab.widgets.pop(RESULT, None)
        with self.log.timed("send to scores"):
            send = {"id": tab.widgets[SEND], "trigger_value": True}
            tab.show("new-check", widgets=[chosen, send])
            gives_up = time.monotonic() + SCORED_WITHIN
            while RESULT not in tab.widgets:
                assert time.monotonic() < gives_up, f"no scores: {tab.texts[:12]}"
                tab.repeat_once(5.0, lambda: self.log.timed("repeated by itself"))

    @property
    def _source(self) -> str:
        """An address of their own: a whole office behind one is limited by the gate."""
        return f"127.0.{1 + self.number // 200}.{1 + self.number % 200}"


@dataclass
class Reader:
    """The same, of the least Streamlit app there is: as many runs, no work in them."""

    number: int
    address: str
    log: Log
    until: float

    def live(self) -> None:
        rng = random.Random(self.number)
        time.sleep(rng.uniform(0, min(20.0, 0.2 * (self.until - time.monotonic()))))
        with surviving(self.log), contextlib.closing(Tab(self.address).connect()) as tab:
            tab.show("")
            while time.monotonic() < self.until:
                typed = {"id": tab.widgets["E-mail"], "string_value": secrets.token_hex(4)}
                with self.log.timed("run"):
                    tab.show("", widgets=[typed])
                time.sleep(rng.uniform(3, 12))
