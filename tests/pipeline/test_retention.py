"""What a person is told about how long things are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.settings import settings
from pipeline import notify, retention


def until(what: str) -> str:
    return next(kept.until for kept in retention.of_person() if kept.what == what)


def test_the_periods_are_those_by_which_the_worker_removes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert until("Notifications") == "180 days, read or not."
    monkeypatch.setattr(notify, "KEPT", timedelta(days=1))
    assert until("Notifications") == "1 day, read or not."


def test_who_is_erased_is_told_of_the_backups_too() -> None:
    assert "erased again before one is used" in until("Encrypted backups of all this")


def test_the_periods_follow_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_SESSION_IDLE_HOURS", "5")
    settings.cache_clear()
    try:
        assert until("Where you are signed in") == "5 hours without use, at most 30 days."
    finally:
        monkeypatch.undo()
        settings.cache_clear()
