"""The stream that tells a tab what is unread: whose numbers it brings, to whom, and how long."""

from __future__ import annotations

import contextlib
import http.client
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import text

import data.database
from api.gate import SocketLimits
from core.notification_preferences import Preferences
from core.notifications import Kind
from data import sessions
from pipeline import notify
from tests.attacks.conftest import Person, Served, serve
from tests.attacks.wire import Wire

pytestmark = pytest.mark.slow

PATIENCE = 30  # seconds


class Stream:
    """An open stream of the browser that has these cookies."""

    def __init__(self, wire: Wire, **headers: str) -> None:
        place = urlsplit(wire.address).netloc
        self._connection = http.client.HTTPConnection(place, timeout=PATIENCE)
        cookies = {"Cookie": wire.cookie_header()} if wire.cookies else {}
        self._connection.request("GET", "/events/unread", headers=cookies | headers)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status

    def numbers(self) -> Iterator[int]:
        """What it tells, until the server closes it."""
        for line in self._answer:
            if line.startswith(b"data: "):
                yield int(line.removeprefix(b"data: "))

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


@contextlib.contextmanager
def stream(wire: Wire, **headers: str) -> Iterator[Stream]:
    opened = Stream(wire, **headers)
    try:
        yield opened
    finally:
        opened.close()


def tell(person: Person, times: int = 1) -> None:
    with data.database.transaction() as session:
        now = data.database.now(session)
        for _ in range(times):
            told = notify.Told(person.user_id, Kind.RESULT_READY, secrets.token_hex(8), facts={})
            notify.tell_many(session, [told], {person.user_id: Preferences()}, now=now)


def session_of(person: Person) -> UUID:
    with data.database.read() as session:
        [found] = sessions.live(session, person.user_id)
    return found.session_id


def test_everybody_hears_of_their_own_and_of_nothing_else(served: Served) -> None:
    alice, mallory = served.person(), served.person()
    with stream(served.signed_in(alice)) as hers, stream(served.signed_in(mallory)) as theirs:
        heard, overheard = hers.numbers(), theirs.numbers()
        before = next(heard), next(overheard)
        tell(alice, 3)
        assert next(heard) == before[0] + 3
        tell(mallory)  # whatever else had come for her would have come before this
        assert next(overheard) == before[1] + 1


def test_who_claims_to_be_somebody_else_hears_their_own(served: Served) -> None:
    alice, mallory = served.person(), served.person()
    served.signed_in(alice)
    tell(alice, 7)
    wire = served.signed_in(mallory)
    claimed = {"X-Auth-Session": str(session_of(alice)), "X-Auth-User": str(alice.user_id)}
    with stream(wire) as honest, stream(wire, **claimed) as forged:
        assert next(forged.numbers()) == next(honest.numbers())


def test_nobody_anonymous_hears_anything(served: Served) -> None:
    for wire in (served.visitor(), Wire(served.address)):
        assert wire.get("/events/unread").status == 401
    signed_in = served.signed_in(served.anybody)
    assert signed_in.get("/events/else").status == 404
    assert signed_in.request("HEAD", "/events/unread").status == 404
    assert signed_in.request("POST", "/events/unread", body=b"").status == 404


def test_a_session_that_ends_ends_its_streams_and_no_others(served: Served) -> None:
    alice = served.person()
    ending, staying = served.signed_in(alice), served.signed_in(alice)
    with data.database.read() as session:
        newest, _oldest = sorted(
            sessions.live(session, alice.user_id), key=lambda s: s.created_at, reverse=True
        )
    with stream(ending) as ended, stream(staying) as stays:
        gone, here = ended.numbers(), stays.numbers()
        next(gone)
        number = next(here)
        with data.database.transaction() as session:
            sessions.end_all(session, alice.user_id, but=newest.session_id)
        assert list(gone) == []
        tell(alice)
        assert next(here) == number + 1
    assert ending.get("/events/unread").status == 401


def test_listening_is_not_using_the_session(served: Served) -> None:
    alice = served.person()
    wire = served.signed_in(alice)
    an_hour_ago = "UPDATE auth_sessions SET last_seen_at = now() - interval '1 hour'"
    seen = "SELECT last_seen_at FROM auth_sessions WHERE user_id = :who"
    with data.database.transaction() as session:
        session.execute(text(f"{an_hour_ago} WHERE user_id = :who"), {"who": alice.user_id})
        before = session.scalar(text(seen), {"who": alice.user_id})
    with stream(wire) as listening:
        next(listening.numbers())
    with data.database.read() as session:
        assert session.scalar(text(seen), {"who": alice.user_id}) == before


def test_one_browser_cannot_open_streams_without_end(served: Served) -> None:
    wire = served.signed_in(served.person())
    with contextlib.ExitStack() as open_:
        for _ in range(SocketLimits().streams_per_session):
            assert open_.enter_context(stream(wire)).status == 200
        with stream(wire) as one_more:
            assert one_more.status == 429

    def is_free() -> bool:
        with stream(wire) as again:
            return again.status == 200

    assert any(is_free() for _ in range(100))  # closing makes room, once the server hears of it


def test_a_server_that_stops_does_not_wait_for_streams(
    served: Served, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with serve(served.database_url, tmp_path_factory.mktemp("stopping")) as stopping:
        with stream(stopping.signed_in(served.anybody)) as open_:
            numbers = open_.numbers()
            next(numbers)
            stopping.process.terminate()
            assert list(numbers) == []
        stopping.process.wait(PATIENCE)
        assert "graceful" not in stopping.log_text()


def test_the_bell_asks_who_it_is_whenever_it_is_drawn_by_itself(served: Served) -> None:
    alice = served.person()
    wire = served.signed_in(alice).connect().run()
    assert _bells(wire)
    tell(alice)
    before = _bells(wire)
    drawn = [_bells(wire.run(fragment=one)) for one in wire.fragments]
    assert any(bells not in ([], before) for bells in drawn)
    with data.database.transaction() as session:
        sessions.end_all(session, alice.user_id)
    for fragment in wire.fragments:
        wire.run(fragment=fragment)
        assert not _bells(wire)


def _bells(wire: Wire) -> list[str]:
    return [words for words in wire.texts if words.startswith("Notifications: ")]
