"""Who asked to be erased, and who was: kept outside the database, for restored backups to obey.

An object an entry, in the store that SKINCARE_ERASURE_LEDGER names; people appear as pseudonyms.
An entry is written before its transaction commits: an erasure that was acknowledged is in the
ledger. What a rolled back transaction wrote is put back as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.errors import NotFound, SkincareError, Unavailable
from core.settings import settings
from data.photo_store import PhotoStore

log = structlog.get_logger(__name__)

_SUFFIX = ".json"


class Entry(BaseModel):
    """One account that is to be erased when its time comes, or that was."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    erasure_id: UUID
    pseudonym: str
    requested_at: datetime
    due_at: datetime
    erased_at: datetime | None


class ErasureLedger:
    """The entries under one address. Every method raises Unavailable when it does not answer."""

    def __init__(self, address: str) -> None:
        self._store = PhotoStore(address)

    def put(self, entry: Entry) -> None:
        self._store.put(_key(entry.erasure_id), entry.model_dump_json().encode())

    def learn(self, entry: Entry) -> bool:
        """Keep the entry where it says more than what is known of it; whether it did."""
        known = self.get(entry.erasure_id)
        is_news = known is None or _how_far(entry) < _how_far(known)
        if is_news:
            self.put(entry)
        return is_news

    def entries(self) -> Iterator[Entry]:
        for key in self._store.all_keys():
            if key.endswith(_SUFFIX):
                yield Entry.model_validate_json(self._store.get(key))

    def get(self, erasure_id: UUID) -> Entry | None:
        try:
            return Entry.model_validate_json(self._store.get(_key(erasure_id)))
        except NotFound:
            return None

    def remove(self, erasure_id: UUID) -> None:
        self._store.delete(_key(erasure_id))


def the_ledger() -> ErasureLedger:
    """The ledger that the settings name."""
    return ErasureLedger(settings().erasure_ledger)


def note(session: Session, entry: Entry) -> None:
    """Write the entry now; put back what was there if this transaction rolls back."""
    ledger = the_ledger()
    try:
        before = ledger.get(entry.erasure_id)
        ledger.put(entry)
    except Unavailable as error:
        raise Unavailable(
            "What is to be erased cannot be noted now. Nothing was changed; try again in a moment."
        ) from error

    def put_back(_session: Session) -> None:
        try:
            if before is None:
                ledger.remove(entry.erasure_id)
            else:
                ledger.put(before)
        except SkincareError as failure:  # the transaction has ended; its own error counts
            log.warning("erasure_not_put_back", reason=str(failure))

    event.listen(session, "after_rollback", put_back, once=True, insert=True)  # the last first


def merged(*ledgers: ErasureLedger) -> list[Entry]:
    """What all of them know, an entry once: erased where one says so, or else due soonest."""
    known: dict[UUID, Entry] = {}
    for ledger in ledgers:
        for entry in ledger.entries():
            other = known.get(entry.erasure_id, entry)
            known[entry.erasure_id] = min(entry, other, key=_how_far)
    return list(known.values())


def _how_far(entry: Entry) -> tuple[bool, datetime]:
    return entry.erased_at is None, entry.erased_at or entry.due_at


def _key(erasure_id: UUID) -> str:
    return f"{erasure_id.hex[-2:]}/{erasure_id.hex}{_SUFFIX}"
