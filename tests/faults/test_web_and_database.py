"""The web process and its database are killed, cut off, starved and filled up under uploads.

The whole product over a PostgreSQL server that is ours, behind a wire that is ours; small disks
where we may mount them. Each test names its scenario and its invariants; `tests.faults.ledger`
holds what was sent and promised against what is there afterwards.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import create_engine

import data.database
from core.postgres import OWNER, EmbeddedPostgres
from core.settings import settings
from data import audit_chain
from data.database import read, transaction
from pipeline import sweep
from tests import people
from tests.faults.conftest import AT_ONCE, count, objects
from tests.faults.ledger import OVERLOAD, PATIENCE, Client, healed
from tests.faults.proxy import Proxy, between
from tests.running import Product, running

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(600)]

NO_LIMITS = {
    "SKINCARE_API_UPLOADS_PER_MINUTE": "100000",
    "SKINCARE_API_REQUESTS_PER_MINUTE": "100000",
    "SKINCARE_API_REQUESTS_PER_MINUTE_PER_ADDRESS": "100000",
    "SKINCARE_PHOTOS_WAITING_PER_USER": "100000",
    "SKINCARE_PHOTOS_PER_DAY": "100000",
}
DATABASE_DISK, PHOTO_DISK = "500m", "40m"

Somebody = Callable[[], tuple[UUID, Client]]


@dataclass(frozen=True)
class Site:
    """The running product and what can be done to it."""

    product: Product
    server: EmbeddedPostgres
    wire: Proxy  # between the product and its database
    database_disk: Path | None  # None: nothing may be mounted here
    photo_disk: Path | None

    def is_ready(self) -> bool:
        return self.product.answers("/health/ready")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with contextlib.ExitStack() as at_the_end, pytest.MonkeyPatch.context() as patch:
        database_disk = at_the_end.enter_context(small_disk(folder / "pg", DATABASE_DISK))
        photo_disk = at_the_end.enter_context(small_disk(folder / "photos", PHOTO_DISK))
        options = {"fsync": "off", "max_wal_size": "64MB", "min_wal_size": "32MB"}
        server = EmbeddedPostgres(folder / "pg" / "server", options)
        server.start()
        at_the_end.callback(server.stop)
        server.create_database(OWNER)
        wire = at_the_end.enter_context(between(server.port))
        behind = server.url().replace(f":{server.port}/", f":{wire.port}/")
        store = f"file://{folder / 'photos' / 'store'}"
        product = at_the_end.enter_context(
            running(folder / "var", **NO_LIMITS, DATABASE_URL=behind, SKINCARE_PHOTO_STORE=store)
        )
        patch.setenv("SKINCARE_VAR", str(folder / "var"))
        patch.setenv("SKINCARE_PHOTO_STORE", store)
        patch.setenv("DATABASE_URL", server.url())
        settings.cache_clear()
        engine = create_engine(server.url(), pool_pre_ping=True)
        at_the_end.callback(engine.dispose)
        at_the_end.callback(settings.cache_clear)
        with data.database.use(engine):
            yield Site(
                product,
                server,
                wire,
                folder / "pg" if database_disk else None,
                folder / "photos" if photo_disk else None,
            )


@pytest.fixture
def somebody(site: Site) -> Iterator[Somebody]:
    """Makes people who may upload."""
    with contextlib.ExitStack() as at_the_end:

        def one() -> tuple[UUID, Client]:
            email = f"{os.urandom(6).hex()}@example.org"
            with transaction() as session:
                user_id = people.register(session, email=email)
            client = Client(site.product.address, email, people.PASSWORD)
            at_the_end.callback(client.close)
            return user_id, client

        yield one


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[bool]:
    """A file system of its own with so much room, where we may mount one; whether we may."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", str(folder)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode != 0:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def filled(disk: Path | None) -> Iterator[None]:
    """No byte left on it meanwhile."""
    if disk is None:
        pytest.skip("a small disk cannot be mounted here: that needs root")
    filler = disk / "filler"
    try:
        with filler.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(64 * 1024))
                file.flush()
        yield
    finally:
        filler.unlink(missing_ok=True)


