"""The deployed nginx in front of two real web processes, which share a database and their keys."""

from __future__ import annotations

import contextlib
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import data.database
from core.postgres import EmbeddedPostgres
from tests.attacks.conftest import Served, serve
from tests.attacks.wire import Wire, close_all
from tests.conftest import copy_of
from tests.machines import proxy

pytestmark = [pytest.mark.slow, pytest.mark.alone]
MEGABYTES = 15
FORGED = {"X-Forwarded-For": "198.51.100.9"}


@dataclass
class Site:
    """What people reach: nginx, and behind it the two webs by their addresses."""

    address: str
    webs: dict[str, Served]  # host:port → the process

    def visitor(self) -> Wire:
        wire = Wire(self.address)
        assert wire.get("/").status == 200
        return wire

    def somebody(self) -> Wire:
        """A person of their own, signed in through nginx."""
        front = Served(self.address, "", Path(os.devnull), next(iter(self.webs.values())).process)
        return front.signed_in(front.person())

    def somebody_of(self, web: str) -> Wire:
        """Somebody whom nginx sends to this web."""
        for _ in range(50):
            visitor = self.somebody()
            if web_of(visitor) == web:
                return visitor
        raise AssertionError(f"in 50 tries nobody was sent to {web}")


def web_of(wire: Wire) -> str:
    """Who answers this browser; where nginx asked several, the last."""
    return wire.get("/health/live").headers["x-answered-by"].rpartition(", ")[2]


@pytest.fixture(autouse=True)
def _no_websocket_stays_open() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture(scope="module")
def site(
    postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One for all tests here; the last of them kills one of its webs."""
    tmp_path = tmp_path_factory.mktemp("site")
    if proxy.PROGRAM is None and os.environ.get("CI"):
        pytest.fail(proxy.HOW_TO_GET_IT)
    if proxy.PROGRAM is None:
        pytest.skip(proxy.HOW_TO_GET_IT)
    shared = {"SKINCARE_VAR": str(tmp_path / "var"), "FORWARDED_ALLOW_IPS": "127.0.0.1"}
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(copy_of(postgres, template))
        engine = create_engine(url)
        stack.callback(engine.dispose)
        stack.enter_context(data.database.use(engine))
        webs = {}
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            web = stack.enter_context(serve(url, tmp_path / name, environment=shared))
            webs[web.address.removeprefix("http://")] = web
        yield Site(stack.enter_context(proxy.running(tmp_path / "nginx", list(webs))), webs)


def test_an_address_that_a_client_claims_is_believed_of_the_proxy_alone(site: Site) -> None:
    front = Served(site.address, "", Path(os.devnull), next(iter(site.webs.values())).process)
    person = front.person()
    direct = next(iter(site.webs.values()))
    for address in (site.address, direct.address):
        wire = Wire(address)
        answer = wire.request(
            "POST",
            "/api/v1/auth/login",
            headers={**FORGED, "Content-Type": "application/json"},
            body=f'{{"email": "{person.email}", "password": "{person.password}"}}'.encode(),
        )
        assert answer.status == 200, answer.text
    with data.database.read() as session:
        hints = session.scalars(
            text("SELECT address_hint FROM auth_sessions WHERE user_id = :who ORDER BY created_at"),
            {"who": person.user_id},
        ).all()
    # nginx says who really asked. Whoever may reach a web as the proxy does is the proxy: webs
    # listen where only nginx is.
    assert [hint[:8] for hint in hints] == ["127.0.0.", "198.51.1"]


def test_figures_are_not_for_the_outside(site: Site) -> None:
    assert Wire(site.address).get("/metrics").status == 404


def test_browsers_stay_with_their_web_until_it_dies_and_keep_their_sign_in(site: Site) -> None:
    # Each browser has one web, and both webs have browsers.
    browsers: dict[str, list[Wire]] = defaultdict(list)
    for _ in range(16):
        browser = site.visitor()
        (web,) = {web_of(browser) for _ in range(6)}
        browsers[web].append(browser)
    assert set(browsers) == set(site.webs)

    # A websocket is opened through nginx, at the web that has the browser's files.
    dies, lives = site.webs
    ann, ben = site.somebody_of(dies), site.somebody_of(lives)
    for person in (ann, ben):
        person.connect()
        person.run("")
        assert not person.redirects
        assert "Sign in" not in person.widgets
        photo = random.Random(1).randbytes(MEGABYTES * 1024 * 1024)
        place = person.place_for_file("photo.jpg")
        file_id = place.upload_url.rpartition("/")[2]
        assert person.upload(person.session_id, file_id, photo).status == 204

    # Whoever is with the other web finds no such session there: files and websocket go together.
    stranger = Wire(site.webs[lives].address, dict(ann.cookies))
    assert stranger.upload(ann.session_id, "1", b"x").status == 404

    site.webs[dies].process.kill()
    site.webs[dies].process.wait()

    # Nobody waits for the dead one, and nobody has to sign in again: the row is in the database.
    for browser in browsers[dies]:
        assert browser.get("/").status == 200
        assert web_of(browser) == lives
    before = dict(ann.cookies)
    lost, ann = ann.session_id, Wire(site.address, dict(before))
    ann.connect(session_id=lost)
    ann.run("")
    assert web_of(ann) == lives
    assert "Sign in" not in ann.widgets
    assert ann.session_id != lost  # what a page held in memory is gone, and nobody else's is found
    assert {"sid", "skincare_node"} <= set(ann.cookies)
    assert ann.cookies == before  # the same cookie names the same order of webs

    # Those of the other web notice nothing.
    assert all(web_of(browser) == lives for browser in browsers[lives])
    ben.run("")
    assert "Sign in" not in ben.widgets
