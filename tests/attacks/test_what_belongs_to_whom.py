"""Rows 6 and 7: uploads and media of others, and memory filled by strangers."""

from __future__ import annotations

import psutil
import pytest

from api.gate import SocketLimits
from dashboard.holdings import BYTES_PER_SESSION, FILES_PER_STREAMLIT_SESSION, MEBIBYTE
from tests.attacks.conftest import Served
from tests.attacks.wire import Refused, Wire, close_all

pytestmark = pytest.mark.slow


def test_a_visitor_may_not_upload(probed: Served) -> None:
    visitor = probed.visitor().connect()
    visitor.run()
    assert visitor.upload(visitor.session_id, "one", b"x" * 1000).status == 401


def test_nobody_uploads_into_the_session_of_another(probed: Served) -> None:
    victim = probed.signed_in(probed.person()).connect()
    victim.run(query="show=upload")
    attacker = probed.signed_in(probed.person())
    assert attacker.upload(victim.session_id, "one", b"x" * 1000).status == 404
    assert victim.upload(victim.session_id, "one", b"x" * 1000).status == 204


def test_a_file_over_the_limit_is_refused_whatever_its_length_says(probed: Served) -> None:
    person = probed.signed_in(probed.person()).connect()
    person.run(query="show=upload")
    too_much = b"x" * (22 * MEBIBYTE)
    assert person.upload(person.session_id, "one", too_much).status == 413
    assert person.upload(person.session_id, "two", too_much, chunked=True).status == 413


def test_a_flood_of_uploads_is_held_within_its_budget(probed: Served) -> None:
    """Sixty files of 8 MiB over six tabs: 480 MiB if all of it were kept."""
    person = probed.person()
    browser = probed.signed_in(person)
    tabs = [Wire(probed.address, cookies=dict(browser.cookies)).connect() for _ in range(6)]
    for tab in tabs:
        tab.run(query="show=upload")
    process = psutil.Process(probed.process.pid)
    before = process.memory_info().rss
    content = b"x" * (8 * MEBIBYTE)

    def put(number: int) -> int:
        tab = tabs[number % len(tabs)]
        return tab.upload(tab.session_id, f"file-{number}", content).status

    statuses = [put(number) for number in range(60)]
    grown = process.memory_info().rss - before
    assert set(statuses) == {204, 429}
    assert statuses[:FILES_PER_STREAMLIT_SESSION] == [204] * FILES_PER_STREAMLIT_SESSION
    assert grown < BYTES_PER_SESSION + 60 * MEBIBYTE, f"{grown / MEBIBYTE:.0f} MiB"


def test_many_checks_in_one_tab_are_no_flood(probed: Served) -> None:
    person = probed.signed_in(probed.person()).connect()
    person.run(query="show=upload")
    content = b"x" * (5 * MEBIBYTE)
    statuses = {
        person.upload(person.session_id, f"photo-{number}", content).status for number in range(30)
    }
    assert statuses == {204}


def test_media_are_for_their_owner_only(probed: Served) -> None:
    alice = probed.signed_in(probed.person()).connect()
    alice.run(query="show=media")
    [address] = set(alice.media)
    own = alice.get(address)
    assert own.status == 200
    assert own.headers["cache-control"] == "private, no-store"
    assert probed.signed_in(probed.anybody).get(address).status == 404
    assert probed.visitor().get(address).status == 401
    assert Wire(probed.address).get(address).status == 401


def test_two_people_with_exports_alike_get_each_their_own(probed: Served) -> None:
    """Stock Streamlit samples long files: these two had one address, and the first one's bytes."""
    exports = []
    for _ in range(2):
        person = probed.signed_in(probed.person()).connect()
        person.run(query="show=export")
        [address] = set(person.media)
        exports.append((address, person.get(address).body))
    (first, first_bytes), (second, second_bytes) = exports
    assert first != second
    assert len(first_bytes) == len(second_bytes)
    assert first_bytes != second_bytes


def test_one_browser_cannot_open_sockets_without_end(probed: Served) -> None:
    cookies = probed.visitor().cookies
    for _ in range(SocketLimits().per_session):
        Wire(probed.address, cookies=dict(cookies)).connect()
    with pytest.raises(Refused):
        Wire(probed.address, cookies=dict(cookies)).connect()
    close_all()
    Wire(probed.address, cookies=dict(cookies)).connect()  # and closing makes room
