"""`run.py backup`: database, photos and keys of one moment, while the product runs.

The database's snapshot is of one moment. Objects never change and are kept before the rows that
name them, so that those which the snapshot names are there; one that is erased in between makes
the backup begin again with a new snapshot.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pyrage import x25519
from sqlalchemy.orm import Session
from tqdm import tqdm

from core.errors import Conflict, NotFound, Unavailable
from core.launch import say
from core.locks import file_lock
from core.postgres_programs import dumping
from core.settings import owner_database_url, settings
from data import audit_chain, erasures, migrate, vault
from data.database import now, read, snapshot
from data.erasure_ledger import the_ledger
from data.photo_store import photo_store
from pipeline.backup import sealing
from pipeline.backup.layout import DATABASE, KEYS, OBJECTS, Backups, Manifest, sha256

_TRIES = 5


class _ErasedMeanwhile(Exception):
    """The snapshot names an object that is gone, and so is its row by now."""


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; ends the program when it is not understood."""
    parser = argparse.ArgumentParser(
        prog="run.py backup",
        description="Copy database, photos and keys as they are at this moment, encrypted. The "
        "product may run meanwhile. Safe to stop and to repeat: a backup counts when it is whole.",
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="DEST", help="folder of backups")
    parser.add_argument(
        "--keep",
        type=_positive,
        metavar="N",
        help="afterwards remove all but the N newest backups in DEST",
    )
    parser.add_argument(
        "--make-key",
        type=Path,
        metavar="FILE",
        help="make the key that opens backups, once; keep the file where this machine is not",
    )
    given = parser.parse_args(arguments)
    if (given.folder is None) == (given.make_key is None):
        parser.error("name a folder, or --make-key FILE")
    return given


def make_key(path: Path) -> int:
    public = sealing.make_key(path)
    say(f"The key is in {path}. Whoever has it can read backups; without it nobody can.")
    say("Keep it away from this machine, and set here:")
    say(f"SKINCARE_BACKUP_RECIPIENT={public}")
    return 0


def run(folder: Path, *, keep: int | None) -> int:
    """Make a backup and say what it holds; the exit status: 1 when photos were lost before.

    Raises InvalidInput without a recipient, Conflict while keys are rotated or another backup is
    made, Unavailable when the folder cannot be written.
    """
    to = sealing.recipient()
    backups = Backups(folder)
    try:
        with (
            file_lock(backups.lock, timeout=0),
            file_lock(settings().var / "run" / "rotate-keys.lock", timeout=0),
        ):
            made, manifest = _made(backups, to)
            removed = 0 if keep is None else backups.keep(keep)
    except TimeoutError:
        raise Conflict("Another backup is being made, or the keys are being rotated.") from None
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror or error}.") from error
    say(f"{made} holds {manifest.objects} photos and maps, and the database they belong to.")
    if removed:
        say(f"{removed} older backup{'s' * (removed != 1)} removed.")
    if manifest.missing:
        say(
            f"{manifest.missing} photos and maps that the database names were not in the photo "
            "store: they were lost before this backup. An earlier one may hold them."
        )
    return 1 if manifest.missing else 0


def _made(backups: Backups, to: x25519.Recipient) -> tuple[Path, Manifest]:
    for _ in range(_TRIES):
        try:
            return _of_one_moment(backups, to)
        except _ErasedMeanwhile:
            say("Somebody was erased meanwhile; beginning again.")
    raise Unavailable("Photos are removed faster than they are copied. Try again in a moment.")


def _of_one_moment(backups: Backups, to: x25519.Recipient) -> tuple[Path, Manifest]:
    unfinished = backups.begin()
    sealing.seal(sealing.folder_as_tar(settings().var / "keys"), unfinished / KEYS, to)
    with snapshot() as (session, name):
        made_at, revision = now(session), migrate.revision(session)
        if revision is None:
            raise NotFound("The database is empty: there is nothing to copy.")
        head = audit_chain.head(session)
        say("Copying the database …")
        with dumping(owner_database_url(), snapshot=name) as dump:
            sealing.seal(dump, unfinished / DATABASE, to)
        objects, missing = _objects(session, backups, unfinished / OBJECTS)
        erasures.note_all(session)
    for entry in the_ledger().entries():
        backups.erasures.learn(entry)
    manifest = Manifest(
        made_at=made_at,
        schema_revision=revision,
        objects=objects,
        missing=missing,
        audit_head=str(head),
        sha256={name: sha256(unfinished / name) for name in (DATABASE, KEYS, OBJECTS)},
    )
    return backups.finish(unfinished, manifest), manifest


def _objects(session: Session, backups: Backups, listing: Path) -> tuple[int, int]:
    """Copy what is new; how many the snapshot names that are there, and that are lost."""
    there = lost = 0
    with (
        listing.open("w", encoding="ascii") as lines,
        tqdm(unit="object", file=sys.stderr, disable=None) as bar,
        closing(vault.everything(session)) as everything,
    ):
        for belonging in everything:
            key = belonging.kept.object_key
            if backups.has(key) or _copied(key, backups):
                lines.write(f"{key}\n")
                there += 1
            else:
                lost += 1
            bar.update()
    return there, lost


def _copied(key: str, backups: Backups) -> bool:
    try:
        backups.pool.put(key, photo_store().get(key))
    except NotFound:
        with read() as session:
            if not vault.is_named(session, key):
                raise _ErasedMeanwhile from None
        return False
    return True


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
