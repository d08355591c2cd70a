"""So many requests a minute: of a person, of an address; together by Redis, alone without it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from limits import RateLimitItemPerMinute
from sqlalchemy import Connection
from structlog.testing import capture_logs

from api import in_process
from api.rates import Rates
from api.v1.limits import network_of
from core.settings import Settings, settings
from tests.api.calling import Api, assert_problem, opened, person
from tests.journeys.ports import free_port

needs_redis = pytest.mark.skipif(
    shutil.which("redis-server") is None,
    reason="redis-server is not installed (Debian: apt-get install redis-server)",
)

THREE = RateLimitItemPerMinute(3)


class RedisServer:
    """A real one, for this test alone."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(self._folder)),
            ],
            stdout=subprocess.DEVNULL,
        )
        with contextlib.closing(redis.Redis.from_url(self.url)) as client:
            ends = time.monotonic() + 10
            while time.monotonic() < ends:
                with contextlib.suppress(redis.RedisError):
                    if client.ping():
                        return
                time.sleep(0.02)
        raise AssertionError("redis-server did not start")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self, signal: int) -> None:
        self._process.send_signal(signal)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    started = RedisServer(tmp_path)
    yield started
    started.kill()


def with_limits(**limits: int) -> Settings:
    return settings().model_copy(update=limits)


def test_a_person_who_asks_too_often_is_told_when_there_is_room_again(
    database: Connection,
) -> None:
    ada, eve = person(), person()
    with opened(with_limits(api_requests_per_minute=3)) as client:
        api = Api(client)
        statuses = [api.get("/users/me", token=ada.access).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        answer = api.get("/users/me", token=ada.access)
        assert_problem(answer, 429, "too-many")
        assert 50 <= int(answer.headers["retry-after"]) <= 60
        assert api.get("/users/me", token=eve.access).status_code == 200  # same address


def test_a_person_has_one_limit_wherever_they_sign_in(database: Connection) -> None:
    ada = person()
    with opened(with_limits(api_requests_per_minute=2)) as client:
        api = Api(client)
        credentials = {"email": ada.email, "password": ada.password}
        second = api.post("/auth/login", json=credentials).json()["access_token"]
        tokens = [ada.access, second, ada.access]
        assert [api.get("/users/me", token=t).status_code for t in tokens] == [200, 200, 429]


def test_an_address_that_asks_too_often_is_told_so_whoever_asks(database: Connection) -> None:
    with opened(with_limits(api_requests_per_minute_per_address=3)) as client:
        api = Api(client)
        paths = ("/health/live", "/nothing", "/docs", "/health/live")
        assert [api.get(path).status_code for path in paths] == [200, 404, 200, 429]


def test_nobody_chooses_the_address_that_is_counted(database: Connection) -> None:
    with opened(with_limits(api_requests_per_minute_per_address=2)) as client:
        api = Api(client)
        statuses = [
            api.get("/health/live", headers={"x-forwarded-for": f"198.51.100.{n}"}).status_code
            for n in range(3)
        ]
        assert statuses == [200, 200, 429]


def test_a_forged_token_counts_for_nobody_else(database: Connection) -> None:
    ada = person()
    with opened(with_limits(api_requests_per_minute=2)) as client:
        api = Api(client)
        for _ in range(5):
            assert api.get("/users/me", token=ada.access[:-3]).status_code == 401
        assert api.get("/users/me", token=ada.access).status_code == 200


def test_signing_in_has_a_limit_of_its_own(database: Connection) -> None:
    with opened(with_limits(api_sign_ins_per_minute_per_address=2)) as client:
        api = Api(client)
        for expected in (422, 422, 429):
            assert api.post("/auth/register", json={}).status_code == expected
        assert api.post("/auth/login", json={}).status_code == 429
        assert api.post("/auth/refresh", json={}).status_code == 429
        assert api.get("/health/live").status_code == 200


def test_uploads_have_a_limit_of_their_own(database: Connection) -> None:
    ada = person()
    with opened(with_limits(api_uploads_per_minute=2)) as client:
        api = Api(client)
        files = {"picture": ("x.jpg", b"no photo", "image/jpeg")}
        statuses = [
            api.put("/users/me/picture", token=ada.access, files=files).status_code
            for _ in range(3)
        ]
        assert statuses == [422, 422, 429]
        assert api.get("/users/me", token=ada.access).status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("unix socket", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_window_moves() -> None:
    class PerSecond(RateLimitItemPerMinute):
        GRANULARITY = type(RateLimitItemPerMinute.GRANULARITY)(1, "second")

    rates, limit = Rates(None), PerSecond(2)
    assert rates.hit([(limit, "x", "ada")]) is None
    time.sleep(0.6)
    assert rates.hit([(limit, "x", "ada")]) is None
    assert rates.hit([(limit, "x", "ada")]) is not None
    time.sleep(0.5)  # the first is out of the window, the second is not
    assert rates.hit([(limit, "x", "ada")]) is None
    assert rates.hit([(limit, "x", "ada")]) is not None


def test_of_forty_at_once_no_more_pass_than_may() -> None:
    rates, limit = Rates(None), RateLimitItemPerMinute(10)
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: rates.hit([(limit, "x", "ada")]), range(40)))
    assert Counter(wait is None for wait in waits) == {True: 10, False: 30}


