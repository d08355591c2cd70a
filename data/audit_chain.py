"""The chain of keyed hashes over the audit: whoever changes or removes an event breaks it.

Each link is HMAC-SHA-256 of the link before and of one event, under a key that is not in the
database (`core.keys`): its administrator cannot forge a chain either. Events are linked a few
seconds after they happened (`seal`), so that actions do not wait for each other; what was removed
before it was linked is not found.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from core.keys import read_or_make
from data.database import one_at_a_time
from data.tables import AuditEvent, AuditLink

_FIRST = bytes(32)
_LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True)
class Head:
    """The newest link. Written down elsewhere (a log, paper) it also proves that none is gone."""

    position: int  # 0: no event was linked yet
    digest: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.digest.hex()}"


@dataclass(frozen=True)
class Verified:
    """What the verifier found."""

    head: Head
    links: int
    waiting: int  # events that are not linked yet
    broken: tuple[str, ...]  # each a sentence; empty: the chain holds

    @property
    def holds(self) -> bool:
        return not self.broken


def head(session: Session) -> Head:
    newest = session.execute(
        select(AuditLink.position, AuditLink.digest).order_by(AuditLink.position.desc()).limit(1)
    ).one_or_none()
    return Head(*newest) if newest else Head(0, _FIRST)


def seal(session: Session, *, at_most: int = 1000) -> int:
    """Link events that are not linked yet, oldest first; how many. One process at a time."""
    one_at_a_time(session, "audit_chain")
    key, last = _key(), head(session)
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.event_id > _surely_linked(session))
        .where(~select(AuditLink).where(AuditLink.event_id == AuditEvent.event_id).exists())
        .order_by(AuditEvent.event_id)
        .limit(at_most)
    ).all()
    for event in events:
        last = Head(last.position + 1, _digest(key, last.digest, event))
        session.add(AuditLink(position=last.position, event_id=event.event_id, digest=last.digest))
    session.flush()
    return len(events)


def _surely_linked(session: Session) -> int:
    """An event up to which all are linked, so that the whole past is not searched every time.

    An event has its number and its time when its transaction begins to write and to run; it may be
    seen later than others that follow it, but not by an hour, which no transaction lasts here.
    """
    newest = select(AuditEvent.at).join(AuditLink).order_by(AuditLink.position.desc()).limit(1)
    return (
        session.scalar(
            select(AuditLink.event_id)
            .join(AuditEvent)
            .where(AuditEvent.at < newest.scalar_subquery() - _LONGEST_TRANSACTION)
            .order_by(AuditLink.position.desc())
            .limit(1)
        )
        or 0
    )


def parse_head(words: str) -> Head:
    """A head as `str` writes it, and as it stands in the worker's log. ValueError otherwise."""
    position, _, digest = words.strip().partition(":")
    found = Head(int(position), bytes.fromhex(digest))
    if found.position < 0 or len(found.digest) != len(_FIRST):
        raise ValueError(words)
    return found


def verify(session: Session, *, known: Head | None = None, most_told: int = 10) -> Verified:
    """Compute the whole chain anew. `known` is a head that was written down at some time."""
    broken: list[str] = []
    key, last, links = _key(), Head(0, _FIRST), 0
    known_seen = known is None or known.position == 0
    for link, event in _in_order(session):
        links += 1
        if link.position != last.position + 1:
            broken.append(f"Links {last.position + 1} to {link.position - 1} are gone.")
        if event is None:
            broken.append(f"The event of link {link.position} is gone.")
        elif not hmac.compare_digest(_digest(key, last.digest, event), link.digest):
            broken.append(
                f"Event {event.event_id} of {event.at:%Y-%m-%d %H:%M} UTC (link {link.position}) "
                "is not as it was, or the link before it is not."
            )
        last = Head(link.position, link.digest)
        if known is not None and known.position == link.position:
            known_seen = True
            if known.digest != link.digest:
                broken.append(f"Link {link.position} is not the one that was written down.")
        if len(broken) >= most_told:
            break
    if not known_seen and not broken and known is not None:
        broken.append(f"The chain ends at {last.position}, before the known {known.position}.")
    waiting = session.scalar(
        select(func.count())
        .select_from(AuditEvent)
        .where(~select(AuditLink).where(AuditLink.event_id == AuditEvent.event_id).exists())
    )
    return Verified(last, links, waiting or 0, tuple(broken))


def _in_order(session: Session) -> Iterable[Row[AuditLink, AuditEvent | None]]:
    return session.execute(
        select(AuditLink, AuditEvent)
        .outerjoin(AuditEvent, AuditEvent.event_id == AuditLink.event_id)
        .order_by(AuditLink.position)
        .execution_options(yield_per=1000, populate_existing=True)
    )


def _digest(key: bytes, before: bytes, event: AuditEvent) -> bytes:
    said = {
        "event_id": event.event_id,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "details": event.details,
    }
    content = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key, before + content.encode(), hashlib.sha256).digest()


def _key() -> bytes:
    return read_or_make("audit.key")
