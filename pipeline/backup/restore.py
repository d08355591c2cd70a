"""`run.py restore`: a backup becomes the product's database, photos and keys.

    into a database beside → the erased are erased again → photos → verified → its name

Until the last step, which renames, keys and database are what they were, and no request is answered
from what is restored: whoever was erased after the backup never comes back. Killed at any moment,
also in the last step, the command can be repeated. What it takes the place of keeps another name.
"""

from __future__ import annotations

import argparse
import io
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pyrage import x25519

from core.errors import Conflict, InvalidInput
from core.launch import database, say
from core.locks import file_lock
from core.postgres import ANALYST, APP, OWNER, EmbeddedPostgres
from core.postgres_databases import Databases, OwnServer
from core.postgres_programs import database_name, restoring
from core.settings import database_url, owner_database_url, settings, turned_to, with_database
from data import audit, audit_chain, migrate, sessions, users
from data import database as connections
from data.database import read, transaction
from data.erasure_ledger import merged, the_ledger
from pipeline.backup import after, sealing
from pipeline.backup.layout import DATABASE, KEYS, Backups, Manifest, keys_in, manifest_of


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; ends the program when it is not understood."""
    parser = argparse.ArgumentParser(
        prog="run.py restore",
        description="Put a backup in the place of the database, photos and keys. The product has "
        "to be stopped everywhere. Accounts that were erased since are erased again first.",
    )
    parser.add_argument("folder", type=Path, metavar="SRC", help="folder of backups")
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="the key that opens backups"
    )
    parser.add_argument("--backup", metavar="NAME", help="which one; without it the newest")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="there is a database with people; it is kept under another name",
    )
    return parser.parse_args(arguments)


def run(folder: Path, *, key: Path, name: str | None, replace: bool) -> int:
    """Restore and say what came; the exit status: 1 when photos are lost or the audit is broken.

    Raises InvalidInput for a key or a backup that does not open, Conflict while the product runs
    or where a database would be replaced without being asked to.
    """
    identity, backups = sealing.identity_in(key), Backups(folder)
    backup = backups.named(name)
    manifest = _checked(backups, backup)
    try:
        with file_lock(settings().var / "run" / "lock", timeout=0):
            return _restore(backups, backup, manifest, identity, replace=replace)
    except TimeoutError:
        raise Conflict("Skincare AI runs. Stop it, here and on every machine, first.") from None


def _checked(backups: Backups, backup: Path) -> Manifest:
    manifest = manifest_of(backup)
    if not migrate.is_known(manifest.schema_revision):
        raise InvalidInput(
            f"{backup.name} was made by a later version of Skincare AI. Restore it with that one."
        )
    lost = sum(not backups.has(key) for key in keys_in(backup))
    if lost:
        say(f"{lost} of its {manifest.objects} photos and maps are not in {backups.folder}.")
    return manifest


def _restore(
    backups: Backups, backup: Path, manifest: Manifest, key: x25519.Identity, *, replace: bool
) -> int:
    given = settings()
    real = OWNER if given.database_url is None else database_name(database_url())
    beside = f"{real}_restoring"
    with database(given.var / "pg", real) as embedded:
        server: Databases = embedded or OwnServer(owner_database_url())
        is_there = real in server.databases()
        has_people = is_there and _has_people()
        if has_people and not replace:
            raise Conflict(
                f"The database {real} holds people already. With --replace it is kept beside under "
                "another name, and the backup takes its place."
            )
        workplace = _with_keys(backup, key)
        server.drop_database(beside)  # of a restoration that was broken off
        server.create_database(beside)
        with turned_to(_environment(embedded, beside, workplace)):
            say(f"Restoring {backup.name} …")
            try:
                found = _filled(backups, backup, manifest, key)
            finally:
                connections.leave(database_url())
        stamp = f"before_{datetime.now(UTC):%Y%m%d%H%M%S}"
        if has_people:
            server.rename_database(real, f"{real}_{stamp}")  # first: refused while others use it
            say(f"The database that was here is kept as {real}_{stamp}.")
        elif is_there:
            server.drop_database(real)
        server.rename_database(beside, real)
        _put_keys(workplace, stamp)
    return _report(manifest, found)


def _has_people() -> bool:
    try:
        with read() as session:
            return migrate.revision(session) is not None and users.anybody(session)
    finally:
        connections.leave(database_url())


def _environment(embedded: EmbeddedPostgres | None, beside: str, workplace: Path) -> dict[str, str]:
    """Settings for the database beside and the restored keys; photos and ledger stay the real."""
    given = settings()
    if embedded is not None:
        databases = {
            "DATABASE_URL": embedded.url(beside, role=APP),
            "DATABASE_OWNER_URL": embedded.url(beside),
            "ANALYST_DATABASE_URL": embedded.url(beside, role=ANALYST),
        }
    else:
        urls = {
            "DATABASE_URL": given.database_url,
            "DATABASE_OWNER_URL": given.database_owner_url,
            "ANALYST_DATABASE_URL": given.analyst_database_url,
        }
        databases = {
            name: with_database(url.get_secret_value(), beside) for name, url in urls.items() if url
        }
    return {
        **databases,
        "SKINCARE_VAR": str(workplace),
        "SKINCARE_PHOTO_STORE": given.photo_store,
        "SKINCARE_ERASURE_LEDGER": given.erasure_ledger,
    }


def _filled(
    backups: Backups, backup: Path, manifest: Manifest, key: x25519.Identity
) -> after.Found:
    with restoring(owner_database_url()) as into:
        sealing.open_into(backup / DATABASE, into, key)
    migrate.upgrade()
    with transaction() as session:
        sessions.end_everybodys(session)
        audit.add(session, "restored", actor=None, backup=backup.name)
    erased, closed = after.obey(merged(the_ledger(), backups.erasures))
    objects = after.bring_objects(backups)
    with read() as session:
        chain = audit_chain.verify(session, known=audit_chain.parse_head(manifest.audit_head))
    return after.Found(erased, closed, objects, chain)


def _with_keys(backup: Path, key: x25519.Identity) -> Path:
    """A folder in the place of SKINCARE_VAR until all is verified, with the backup's keys in it."""
    workplace = settings().var / "restoring"
    shutil.rmtree(workplace, ignore_errors=True)
    keys = workplace / "keys"
    keys.mkdir(parents=True, mode=0o700)
    content = io.BytesIO()
    sealing.open_into(backup / KEYS, content, key)
    content.seek(0)
    sealing.tar_into(content, keys)
    return workplace


def _put_keys(workplace: Path, stamp: str) -> None:
    keys = settings().var / "keys"
    if keys.exists():
        keys.rename(keys.with_name(f"keys_{stamp}"))
    (workplace / "keys").rename(keys)
    shutil.rmtree(workplace)


def _report(manifest: Manifest, found: after.Found) -> int:
    objects, chain = found.objects, found.chain
    say(f"Restored as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC. Everybody signs in again.")
    say(f"Photos and maps that open: {objects.good}; {objects.brought} came from the backup.")
    say(f"Accounts erased again: {found.erased}; closed again: {found.closed}.")
    for sentence in chain.broken:
        say(sentence)
    if chain.holds:
        say(f"The audit holds: {chain.links} events are linked.")
    if objects.broken:
        say(f"{objects.broken} photos and maps are lost: neither store nor backup has them whole.")
    return 0 if chain.holds and not objects.broken else 1