def nothing_lost(site: Site, user_id: UUID, client: Client) -> None:
    """I1, I2, I6, and I8: what was refused is taken when it is sent again."""
    healed(site.is_ready)
    client.send_again()
    found = client.compare(user_id)
    print(found)  # noqa: T201
    assert found.requests > 0
    assert (found.acknowledged, found.lost, found.doubled) == (len(client.uploads), 0, 0)
    assert set(found.statuses) <= {0, 200, 202} | OVERLOAD  # no 500
    sweep.orphans(grace=AT_ONCE)
    assert stored(site) >= named()  # checks that are being scored add maps meanwhile


def named() -> int:
    """The objects that the database knows of."""
    return count("photos") + count("analysis_results WHERE maps_object_key IS NOT NULL")


def stored(site: Site) -> int:
    return objects(Path(settings().photo_store.removeprefix("file://")))


def kill_web(site: Site) -> None:
    before = site.product.pid_of("web")
    os.kill(before, signal.SIGKILL)
    healed(lambda: site.product.pid_of("web") not in (0, before))


def test_1_killed_while_photos_arrive_the_web_process_loses_none(
    site: Site, somebody: Somebody
) -> None:
    """I1 I2 I6: the same key gives the same check, before and after."""
    user_id, client = somebody()
    with client.uploading():
        for _ in range(2):
            time.sleep(1)
            kill_web(site)
            healed(site.is_ready)
    nothing_lost(site, user_id, client)
    known = {upload.key: upload.acknowledged for upload in client.uploads}
    for upload in client.uploads[:5]:
        assert client.send(upload) in (200, 202)
        assert upload.acknowledged == known[upload.key]


def test_5_after_the_web_process_was_killed_everybody_is_who_they_were(
    site: Site, somebody: Somebody
) -> None:
    """I4 I5: sessions and what was written stay, each with its own person."""
    clients = [somebody()[1] for _ in range(3)]
    checks = [client.upload(seed).acknowledged for seed, client in enumerate(clients)]
    assert None not in checks
    kill_web(site)
    healed(site.is_ready)
    for client, own in zip(clients, checks, strict=True):
        assert client.get("/users/me").json()["email"] == client.email
        seen = [client.get(f"/analysis/{check}").status_code for check in checks]
        assert seen == [200 if check == own else 404 for check in checks]


def test_6_restarted_at_once_under_uploads_the_database_loses_none(
    site: Site, somebody: Somebody
) -> None:
    """I1 I2 I8."""
    user_id, client = somebody()
    with client.uploading():
        for _ in range(2):
            time.sleep(1)
            pid = int((site.server.data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGQUIT)  # an immediate shutdown: recovery at the next start
            healed(lambda: not site.server.is_running())
            site.server.start()
    nothing_lost(site, user_id, client)


def test_7_while_the_database_is_away_nothing_is_accepted(site: Site, somebody: Somebody) -> None:
    """Not ready and 503, in time; I1 I8 afterwards."""
    user_id, client = somebody()
    client.upload(1)
    site.wire.cut()
    try:
        healed(lambda: ready_status(site) == 503, 20)
        refused = [client.upload(seed) for seed in range(2, 6)]
        assert {status for upload in refused for status in upload.answers} == {503}
        assert httpx.get(f"{site.product.address}/health/live", timeout=PATIENCE).is_success
    finally:
        site.wire.mend()
    nothing_lost(site, user_id, client)


def ready_status(site: Site) -> int:
    return httpx.get(f"{site.product.address}/health/ready", timeout=PATIENCE).status_code


def test_8_with_every_connection_ended_every_two_seconds_uploads_go_on(
    site: Site, somebody: Somebody
) -> None:
    """I5 I8."""
    user_id, client = somebody()
    with client.uploading(), site.server.connect() as superuser:
        for _ in range(3):
            time.sleep(2)
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = %s AND pid <> pg_backend_pid()",
                [OWNER],
            )
    nothing_lost(site, user_id, client)


