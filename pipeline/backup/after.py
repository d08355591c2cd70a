"""What a restored database needs before it may be used: the erased go, the photos come."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.orm import Session
from tqdm import tqdm

from core.errors import NotFound
from core.people import Identity
from data import audit, audit_chain, erasures, users, vault
from data.crypto import Undecipherable
from data.database import read, snapshot, transaction
from data.erasure_ledger import Entry
from data.photo_store import photo_store
from data.vault import Belonging
from pipeline import leaving
from pipeline.backup.layout import Backups


@dataclass(frozen=True)
class Objects:
    """Those that the restored database names."""

    good: int  # they open
    brought: int  # of these, what the photo store did not have
    broken: int  # that are nowhere, or do not open


@dataclass(frozen=True)
class Found:
    """What was done to the restored database, and what it is like."""

    erased: int  # accounts
    closed: int  # accounts in their days of grace
    objects: Objects
    chain: audit_chain.Verified


def obey(entries: list[Entry]) -> tuple[int, int]:
    """Erase or close again whoever left since the backup; how many were erased, and closed."""
    left = {entry.pseudonym: entry for entry in entries}
    with read() as session:
        found = {
            user_id: left[pseudonym]
            for user_id in users.everybody(session)
            if (pseudonym := audit.of(user_id)) in left
        }
    erased = closed = 0
    for user_id, entry in found.items():
        with transaction() as session:
            user = users.get(session, user_id)
            erasures.ask_again(session, user_id, entry)
            if entry.erased_at is not None:
                erasures.erase(session, user_id)
                erased += 1
            elif user.is_active:
                no_session = uuid4()
                who = Identity(user_id, no_session, user.email, user.first_name, user.role)
                leaving.close(session, who)
                closed += 1
    return erased, closed


def bring_objects(backups: Backups) -> Objects:
    """Bring what the photo store has not, and open everything: only then it is what it was."""
    good = brought = broken = 0
    with snapshot() as (session, _), tqdm(unit="object", file=sys.stderr, disable=None) as bar:
        for belonging in vault.everything(session):
            try:
                brought += _bring(session, belonging, backups)
                good += 1
            except (NotFound, Undecipherable):
                broken += 1
            bar.update()
    return Objects(good, brought, broken)


def _bring(session: Session, belonging: Belonging, backups: Backups) -> bool:
    """Whether it had to be brought. NotFound, or Undecipherable, where it cannot be opened."""
    key = belonging.kept.object_key
    try:
        vault.read(session, belonging.user_id, belonging.kept)
    except (NotFound, Undecipherable):
        photo_store().put(key, backups.pool.get(key))
        vault.read(session, belonging.user_id, belonging.kept)
        return True
    return False
