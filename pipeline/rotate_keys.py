"""`run.py rotate-keys`: a new master key, and every person's key wrapped with it.

    the new key is on the disk → new accounts use it → the others' keys follow, batch by batch

Every process on this machine reads the file of keys whenever it needs one, so at each moment what a
row names can be opened, and the command may be killed and repeated at any time. A rotation that was
not finished is finished first; only then is another key made.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from uuid import UUID

from tqdm import tqdm

from core import master_keys
from core.errors import Conflict, Unavailable
from core.launch import say
from core.locks import file_lock
from core.settings import settings
from data import user_keys
from data.database import read, transaction

BATCH = 500  # keys a transaction


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; ends the program when it is not understood."""
    parser = argparse.ArgumentParser(
        prog="run.py rotate-keys",
        description="Make a new master key and wrap every person's key with it. No photo is "
        "touched, the product may run meanwhile. Safe to stop and to repeat.",
    )
    parser.add_argument(
        "--retire",
        action="store_true",
        help="make no new key: finish what was begun, then remove older keys that nobody needs",
    )
    return parser.parse_args(arguments)


def run(*, retire: bool) -> int:
    """Rotate, and say what happened; the exit status: 1 when some key could not be wrapped anew.

    Raises Conflict while another rotation runs, Unavailable when a master key is missing.
    """
    try:
        with file_lock(settings().var / "run" / "rotate-keys.lock", timeout=0):
            newest = _newest(make=not retire)
            unopened = _rewrap(newest)
            older = _retire(newest) if retire and not unopened else _not_needed(newest)
    except TimeoutError:
        raise Conflict("The keys are being rotated already, by another process.") from None
    if unopened:
        say(
            f"{_keys(unopened)} could not be opened and stayed as they were: damaged, or under a "
            "master key that is not the one of its version. Nothing was retired."
        )
        return 1
    for version in older:
        _say_what_is_left(version, retired=retire)
    return 0


def _newest(*, make: bool) -> int:
    """The version that everything shall be wrapped with; a new one where it is time for that."""
    with read() as session:
        needed = user_keys.by_version(session)
    known = master_keys.master_keys()
    missing = sorted(needed.keys() - known.keys())
    if missing:
        raise Unavailable(
            f"Master key {missing[0]} wraps {_keys(needed[missing[0]])} and is not among the keys "
            "of this installation. Restore it first; nothing was changed."
        )
    newest = max(known)
    if needed.keys() - {newest}:
        say(f"Going on with a rotation to master key {newest} that was not finished.")
    elif make and master_keys.are_set():
        say(
            f"Every key is wrapped with master key {newest}, the newest in SKINCARE_MASTER_KEY. To "
            f"rotate, set it to {newest + 1}:NEW,{newest}:OLD everywhere, restart, and repeat this."
        )
    elif make:
        newest = master_keys.add()
        say(f"Master key {newest} is made and used from now on. Back up {master_keys.file()} now.")
    return newest


def _rewrap(newest: int) -> int:
    """Wrap every key with the newest master key; how many could not be opened."""
    with read() as session:
        needed = user_keys.by_version(session)
    rewrapped = unopened = 0
    last: UUID | None = None
    with tqdm(
        total=sum(needed.values()) - needed.get(newest, 0),
        unit="key",
        file=sys.stderr,
        disable=None,
    ) as bar:
        while True:
            with transaction() as session:
                batch = user_keys.rewrap(session, after=last, at_most=BATCH)
            if batch.last is None:
                break
            last = batch.last
            rewrapped += batch.rewrapped
            unopened += batch.unopened
            bar.update(batch.rewrapped + batch.unopened)
    say(f"{_keys(rewrapped)} wrapped anew with master key {newest}.")
    return unopened


def _retire(newest: int) -> list[int]:
    """Remove from the file whatever wraps nothing any more; the versions that nobody needs."""
    with transaction() as session:
        user_keys.stop_changes(session)  # nobody can come to need one between look and removal
        spare = _spare(newest, user_keys.by_version(session))
        if spare and not master_keys.are_set():
            master_keys.retire(spare)
    return spare


def _not_needed(newest: int) -> list[int]:
    with read() as session:
        return _spare(newest, user_keys.by_version(session))


def _spare(newest: int, needed: dict[int, int]) -> list[int]:
    return sorted(master_keys.master_keys().keys() - needed.keys() - {newest})


def _say_what_is_left(version: int, *, retired: bool) -> None:
    if master_keys.are_set():
        say(f"No key needs master key {version} any more: take it out of SKINCARE_MASTER_KEY.")
    elif retired:
        say(f"Master key {version} was removed from {master_keys.file()}.")
    else:
        say(f"No key needs master key {version} any more: run.py rotate-keys --retire removes it.")
    say(f"  Backups of the database made before now need it: keep a copy of {version} with them.")


def _keys(number: int) -> str:
    return f"{number} key{'s' * (number != 1)} of people"