def test_9_without_a_free_connection_requests_are_refused_in_time(
    site: Site, somebody: Somebody
) -> None:
    """I9."""
    user_id, client = somebody()
    with site.server.connect() as superuser:
        superuser.execute(f"ALTER ROLE {OWNER} CONNECTION LIMIT 0")
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [OWNER]
        )
        try:
            refused = [client.upload(seed) for seed in range(3)]
        finally:
            superuser.execute(f"ALTER ROLE {OWNER} CONNECTION LIMIT -1")
    assert {status for upload in refused for status in upload.answers} == {503}
    nothing_lost(site, user_id, client)


def test_10_on_a_full_disk_no_photo_is_accepted_and_no_row_stays(
    site: Site, somebody: Somebody
) -> None:
    """507 and I6; what is there is read all the while."""
    user_id, client = somebody()
    first = client.upload(1)
    before = count("photos")
    with filled(site.photo_disk):
        refused = [client.upload(seed) for seed in range(2, 5)]
        assert client.get(f"/analysis/{first.acknowledged}/photo").status_code == 200
        assert count("photos") == before
    assert {status for upload in refused for status in upload.answers} == {507}
    nothing_lost(site, user_id, client)


def test_11_on_a_full_disk_of_the_database_reading_goes_on(site: Site, somebody: Somebody) -> None:
    """I5: what was acknowledged stays; refused in words, never a 500."""
    user_id, client = somebody()
    first = client.upload(1)
    with filled(site.database_disk):
        for seed in range(2, 12):
            client.upload(seed)
        assert client.get(f"/analysis/{first.acknowledged}").status_code == 200
    nothing_lost(site, user_id, client)


def test_12_a_deadlock_ends_in_a_refusal_that_can_be_repeated(
    site: Site, somebody: Somebody
) -> None:
    """No 500, nothing doubled (I2)."""
    user_id, client = somebody()
    sending = threading.Thread(target=client.upload, args=(1,))
    with psycopg.connect(site.server.url().replace("+psycopg", "")) as other:
        with site.server.connect() as superuser:
            superuser.execute(f"ALTER ROLE {OWNER} SET deadlock_timeout = '1s'")
        # The upload locks its person and then adds a photo: we hold the second and want the first.
        other.execute("LOCK TABLE photos IN EXCLUSIVE MODE")
        sending.start()
        with site.server.connect() as superuser:

            def waits() -> bool:
                found = superuser.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                )
                return found.fetchone() is not None

            healed(waits, 30)
        with contextlib.suppress(psycopg.errors.DeadlockDetected):
            other.execute("SELECT 1 FROM users WHERE user_id = %s FOR UPDATE", [user_id])
        other.rollback()
    sending.join(PATIENCE)
    assert not sending.is_alive()
    nothing_lost(site, user_id, client)


def test_15_twenty_identical_uploads_at_once_are_one_check(site: Site, somebody: Somebody) -> None:
    """I2; and nobody learns from the answer that somebody else has the same photo (I4)."""
    user_id, client = somebody()
    upload = client.upload(1)
    twenty = [threading.Thread(target=client.send, args=(upload,)) for _ in range(20)]
    for thread in twenty:
        thread.start()
    for thread in twenty:
        thread.join()
    nothing_lost(site, user_id, client)
    assert count(f"analysis_results WHERE user_id = '{user_id}'") == 1
    other_id, other = somebody()
    theirs = other.upload(1)
    assert theirs.content == upload.content
    assert theirs.answers == [202]
    assert theirs.acknowledged != upload.acknowledged
    nothing_lost(site, other_id, other)


def test_afterwards_every_check_is_finished_once_and_the_audit_holds(site: Site) -> None:
    """I2 I7, of all the scenarios before."""
    unfinished = "analysis_results WHERE status IN ('queued', 'running')"
    healed(lambda: count(unfinished) == 0, 240)
    twice = (
        "(SELECT photo_id FROM analysis_results GROUP BY photo_id, model_version"
        " HAVING count(*) > 1) AS doubled"
    )
    assert count(twice) == 0
    sweep.orphans(grace=AT_ONCE)
    assert stored(site) == named()
    with read() as session:
        assert audit_chain.verify(session).holds
