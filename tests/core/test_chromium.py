"""A browser for the journeys: named, installed, or said how to get it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from core import chromium


def _program(folder: Path, name: str) -> str:
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return str(file)


def test_the_one_that_is_named_comes_before_an_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "chromium")
    mine = _program(tmp_path, "mine")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CHROMIUM", mine)
    assert chromium.find() == mine


def test_one_that_is_named_but_missing_is_not_replaced_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "chromium")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "gone"))
    assert chromium.find() is None


def test_the_one_that_playwright_fetched_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".cache/ms-playwright/chromium-1200/chrome-linux64"
    folder.mkdir(parents=True)
    program = _program(folder, "chrome")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(chromium, "_MAC", ())
    monkeypatch.setattr("sys.platform", "linux")
    assert chromium.find() == program


@pytest.mark.browser
@pytest.mark.slow
def test_it_draws_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>Good morning</h1>")
    assert page.inner_text("h1") == "Good morning"
    page.close()
