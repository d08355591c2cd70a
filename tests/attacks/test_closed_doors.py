"""Rows 9 to 11: what a stranger's page, a stranger's request and a failure may reach."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.attacks.conftest import PROBE, Served, serve
from tests.attacks.wire import Refused, Wire

pytestmark = pytest.mark.slow

CLOSED = [
    "/_stcore/metrics",
    "/_stcore/agent/mcp",
    "/_stcore/agent/interact",
    "/_stcore/agent/openapi.json",
    "/_stcore/script-health-check",
    "/_stcore/",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/manifest.json",
    "/.git/config",
    "/.env",
    "/app/",
    "/api/",
    "/api/v2/docs",
    "/api/v1",
    "/static/../_stcore/metrics",
    "/app/static/../app.py",
    "/app/static/%2e%2e/app.py",
    "//_stcore/metrics",
    "/%5fstcore/metrics",
    "/register/_stcore/health",
    "/register/_stcore/host-config",
]


@pytest.mark.parametrize("path", CLOSED)
def test_doors_that_nobody_needs_are_closed(served: Served, path: str) -> None:
    for wire in (served.signed_in(served.anybody), served.visitor()):
        for method in ("GET", "POST"):
            answer = wire.request(method, path, body=b"" if method == "POST" else None)
            assert answer.status in (400, 403, 404, 405), (method, answer.status, answer.text[:200])
            assert b"streamlit" not in answer.body.lower()


@pytest.mark.parametrize(
    "path", ["/media/abc.png", "/component/x/index.html", "/_stcore/bidi-components/x/y.js"]
)
def test_a_visitor_gets_nothing_that_belongs_to_pages(served: Served, path: str) -> None:
    assert served.visitor().get(path).status == 401
    assert Wire(served.address).get(path).status == 401


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        None,
        "http://localhost.evil.example",
        "http://127.0.0.1:1",
        "file://",
        "chrome-extension://abcdef",
    ],
)
def test_a_websocket_from_a_foreign_page_is_refused(served: Served, origin: str | None) -> None:
    with pytest.raises(Refused):
        served.signed_in(served.anybody).connect(origin=origin)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "local host"]
)
def test_a_name_that_is_not_ours_is_not_answered(served: Served, host: str) -> None:
    """DNS rebinding: the hostile name resolves to us, and is its own origin."""
    port = urlsplit(served.address).port
    browser = served.signed_in(served.anybody)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("GET", "/", skip_host=True)
    connection.putheader("Host", f"{host}:{port}" if host else "")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    assert status in (400, 421)
    if host in ("", "local host", "localhost@evil.example"):
        return  # no websocket client sends such a thing
    with pytest.raises(Refused):
        browser.connect(host=host, origin=f"http://{host}:{port}")


def test_our_own_names_are_answered(served: Served) -> None:
    port = urlsplit(served.address).port
    for host in ("127.0.0.1", "localhost"):
        browser = served.visitor()
        browser.connect(host=host, origin=f"http://{host}:{port}")


def test_a_write_from_a_foreign_page_is_refused(probed: Served) -> None:
    person = probed.signed_in(probed.anybody).connect()
    person.run(query="show=upload")
    person.get("/_stcore/health")
    answer = person.request(
        "PUT",
        f"/_stcore/upload_file/{person.session_id}/one",
        headers={
            "Origin": "https://evil.example",
            "X-Xsrftoken": person.cookies["_streamlit_xsrf"],
        },
        body=b"x",
    )
    assert answer.status == 403


def test_a_failure_shows_a_reference_and_nothing_else(probed: Served) -> None:
    person = probed.signed_in(probed.anybody).connect()
    person.run(query="show=failure")
    [sentence] = [text for text in person.texts if "Reference" in text]
    reference = sentence.rsplit(" ", 1)[-1]
    password = urlsplit(probed.database_url).password
    assert password
    for secret in (password, "postgresql", "Traceback", "RuntimeError", "could not reach"):
        assert secret.encode() not in person.seen
    assert person.exceptions == []
    assert reference in probed.log_text()
    assert "RuntimeError" in probed.log_text()


def test_every_answer_carries_the_security_headers(served: Served) -> None:
    signed_in = served.signed_in(served.anybody)
    for wire, path in [
        (Wire(served.address), "/"),
        (signed_in, "/"),
        (signed_in, "/media/none.png"),
        (Wire(served.address), "/media/none.png"),
        (Wire(served.address), "/_stcore/health"),
        (Wire(served.address), "/_stcore/metrics"),
        (Wire(served.address), "/session/start?ticket=x"),
        (Wire(served.address), "/health/ready"),
        (Wire(served.address), "/static/none.js"),
    ]:
        headers = wire.get(path).headers
        assert "default-src" in headers["content-security-policy"], path
        assert "'unsafe-eval'" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "camera=(self)" in headers["permissions-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == "private, no-store", path
        assert "server" not in headers


def test_hashed_assets_may_be_kept_for_long(served: Served) -> None:
    shell = served.visitor().get("/").text
    script = shell.split('src="', 1)[1].split('"', 1)[0]
    assert "immutable" in Wire(served.address).get(script).headers["cache-control"]


def test_behind_tls_cookies_are_secure_and_bound_to_the_host(
    served: Served, tmp_path: Path
) -> None:
    with serve(served.database_url, tmp_path, environment={"SKINCARE_HTTPS": "1"}) as tls:
        wire = Wire(tls.address)
        answer = wire.get("/")
        [cookie] = answer.set_cookies
        assert cookie.startswith("__Host-visitor=")
        assert "Secure" in cookie.split("; ")
        assert "max-age=" in answer.headers["strict-transport-security"]
        [xsrf] = wire.get("/_stcore/health").set_cookies
        assert "Secure" in xsrf.split("; ")


def test_without_a_database_there_is_a_kind_page_and_no_way_in(
    served: Served, tmp_path: Path
) -> None:
    away = "postgresql+psycopg://nobody:secret-of-the-dsn@127.0.0.1:9/none"
    browser = served.signed_in(served.anybody)
    with serve(away, tmp_path) as alone:
        wire = Wire(alone.address, cookies=dict(browser.cookies))
        page = wire.get("/")
        assert page.status == 503
        assert "Nothing was lost" in page.text
        assert "secret-of-the-dsn" not in page.text
        assert wire.get("/health/ready").status == 503
        assert wire.get("/health/live").status == 200
        assert wire.get("/media/none.png").status == 503
        with pytest.raises(Refused):
            wire.connect()


_FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Auth-Address": "203.0.113.9"}


def test_nobody_chooses_the_address_that_his_failures_are_counted_under(probed: Served) -> None:
    wire = probed.visitor().connect(headers=_FORWARDED)
    wire.run(query="show=address")
    assert "address 127.0.0.1" in wire.texts


def test_a_proxy_that_was_named_is_believed(served: Served, tmp_path: Path) -> None:
    named = {"FORWARDED_ALLOW_IPS": "127.0.0.1"}
    with serve(served.database_url, tmp_path, script=PROBE, environment=named) as behind:
        wire = behind.visitor().connect(headers=_FORWARDED)
        wire.run(query="show=address")
        assert "address 203.0.113.9" in wire.texts
