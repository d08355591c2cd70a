"""The versions of the master key: where they come from, how one is added and retired."""

from __future__ import annotations

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core import master_keys
from core.errors import NotAllowed, Unavailable
from core.settings import settings

ONE, TWO = base64.b64encode(b"1" * 32).decode(), base64.b64encode(b"2" * 32).decode()


def test_at_first_there_is_one_of_our_own(var: Path) -> None:
    made = master_keys.master_keys()
    assert list(made) == [1]
    assert master_keys.master_keys() == made


@pytest.mark.parametrize(
    ("given", "expected"),
    [(ONE, {1: b"1" * 32}), (f"2:{TWO}, 1:{ONE}", {1: b"1" * 32, 2: b"2" * 32})],
    ids=["one", "two versions"],
)
def test_master_keys_can_come_from_the_settings(
    var: Path, monkeypatch: pytest.MonkeyPatch, given: str, expected: dict[int, bytes]
) -> None:
    monkeypatch.setenv("SKINCARE_MASTER_KEY", given)
    settings.cache_clear()
    assert master_keys.master_keys() == expected


@pytest.mark.parametrize("given", ["nonsense", ONE[:-8], f"0:{ONE}", f"{ONE},", "1:"])
def test_a_wrong_master_key_is_refused_and_not_shown(
    var: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SKINCARE_MASTER_KEY", given)
    settings.cache_clear()
    with pytest.raises(Unavailable) as raised:
        master_keys.master_keys()
    assert given not in str(raised.value)


def test_a_new_key_joins_those_before_and_is_seen_at_once(var: Path) -> None:
    before = master_keys.master_keys()
    assert master_keys.add() == 2
    after = master_keys.master_keys()
    assert after[1] == before[1]
    assert len(after[2]) == 32
    assert after[2] != after[1]


def test_the_file_stays_its_owners_and_alone_in_its_folder(var: Path) -> None:
    master_keys.add()
    assert stat.S_IMODE(master_keys.file().stat().st_mode) == 0o600
    assert [file.name for file in (var / "keys").iterdir()] == ["master.key"]


def test_a_retired_key_is_gone_and_its_number_is_not_used_again(var: Path) -> None:
    master_keys.add()
    newest = master_keys.master_keys()[2]
    master_keys.retire([1])
    assert master_keys.master_keys() == {2: newest}
    assert master_keys.add() == 3


def test_the_newest_key_cannot_be_retired(var: Path) -> None:
    master_keys.add()
    with pytest.raises(NotAllowed):
        master_keys.retire([1, 2])
    assert set(master_keys.master_keys()) == {1, 2}


def test_keys_that_are_set_are_not_changed_here(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_MASTER_KEY", f"2:{TWO},1:{ONE}")
    settings.cache_clear()
    for change in (master_keys.add, lambda: master_keys.retire([1])):
        with pytest.raises(NotAllowed, match="SKINCARE_MASTER_KEY"):
            change()
    assert not master_keys.file().exists()


def test_all_who_add_at_the_same_moment_add_one_each(var: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(lambda _: master_keys.add(), range(8)))
    assert sorted(versions) == list(range(2, 10))
    assert set(master_keys.master_keys()) == set(range(1, 10))


@pytest.mark.parametrize("content", ["", "short", f"2:{TWO},", f"2:{TWO},1:{ONE[:-8]}"])
def test_a_damaged_file_is_an_error_and_is_not_replaced(var: Path, content: str) -> None:
    master_keys.add()
    master_keys.file().write_text(content)
    for use in (master_keys.master_keys, master_keys.add):
        with pytest.raises(Unavailable, match="backup"):
            use()
    assert master_keys.file().read_text() == content


def test_a_crash_before_the_new_file_is_whole_leaves_the_old_one(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = master_keys.master_keys()

    def crash(_handle: int) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="power"):
        master_keys.add()
    assert master_keys.master_keys() == before
    assert [file.name for file in (var / "keys").iterdir()] == ["master.key"]
