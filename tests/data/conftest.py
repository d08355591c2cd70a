from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline import passwords


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The least work that bcrypt can do; how much it is does not matter here."""
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()
