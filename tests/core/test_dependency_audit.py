"""An audit passes only when it has looked at everything. The service is a stand-in on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from core import dependency_audit
from core.dependency_audit import CLEAN, LISTS, NOT_AUDITED, VULNERABLE, Pin
from core.settings import ROOT


class Service(HTTPServer):
    """Answers every question with `answer`; `asked` is what it was asked."""

    status = 200
    answer: Any = None
    asked: Any = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Service)
        server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        content = server.answer if isinstance(server.answer, bytes) else None
        self.send_response(server.status)
        self.end_headers()
        self.wfile.write(content or json.dumps(server.answer).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service(("127.0.0.1", 0), _Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text("# made\nOne==1.0\n    # via two\ntwo[extra]==2.0.1 ; python_version > '3'\n")
    return file


def test_libraries_without_advisories_pass(service: Service, pins: Path) -> None:
    service.answer = {"results": [{}, {}]}
    assert dependency_audit.run(service.address, [pins]) == CLEAN
    assert service.asked == {
        "queries": [
            {"package": {"name": "one", "ecosystem": "PyPI"}, "version": "1.0"},
            {"package": {"name": "two", "ecosystem": "PyPI"}, "version": "2.0.1"},
        ]
    }


def test_an_advisory_fails_and_is_named(
    service: Service, pins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer = {"results": [{}, {"vulns": [{"id": "GHSA-x"}, {"id": "CVE-1"}]}]}
    assert dependency_audit.run(service.address, [pins]) == VULNERABLE
    assert "two 2.0.1: CVE-1, GHSA-x" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (503, {"results": [{}, {}]}),
        (200, {"results": [{}]}),
        (200, {"results": [{}, None]}),
        (200, {"results": [{}, {"next_page_token": "more"}]}),
        (200, {}),
        (200, []),
        (200, b"<html>sign in to this network</html>"),
    ],
    ids=["away", "one short", "one empty", "not complete", "nothing", "a list", "a portal"],
)
def test_an_answer_that_is_not_whole_is_no_pass(
    service: Service, pins: Path, capsys: pytest.CaptureFixture[str], status: int, answer: Any
) -> None:
    service.status, service.answer = status, answer
    assert dependency_audit.run(service.address, [pins]) == NOT_AUDITED
    assert "Could not be audited: 2 libraries" in capsys.readouterr().out


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://example.org", "file:///etc"])
def test_a_service_that_cannot_be_asked_is_no_pass(pins: Path, address: str) -> None:
    assert dependency_audit.run(address, [pins]) == NOT_AUDITED


@pytest.mark.parametrize("line", ["three>=1", "three @ https://example.org/three.whl", "-e ."])
def test_a_line_without_an_exact_version_is_no_pass(
    service: Service, pins: Path, line: str
) -> None:
    pins.write_text(pins.read_text() + line + "\n")
    service.answer = {"results": [{}, {}]}
    assert dependency_audit.run(service.address, [pins]) == NOT_AUDITED


def test_every_line_of_our_own_lists_can_be_audited() -> None:
    pins, skipped = dependency_audit.pinned([ROOT / name for name in LISTS])
    assert skipped == []
    assert len(pins) > 100
    assert any(pin.name == "cryptography" for pin in pins)
    assert all(isinstance(pin, Pin) for pin in pins)