def test_a_clock_that_is_set_back_locks_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, limit = Rates(None), RateLimitItemPerMinute(1)
    assert rates.hit([(limit, "x", "ada")]) is None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 7200)
    wait = rates.hit([(limit, "x", "ada")])
    assert wait is not None
    assert 59 <= wait <= 61


def test_what_is_kept_of_callers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "_MOST_KEYS", 100)
    kept = in_process.InProcess()
    for n in range(1000):
        assert kept.acquire_entry(f"address {n}", 1, 60)
    assert len(kept._hits) == 100
    assert not kept.acquire_entry("address 999", 1, 60)  # those of late are known


def test_what_is_over_is_forgotten_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = in_process.InProcess()
    for n in range(100):
        kept.acquire_entry(f"address {n}", 1, 60)
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    for n in range(50):
        assert kept.acquire_entry(f"other {n}", 1, 60)
    assert len(kept._hits) == 50


def test_counting_starts_no_threads() -> None:
    rates, limit = Rates(None), RateLimitItemPerMinute(1000)
    before = set(threading.enumerate())
    for n in range(1000):
        rates.hit([(limit, "x", f"somebody {n}")])
        assert set(threading.enumerate()) <= before  # another test's may end meanwhile


# ---------------------------------------------------------------------- Redis


@needs_redis
def test_two_servers_count_together(server: RedisServer) -> None:
    here, there = Rates(server.url), Rates(server.url)
    waits = [rates.hit([(THREE, "x", "ada")]) for rates in (here, there, here, there)]
    assert [wait is None for wait in waits] == [True, True, True, False]
    assert there.hit([(THREE, "x", "eve")]) is None


@pytest.mark.alone
@needs_redis
def test_a_redis_that_is_killed_makes_nobody_wait_and_nothing_open(server: RedisServer) -> None:
    rates = Rates(server.url)
    assert rates.hit([(THREE, "x", "ada")]) is None
    server.kill()
    with capture_logs() as lines:
        began = time.monotonic()
        waits = [rates.hit([(THREE, "x", "ada")]) for _ in range(200)]
        took = time.monotonic() - began
    assert [wait is None for wait in waits] == [True] * 3 + [False] * 197  # its own count
    assert took < 1.0
    assert [line["event"] for line in lines] == ["redis_away"]  # asked once, not 200 times


@needs_redis
def test_a_redis_that_is_back_is_used_again(server: RedisServer) -> None:
    rates = Rates(server.url)
    server.kill()
    assert rates.hit([(THREE, "x", "ada")]) is None
    server.start()
    time.sleep(1.1)  # for so long it is left alone
    other = Rates(server.url)
    waits = [each.hit([(THREE, "x", "ada")]) for each in (rates, other, rates, other)]
    assert [wait is None for wait in waits] == [True, True, True, False]


@pytest.mark.alone
@needs_redis
def test_a_redis_that_hangs_is_not_waited_for(server: RedisServer) -> None:
    import signal

    rates = Rates(server.url)
    assert rates.hit([(THREE, "x", "ada")]) is None
    server.stop(signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert rates.hit([(THREE, "x", "ada")]) is None
        first = time.monotonic() - began
        assert rates.hit([(THREE, "x", "ada")]) is None
        both = time.monotonic() - began
    finally:
        server.stop(signal.SIGCONT)
    assert first < 1.0
    assert both - first < 0.1


@needs_redis
def test_requests_go_on_while_redis_is_killed(server: RedisServer, database: Connection) -> None:
    ada = person()
    given = with_limits(api_requests_per_minute=6).model_copy(
        update={"redis_url": Settings(redis_url=server.url).redis_url}
    )
    with opened(given) as client:
        api = Api(client)
        statuses = [api.get("/users/me", token=ada.access).status_code for _ in range(3)]
        server.kill()
        statuses += [api.get("/users/me", token=ada.access).status_code for _ in range(8)]
    assert statuses == [200] * 9 + [429] * 2


@needs_redis
def test_what_redis_holds_names_nobody(server: RedisServer, database: Connection) -> None:
    ada = person()
    given = settings().model_copy(update={"redis_url": Settings(redis_url=server.url).redis_url})
    with opened(given) as client:
        assert Api(client).get("/users/me", token=ada.access).status_code == 200
    with contextlib.closing(redis.Redis.from_url(server.url)) as looking:
        keys = [str(key) for key in looking.keys("*")]
    assert len(keys) == 2  # her address and she
    assert not [key for key in keys if str(ada.user_id) in key or "203.0.113" in key]
