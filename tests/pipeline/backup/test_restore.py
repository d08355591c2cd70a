"""Backups of a real database, made and restored; `tests/faults` does it to the whole product."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

import psycopg
import pytest

from core.errors import Conflict, InvalidInput, Unavailable
from core.launch import database
from core.locks import file_lock
from core.postgres import EmbeddedPostgres
from core.postgres_programs import dumping, libpq
from core.settings import database_url, settings
from data import erasures, users, vault
from data.database import leave, read, transaction
from data.migrate import upgrade
from pipeline import intake
from pipeline.backup import make, restore, sealing
from pipeline.backup.layout import Backups
from tests import people
from tests.stand_in import photo_that

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Site:
    """The product's folder, with the ledger and the backups elsewhere."""

    var: Path
    backups: Path
    key: Path

    @contextmanager
    def database(self) -> Iterator[None]:
        with database(self.var / "pg"):
            upgrade()
            yield
            leave(database_url())

    def back_up(self) -> int:
        with self.database():
            return make.run(self.backups, keep=None)

    def restore(
        self, *, key: Path | None = None, name: str | None = None, replace: bool = False
    ) -> int:
        return restore.run(self.backups, key=key or self.key, name=name, replace=replace)

    def somebody(self, *, photos: int) -> UUID:
        with transaction() as session:
            who = people.signed_in(session)
        for seed in range(photos):
            with transaction() as session:
                intake.submit(session, who, [photo_that("is scored", seed=seed)])
        return who.user_id


@pytest.fixture
def site(var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    key = tmp_path / "key.txt"
    monkeypatch.setenv("SKINCARE_BACKUP_RECIPIENT", sealing.make_key(key))
    monkeypatch.setenv("SKINCARE_ERASURE_LEDGER", f"file://{tmp_path / 'ledger'}")
    settings.cache_clear()
    return Site(var, tmp_path / "backups", key)


def objects_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_what_is_wrong_is_said_and_nothing_changes(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with site.database():
        site.somebody(photos=1)
    assert site.back_up() == 0
    with site.database():
        site.somebody(photos=1)  # after the backup
    before = objects_in(site.var / "photos"), objects_in(site.var / "keys")

    with pytest.raises(Conflict, match="holds people already"):
        site.restore()
    with file_lock(site.var / "run" / "lock"), pytest.raises(Conflict, match="Stop it"):
        site.restore(replace=True)

    other = site.key.with_name("other.txt")
    sealing.make_key(other)
    with pytest.raises(InvalidInput, match="cannot be opened with this key"):
        site.restore(key=other, replace=True)

    [sealed] = site.backups.glob("2*/database.age")
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-100])
    with pytest.raises(InvalidInput, match="is damaged"):
        site.restore(replace=True)
    sealed.write_bytes(whole)

    assert (objects_in(site.var / "photos"), objects_in(site.var / "keys")) == before
    with site.database(), read() as session:
        assert len(list(users.everybody(session))) == 2

    assert site.restore(replace=True) == 0
    assert "is kept as skincare_before_" in capsys.readouterr().out
    assert list(site.var.glob("keys_before_*"))
    with site.database(), read() as session:
        assert len(list(users.everybody(session))) == 1
        assert len(list(vault.everything(session))) == 1


def test_a_second_backup_copies_what_is_new_and_knows_who_left(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with site.database():
        ada, bob = site.somebody(photos=2), site.somebody(photos=1)
    assert site.back_up() == 0
    first = {path: path.stat().st_mtime_ns for path in (site.backups / "objects").rglob("*/*")}
    with site.database():
        site.somebody(photos=1)
    assert site.back_up() == 0
    second = {path: path.stat().st_mtime_ns for path in (site.backups / "objects").rglob("*/*")}
    assert second.items() > first.items()
    assert len(second) == len(first) + 1

    with site.database():
        with transaction() as session:
            erasures.request(session, bob, at_once=True)
            erasures.erase(session, bob)
        assert make.run(site.backups, keep=None) == 0

    # Even with the ledger lost, too, the backups know: one that has bob is restored without him.
    shutil.rmtree(site.var)
    shutil.rmtree(site.key.with_name("ledger"))
    with_bob = Backups(site.backups).finished()[1].name
    assert site.restore(name=with_bob) == 0
    assert "Accounts erased again: 1" in capsys.readouterr().out
    assert len(objects_in(site.var / "photos")) == 3
    with site.database():
        with read() as session:
            found = set(users.everybody(session))
            assert ada in found
            assert bob not in found
        assert make.run(site.backups, keep=1) == 0
        assert len(objects_in(site.backups / "objects")) == 3  # bob's went with the last of his


def test_a_photo_that_the_store_has_lost_is_said_and_the_rest_is_backed_up(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with site.database():
        site.somebody(photos=2)
    lost = next((site.var / "photos").rglob("??/*"))
    lost.unlink()
    assert site.back_up() == 1
    assert "1 photos and maps that the database names were not" in capsys.readouterr().out
    shutil.rmtree(site.var)
    assert site.restore() == 1
    assert "1 photos and maps are lost" in capsys.readouterr().out
    assert len(objects_in(site.var / "photos")) == 1


def test_a_backup_during_which_somebody_is_erased_begins_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with site.database():
        ada, bob = site.somebody(photos=1), site.somebody(photos=1)

    @contextmanager
    def and_erasing(url: str, *, snapshot: str) -> Iterator[IO[bytes]]:
        with dumping(url, snapshot=snapshot) as dump:
            yield dump
        monkeypatch.setattr("pipeline.backup.make.dumping", dumping)
        with transaction() as session:
            erasures.request(session, bob, at_once=True)
            erasures.erase(session, bob)

    monkeypatch.setattr("pipeline.backup.make.dumping", and_erasing)
    assert site.back_up() == 0
    assert "beginning again" in capsys.readouterr().out
    shutil.rmtree(site.var)
    assert site.restore() == 0
    assert "Accounts erased again: 0" in capsys.readouterr().out  # it never was in the backup
    with site.database(), read() as session:
        assert list(users.everybody(session)) == [ada]


def test_a_database_on_a_server_of_ones_own_is_restored_when_it_is_gone(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedPostgres(tmp_path / "server", {"fsync": "off"})
    server.start()
    try:
        server.create_database("skin")
        monkeypatch.setenv("DATABASE_URL", server.url("skin"))
        settings.cache_clear()
        with site.database():
            ada = site.somebody(photos=1)
        assert site.back_up() == 0
        server.drop_database("skin")
        with pytest.raises(Unavailable, match="may not create the database skin_restoring"):
            site.restore()
        with server.connect() as connection:
            connection.execute("ALTER ROLE skincare CREATEDB")
        assert site.restore() == 0
        assert "skin_restoring" not in server.databases()
        with site.database(), read() as session:
            assert list(users.everybody(session)) == [ada]
        with pytest.raises(Conflict, match="skin holds people already"):
            site.restore()
        with psycopg.connect(libpq(server.url("skin"))):  # as another machine
            before = list(site.var.glob("keys_before_*"))
            with pytest.raises(Conflict, match="Stop the product on every"):
                site.restore(replace=True)
        assert list(site.var.glob("keys_before_*")) == before
    finally:
        leave(server.url("skin"))
        server.stop()
