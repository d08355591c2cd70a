"""Row 12: hostile text in every field, through the wire and straight into the use-cases."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from core.errors import SkincareError
from core.people import Purpose
from dashboard.words import plain
from data.database import transaction
from pipeline import accounts
from pipeline.consents import WORDING
from tests.attacks.conftest import PASSWORD, Served
from tests.attacks.naughty import NUMBERS, STRINGS, SURROGATES
from tests.attacks.wire import Wire


def _id(text: str) -> str:
    return ascii(text)[:24]


@pytest.mark.slow
@pytest.mark.parametrize("text", STRINGS, ids=_id)
def test_the_forms_answer_hostile_text_with_a_sentence(served: Served, text: str) -> None:
    wire = served.visitor()
    served.sign_in_form(wire, text, text)
    _assert_no_failure(served, wire)
    wire.run("register")
    for fields in (("E-mail",), ("First name", "Last name")):
        _register(wire, dict.fromkeys(fields, text))
        _assert_no_failure(served, wire)
        if wire.redirects:  # it was a proper name: this visitor has an account now
            wire = served.visitor()
            wire.connect()
            wire.run("register")
    _register(wire, {"Password": text, "Password again": text})
    _assert_no_failure(served, wire)


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_the_register_form_answers_hostile_ages(served: Served, number: float) -> None:
    wire = served.visitor().connect()
    wire.run("register")
    _register(wire, {}, others=[{"id": wire.widgets["Age (optional)"], "double_value": number}])
    _assert_no_failure(served, wire)
    if 0 <= number < 13 or number == 12.5:
        assert wire.redirects == []  # too young; what is no age at all counts as left empty


@pytest.mark.slow
def test_a_message_that_is_no_message_closes_the_socket_only(served: Served) -> None:
    wire = served.visitor().connect()
    wire.run()
    wire.send_bytes(b"\x0a\xff\xff\xff\xff\x0f" + b"\xed\xa0\x80" * 10)
    assert wire.closed_by_server()
    again = Wire(served.address, cookies=wire.cookies).connect()
    again.run()
    assert "Sign in" in again.widgets


@pytest.mark.slow
def test_a_message_of_many_megabytes_closes_the_socket_only(served: Served) -> None:
    wire = served.visitor().connect()
    wire.run()
    wire.send_bytes(b"x" * (3 * 1024 * 1024))
    assert wire.closed_by_server()
    assert served.visitor().get("/health/live").status == 200


@pytest.mark.slow
@pytest.mark.parametrize("text", STRINGS[:12], ids=_id)
def test_addresses_and_page_names_may_be_anything(served: Served, text: str) -> None:
    wire = served.visitor().connect()
    wire.run(text, query=f"analysis={text}&x=%00%ff")
    _assert_no_failure(served, wire)


@pytest.mark.parametrize("text", [*STRINGS, *SURROGATES], ids=_id)
def test_registering_with_hostile_text_registers_or_says_why_not(
    database: Connection, text: str
) -> None:
    for field in ("email", "password", "first_name", "last_name"):
        _try_to_register({field: text})


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=300), field=st.sampled_from(["email", "first_name", "last_name"]))
def test_registering_with_any_text_registers_or_says_why_not(
    database: Connection, text: str, field: str
) -> None:
    _try_to_register({field: text})


@pytest.mark.parametrize("text", [*STRINGS, *SURROGATES], ids=_id)
def test_signing_in_with_hostile_text_is_refused_in_one_sentence(
    database: Connection, text: str
) -> None:
    for email, password in ((text, PASSWORD), ("a@example.org", text)):
        with pytest.raises(SkincareError), transaction() as session:
            accounts.sign_in(session, email=email, password=password, address="x", user_agent="x")


@pytest.mark.parametrize("text", STRINGS, ids=_id)
def test_text_in_a_message_is_no_markdown(text: str) -> None:
    shown = plain(text)
    assert "](" not in shown
    assert "://" not in shown
    assert "www." not in shown
    assert not shown.replace("\\:", "").count(":")


def _try_to_register(hostile: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "email": f"{secrets.token_hex(6)}@example.org",
        "password": PASSWORD,
        "first_name": "Ann",
        "last_name": "Lee",
    }
    try:
        with transaction() as session:
            accounts.register(session, **{**fields, **hostile})
    except SkincareError as error:
        assert str(error).endswith(".")  # noqa: PT017 # whatever else is raised fails the test


def _register(
    wire: Wire, hostile: dict[str, str], others: list[dict[str, Any]] | None = None
) -> None:
    texts = {
        "E-mail": f"{secrets.token_hex(6)}@example.org",
        "First name": "Ann",
        "Last name": "Lee",
        "Password": PASSWORD,
        "Password again": PASSWORD,
    }
    consent = {"id": wire.widgets[WORDING[Purpose.ANALYSIS]], "bool_value": True}
    wire.press(
        "Create account", {**texts, **hostile}, page="register", others=[consent, *(others or [])]
    )


def _assert_no_failure(served: Served, wire: Wire) -> None:
    assert not [text for text in wire.texts if "Reference" in text], served.log_text()[-3000:]
    assert wire.exceptions == []
