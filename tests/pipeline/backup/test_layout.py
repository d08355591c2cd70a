"""A folder of backups: what counts, what is found, and what is removed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import InvalidInput, NotFound
from pipeline.backup.layout import DATABASE, KEYS, OBJECTS, Backups, Manifest, manifest_of, sha256


def backed_up(backups: Backups, day: int, *keys: str) -> Path:
    unfinished = backups.begin()
    for key in keys:
        backups.pool.put(key, key.encode())
    (unfinished / OBJECTS).write_text("".join(f"{key}\n" for key in keys))
    for name in (DATABASE, KEYS):
        (unfinished / name).write_bytes(b"sealed")
    manifest = Manifest(
        made_at=datetime(2026, 3, day, 3, 10, tzinfo=UTC),
        schema_revision="0001",
        audit_head="0:" + 64 * "0",
        objects=len(keys),
        missing=0,
        sha256={name: sha256(unfinished / name) for name in (DATABASE, KEYS, OBJECTS)},
    )
    return backups.finish(unfinished, manifest)


def test_the_newest_is_taken_or_the_one_that_is_named(tmp_path: Path) -> None:
    backups = Backups(tmp_path)
    first, second = backed_up(backups, 1), backed_up(backups, 2)
    assert backups.named(None) == second
    assert backups.named("2026-03-01T03-10-00.000000Z") == first
    with pytest.raises(NotFound, match=r"There are: 2026-03-02T.*Z, 2026-03-01T"):
        backups.named("2026-03-09T03-10-00.000000Z")


def test_a_backup_that_was_broken_off_does_not_count(tmp_path: Path) -> None:
    backups = Backups(tmp_path)
    backups.begin()
    with pytest.raises(NotFound, match="There is no backup in"):
        backups.named(None)
    assert backed_up(backups, 1) == backups.named(None)


def test_keeping_the_newest_removes_what_only_older_ones_need(tmp_path: Path) -> None:
    backups = Backups(tmp_path)
    backed_up(backups, 1, "aa/aa01", "aa/aa02")
    backed_up(backups, 2, "aa/aa02", "bb/bb03")
    assert backups.keep(2) == 0
    assert backups.has("aa/aa01")
    assert backups.keep(1) == 1
    assert [backups.has(key) for key in ("aa/aa01", "aa/aa02", "bb/bb03")] == [False, True, True]
    assert [path.name for path in backups.finished()] == ["2026-03-02T03-10-00.000000Z"]


@pytest.mark.parametrize("name", [DATABASE, KEYS, OBJECTS])
def test_a_file_that_changed_is_found(tmp_path: Path, name: str) -> None:
    backup = backed_up(Backups(tmp_path), 1, "aa/aa01")
    assert manifest_of(backup).objects == 1
    (backup / name).write_bytes((backup / name).read_bytes() + b"!")
    with pytest.raises(InvalidInput, match=f"{name} is damaged"):
        manifest_of(backup)
    (backup / name).unlink()
    with pytest.raises(InvalidInput, match=f"{name} is damaged"):
        manifest_of(backup)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": 2}', "\x00"])
def test_a_manifest_that_cannot_be_read_is_said(tmp_path: Path, content: str) -> None:
    backup = backed_up(Backups(tmp_path), 1)
    (backup / "manifest.json").write_text(content)
    with pytest.raises(InvalidInput, match="cannot be read"):
        manifest_of(backup)
