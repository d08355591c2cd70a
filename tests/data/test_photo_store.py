from __future__ import annotations

import errno
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.errors import NotFound, Unavailable
from data import vault
from data.photo_store import PhotoStore, new_key, photo_store
from data.tables import User
from tests import people
from tests.data.stores import put_get_replace_and_delete

NOW = timedelta(0)


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    return PhotoStore(
        f"file://{tmp_path}/photos" if request.param == "file" else f"memory://{tmp_path.name}"
    )


def test_what_is_put_can_be_got_replaced_and_deleted(store: PhotoStore) -> None:
    put_get_replace_and_delete(store)


def test_keys_are_listed_by_age(store: PhotoStore) -> None:
    keys = {new_key() for _ in range(3)}
    for key in keys:
        store.put(key, b"x")
    assert set(store.keys_older_than(timedelta(seconds=-5))) == keys
    assert set(store.keys_older_than(timedelta(hours=1))) == set()


def test_a_store_that_was_never_used_is_empty(store: PhotoStore) -> None:
    assert list(store.keys_older_than(NOW)) == []


def test_a_key_says_nothing_and_spreads_over_folders() -> None:
    keys = {new_key() for _ in range(100)}
    assert len({key[:2] for key in keys}) > 50
    assert all(len(key) == 35 for key in keys)


def test_files_are_for_the_owner_only(tmp_path: Path) -> None:
    PhotoStore(f"file://{tmp_path}/photos").put("ab/abc", b"x")
    modes = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "photos", tmp_path / "photos/ab", tmp_path / "photos/ab/abc")
    }
    assert modes == {"photos": 0o700, "photos/ab": 0o700, "photos/ab/abc": 0o600}


def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="no room"):
        PhotoStore(f"file://{tmp_path}/photos").put("ab/abc", b"x")
    assert [p for p in (tmp_path / "photos").rglob("*") if p.is_file()] == []


def test_the_settings_name_the_store(var: Path) -> None:
    photo_store().put("ab/abc", b"x")
    assert (var / "photos" / "ab" / "abc").read_bytes() == b"x"


# ------------------------------------------------------------------ the sweep


def test_the_sweep_removes_objects_without_a_row_and_no_other(session: Session, var: Path) -> None:
    ada = people.register(session)
    user = session.get_one(User, ada)
    kept = vault.keep(session, ada, b"picture")
    user.picture_object_key, user.picture_wrapped_key = kept.object_key, kept.wrapped_key
    session.flush()
    orphan = vault.keep(session, ada, b"nobody's")
    (var / "photos" / orphan.object_key[:2] / "cut.unfinished").write_bytes(b"half")

    assert vault.sweep(session, grace=timedelta(hours=1)) == 0  # all of it is young
    assert vault.sweep(session, grace=timedelta(seconds=-5)) == 2
    assert vault.read(session, ada, kept) == b"picture"
    with pytest.raises(NotFound):
        vault.read(session, ada, orphan)
