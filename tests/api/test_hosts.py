"""Which Host headers are ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from api.hosts import HostGuard


async def _unused(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise AssertionError("not called")


def _guard(*hosts: str, public_url: str | None = None) -> HostGuard:
    return HostGuard(_unused, hosts=hosts, public_url=public_url)


OURS = _guard("app.example.org", "*.clinic.example", public_url="https://skin.example:8443/")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8501",
        "LOCALHOST",
        "127.0.0.1:8501",
        "192.168.1.20:8501",  # an address in digits needs no name that could be rebound
        "[::1]:8501",
        "app.example.org",
        "app.example.org.",
        "skin.example:8443",
        "a.clinic.example",
        "b.a.clinic.example:1",
    ],
)
def test_ours(host: str) -> None:
    assert OURS.answers_to(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "app.example.org.evil.example",
        "evilapp.example.org",
        "clinic.example",
        "evilclinic.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost/",
        "localhost:port",
        "localhost:99999",
        "localhost evil.example",
        "localhost,evil.example",
        "[::1",
        "http://localhost",
        "0x7f.1.evil.example",
    ],
)
def test_not_ours(host: str) -> None:
    assert not OURS.answers_to(host)


def test_any_name_when_the_operator_says_so() -> None:
    assert _guard("*").answers_to("whatever.example")
    assert not _guard("*").answers_to("what ever/")


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(host: str) -> None:
    assert OURS.answers_to(host) in (True, False)
