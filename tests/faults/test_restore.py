"""Everything is destroyed, and comes back from a backup that was taken while photos arrived."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from core.settings import ROOT, database_url, settings
from data import audit_chain, vault
from data.database import leave, read, transaction
from tests import people
from tests.faults.conftest import count, objects
from tests.faults.ledger import Client
from tests.faults.test_web_and_database import NO_LIMITS
from tests.running import Product, running, without_settings

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(600)]


class Site:
    """A folder for the product, one for backups, and one for the ledger: as on three machines."""

    def __init__(self, folder: Path) -> None:
        self.var, self.backups, self.key = folder / "var", folder / "backups", folder / "key.txt"
        self.clients: list[Client] = []
        self.environment = {
            **NO_LIMITS,
            "SKINCARE_VAR": str(self.var),
            "SKINCARE_ERASURE_LEDGER": f"file://{folder / 'ledger'}",
        }

    @contextmanager
    def running(self) -> Iterator[Product]:
        with running(self.var, **self.environment) as product:
            try:
                yield product
            finally:
                leave(database_url())  # while its address is known

    def run(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "run.py", *arguments],
            cwd=ROOT,
            env={**without_settings(), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout

    def somebody(self, address: str, *, photos: int) -> tuple[UUID, Client]:
        """Registered, with so many photos acknowledged."""
        email = f"canary-{photos}@example.org"
        with transaction() as session:
            user_id = people.register(session, email=email)
        client = Client(address, email, people.PASSWORD)
        self.clients.append(client)
        for number in range(photos):
            assert client.upload(seed=1000 * photos + number).acknowledged
        return user_id, client

    def restore(self, *more: str) -> tuple[int, str]:
        return self.run("restore", str(self.backups), "--key", str(self.key), *more)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    site = Site(tmp_path)
    status, said = site.run("backup", "--make-key", str(site.key))
    assert status == 0, said
    name, _, public = said.strip().splitlines()[-1].partition("=")
    site.environment[name] = public
    for setting, value in site.environment.items():
        monkeypatch.setenv(setting, value)
    settings.cache_clear()
    yield site
    for client in site.clients:
        client.close()
    monkeypatch.undo()
    settings.cache_clear()


def test_20_what_was_acknowledged_comes_back_and_the_erased_stay_erased(site: Site) -> None:
    """I1, I5, I6, I7; and I4: what was closed after the backup is closed again."""
    with site.running() as product:
        ada_id, ada = site.somebody(product.address, photos=3)
        bob_id, bob = site.somebody(product.address, photos=2)
        eve_id, eve = site.somebody(product.address, photos=1)
        with ada.uploading(threads=1):
            ada.upload(seed=900)
            promised = [one for one in ada.uploads if one.acknowledged]
            status, said = site.run("backup", str(site.backups))
        assert status == 0, said
        assert bob.leave(people.PASSWORD, at_once=True) == 200
        assert eve.leave(people.PASSWORD, at_once=False) == 200
    assert product.process.returncode == 0
    email_in_plain = [
        path
        for path in site.backups.rglob("*")
        if path.is_file() and ada.email.encode() in path.read_bytes()
    ]
    assert email_in_plain == []

    shutil.rmtree(site.var)
    status, said = site.restore()
    assert status == 0, said
    assert "Accounts erased again: 1; closed again: 1." in said

    with site.running() as product:
        ada.uploads = promised
        assert len(promised) >= 4
        assert ada.compare(ada_id).lost == 0
        assert sign_in(product.address, ada) == 200
        assert sign_in(product.address, bob) == sign_in(product.address, eve) == 401
        assert count(f"users WHERE user_id = '{bob_id}'") == 0
        assert count(f"erasures WHERE user_id = '{eve_id}' AND erased_at IS NULL") == 1
        with read() as session:
            named = {each.kept.object_key for each in vault.everything(session)}
            assert audit_chain.verify(session).holds
        assert objects() == len(named), "no object of somebody erased came back"


def sign_in(address: str, client: Client) -> int:
    credentials = {"email": client.email, "password": people.PASSWORD}
    return httpx.post(f"{address}/api/v1/auth/login", json=credentials).status_code
