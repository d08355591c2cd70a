from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core import keys
from core.errors import Unavailable


def test_a_secret_is_made_once_and_read_again(var: Path) -> None:
    secret = keys.read_or_make("a.key", 48)
    assert len(secret) == 48
    assert keys.read_or_make("a.key", 48) == secret
    assert keys.read_or_make("b.key", 48) != secret


def test_only_the_owner_can_read_a_secret(var: Path) -> None:
    keys.read_or_make("a.key")
    assert stat.S_IMODE((var / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((var / "keys" / "a.key").stat().st_mode) == 0o600
    assert [file.name for file in (var / "keys").iterdir()] == ["a.key"]


def test_all_who_ask_at_the_same_moment_get_the_same_secret(var: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: keys.read_or_make("a.key"), range(32)))
    assert len(set(answers)) == 1


def test_a_damaged_secret_is_an_error_and_is_not_replaced(var: Path) -> None:
    keys.read_or_make("a.key")
    (var / "keys" / "a.key").write_text("short")
    with pytest.raises(Unavailable, match="backup"):
        keys.read_or_make("a.key")
    assert (var / "keys" / "a.key").read_text() == "short"


def test_a_pseudonym_is_the_same_for_the_same_and_tells_nothing(var: Path) -> None:
    ada = keys.pseudonym("account", "ada@example.org")
    assert ada == keys.pseudonym("account", "ada@example.org")
    assert ada != keys.pseudonym("person", "ada@example.org")
    assert ada != keys.pseudonym("account", "eve@example.org")
    (var / "keys" / "pseudonyms.key").unlink()
    assert ada != keys.pseudonym("account", "ada@example.org")
