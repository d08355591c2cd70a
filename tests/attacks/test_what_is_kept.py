"""Rows 5 and 8, and the logs: what stays behind in caches and files."""

from __future__ import annotations

import re
import secrets

import pytest

from core.settings import ROOT
from tests.attacks.conftest import PASSWORD, Served

# Same for everybody and cheap to make again, so that anybody may clear it.
_MAY_BE_CACHED: frozenset[str] = frozenset()


def test_nothing_in_the_pages_is_cached_by_streamlit() -> None:
    """`st.cache_data` served one person's record to another, and any client clears all caches."""
    found = {
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in (ROOT / "dashboard").rglob("*.py")
        for line in file.read_text().splitlines()
        if re.search(r"\bst\.(cache_data|cache_resource|experimental_\w+)\b", line)
    }
    assert found <= _MAY_BE_CACHED


@pytest.mark.slow
def test_a_client_that_clears_all_caches_disturbs_nobody(probed: Served) -> None:
    person = probed.signed_in(probed.anybody).connect()
    person.run(query="show=media")
    [address] = set(person.media)
    attacker = probed.visitor().connect()
    attacker.run()
    attacker.clear_caches()
    attacker.run()
    assert person.get(address).status == 200
    person.run(query="show=media")
    assert set(person.media) == {address}


@pytest.mark.slow
def test_no_log_holds_who_people_are(served: Served) -> None:
    canary = f"Canary{secrets.token_hex(5)}"
    wire = served.visitor().connect()
    wire.run("register")
    email = f"{canary}@example.org"
    texts = {
        "E-mail": email,
        "First name": canary,
        "Last name": canary,
        "Password": canary + PASSWORD,
        "Password again": canary + PASSWORD,
    }
    wire.press("Create account", texts, page="register")
    assert wire.redirects  # the account was made
    wire.get(wire.redirects[-1])
    wire.close()
    for attempt in (canary, canary + PASSWORD):
        served.sign_in_form(served.visitor(), email, attempt)
    log = served.log_text()
    assert "sign_in_failed" in log
    assert canary.lower() not in log.lower()
    ticket = wire.redirects[-1].rpartition("=")[2]
    assert ticket not in log
    assert wire.cookies["sid"] not in log
