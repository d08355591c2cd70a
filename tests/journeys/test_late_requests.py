"""What a page asked for arrives when another page is open already: nothing of that is broken."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.journeys.steps import open_from_section, register

pytestmark = [pytest.mark.slow, pytest.mark.browser]

EVENTS = {"content-type": "text/event-stream"}


class Wire:
    """The page's websocket: what it asked the server, and a way to say that again."""

    def __init__(self, page: Page) -> None:
        self._server: WebSocketRoute | None = None
        self.asked_for_a_part: list[bytes] = []
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        self._server = server = browser.connect_to_server()

        def asked(message: str | bytes) -> None:
            assert isinstance(message, bytes)
            if BackMsg.FromString(message).rerun_script.fragment_id:
                self.asked_for_a_part.append(message)
            server.send(message)

        browser.on_message(asked)

    def say(self, message: bytes) -> None:
        assert self._server is not None
        self._server.send(message)


def test_a_part_that_an_earlier_page_asked_for_does_not_blank_the_open_one(page: Page) -> None:
    wire = Wire(page)
    register(page)
    open_from_section(page, "Account", "Profile")
    expect(page.get_by_role("heading", name="Profile", level=1)).to_be_visible()
    # The bell is a part of every page: it asks when there is another number than it shows.
    page.route("**/events/unread", lambda route: route.fulfill(body="data: 7\n\n", headers=EVENTS))
    with page.expect_request("**/events/unread"):
        page.reload()
    while not wire.asked_for_a_part:
        page.wait_for_timeout(100)  # the browser's events are heard meanwhile
    page.unroute("**/events/unread")
    late = wire.asked_for_a_part[-1]
    open_from_section(page, "Account", "Evidence")
    evidence = page.get_by_role("heading", name="Evidence", level=1)
    expect(evidence).to_be_visible()

    wire.say(late)
    page.wait_for_timeout(2000)  # for what must not come

    expect(evidence).to_be_visible()
    open_from_section(page, "Account", "Profile")
    expect(page.get_by_role("heading", name="Profile", level=1)).to_be_visible()
