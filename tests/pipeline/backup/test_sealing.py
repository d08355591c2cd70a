"""Backups open with their key and with no other; what is wrong with a key is said."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest

from core.errors import Conflict, InvalidInput
from core.settings import settings
from pipeline.backup import sealing

SECRET = b"the photos of a thousand faces" * 10_000


@pytest.fixture
def key(tmp_path: Path, var: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "key.txt"
    monkeypatch.setenv("SKINCARE_BACKUP_RECIPIENT", sealing.make_key(path))
    settings.cache_clear()
    return path


def sealed(folder: Path) -> Path:
    path = folder / "sealed.age"
    sealing.seal(io.BytesIO(SECRET), path, sealing.recipient())
    return path


def opened(path: Path, key: Path) -> bytes:
    plain = io.BytesIO()
    sealing.open_into(path, plain, sealing.identity_in(key))
    return plain.getvalue()


def test_what_is_sealed_opens_with_its_key_alone(key: Path, tmp_path: Path) -> None:
    path = sealed(tmp_path)
    assert SECRET[:30] not in path.read_bytes()
    assert opened(path, key) == SECRET
    other = tmp_path / "other.txt"
    sealing.make_key(other)
    with pytest.raises(InvalidInput, match="cannot be opened with this key"):
        opened(path, other)


@pytest.mark.parametrize("place", [0, 150, -1])
def test_a_byte_that_changed_is_found(key: Path, tmp_path: Path, place: int) -> None:
    path = sealed(tmp_path)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="cannot be opened"):
        opened(path, key)


def test_a_key_is_for_its_owners_eyes_and_never_overwritten(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with pytest.raises(Conflict, match="never overwritten"):
        sealing.make_key(key)


def test_without_a_recipient_the_way_to_one_is_told(var: Path) -> None:
    with pytest.raises(InvalidInput, match="backup --make-key FILE"):
        sealing.recipient()


def test_a_recipient_that_is_none_is_refused(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_BACKUP_RECIPIENT", "age1notakey")
    settings.cache_clear()
    with pytest.raises(InvalidInput, match="no public key of age"):
        sealing.recipient()


@pytest.mark.parametrize("content", [b"", b"hello", b"AGE-SECRET-KEY-1XYZ", b"\xff\xfe"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.txt"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"key"):
        sealing.identity_in(path)


def test_keys_go_into_a_tar_and_come_out_for_the_owner_alone(tmp_path: Path) -> None:
    there, back = tmp_path / "keys", tmp_path / "back"
    there.mkdir()
    back.mkdir()
    (there / "master.key").write_text("1:AAAA")
    sealing.tar_into(sealing.folder_as_tar(there), back)
    assert (back / "master.key").read_text() == "1:AAAA"
    assert stat.S_IMODE((back / "master.key").stat().st_mode) == 0o600
