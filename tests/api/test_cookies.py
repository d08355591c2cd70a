"""Cookies are read from hostile headers, and believed only when we made them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cookies import VISITOR_PREFIX, Cookies

OURS = Cookies(key=b"k" * 32, https=False)
HEADERS = st.text(alphabet=st.characters(min_codepoint=1, max_codepoint=255), max_size=300)


def _value(set_cookie: str) -> str:
    return set_cookie.partition(";")[0].partition("=")[2]


def test_a_visitor_is_known_again() -> None:
    cookie = OURS.new_visitor().partition(";")[0]
    visitor = OURS.visitor(f"other=1; {cookie}; more=2")
    assert visitor is not None
    assert visitor.startswith(VISITOR_PREFIX)
    assert OURS.visitor(cookie) == visitor


def test_no_two_visitors_are_the_same() -> None:
    assert len({_value(OURS.new_visitor()) for _ in range(100)}) == 100


@given(st.integers(min_value=0, max_value=60), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_visitor_changed_in_one_place_is_nobody(place: int, other: str) -> None:
    value = _value(OURS.new_visitor())
    place %= len(value)
    changed = value[:place] + other + value[place + 1 :]
    read = OURS.visitor(f"visitor={changed}")
    if place == len(value) - 1:  # base64's last digit carries bits that count for nothing
        assert read in (None, OURS.visitor(f"visitor={value}"))
    else:
        assert (read is None) == (changed != value)


def test_a_visitor_of_another_key_is_nobody() -> None:
    theirs = Cookies(key=b"x" * 32, https=False)
    assert OURS.visitor(theirs.new_visitor().partition(";")[0]) is None


@given(HEADERS)
def test_any_header_can_be_read(header: str) -> None:
    OURS.session_token(header)
    assert OURS.visitor(header) is None


@given(HEADERS)
def test_a_cookie_is_found_whatever_stands_before_it(before: str) -> None:
    header = f"{before.replace(';', '')}; sid=token"
    assert OURS.session_token(header) in ("token", OURS.session_token(before.replace(";", "")))


@pytest.mark.parametrize("header", ["", "sid", "sid=", "xsid=token", "sid2=token", "a=sid=token"])
def test_what_is_no_session_cookie_is_none(header: str) -> None:
    assert OURS.session_token(header) is None


def test_behind_tls_the_browser_must_keep_it_to_this_host() -> None:
    secure = Cookies(key=b"k" * 32, https=True)
    for header in (secure.set_session("token", hours=1), secure.new_visitor()):
        parts = header.split("; ")
        assert parts[0].startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
    assert secure.session_token("sid=token") is None  # set by a neighbour, say
    assert secure.session_token("__Host-sid=token") == "token"
