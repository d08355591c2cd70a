"""From where people have signed in before. A device stands here by pseudonym, see core.keys."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.tables import KnownDevice


def count(session: Session, user_id: UUID) -> int:
    wanted = select(func.count()).where(KnownDevice.user_id == user_id)
    return session.scalar(wanted) or 0


def note(session: Session, user_id: UUID, *, device: str, name: str) -> bool:
    """Keep that this device was used; whether it is a new one."""
    known = session.scalar(
        select(KnownDevice.name)
        .where(KnownDevice.user_id == user_id, KnownDevice.device_hash == device)
        .execution_options(populate_existing=True)
    )
    session.execute(
        insert(KnownDevice)
        .values(user_id=user_id, device_hash=device, name=name)
        .on_conflict_do_update(
            index_elements=[KnownDevice.user_id, KnownDevice.device_hash],
            set_={"last_seen_at": func.now()},
        )
    )
    return known is None


def sweep(session: Session, *, unused_for: timedelta) -> int:
    """Forget devices that were not used for this long; how many."""
    forgotten = session.scalars(
        delete(KnownDevice)
        .where(KnownDevice.last_seen_at < func.now() - unused_for)
        .returning(KnownDevice.name)
        .execution_options(synchronize_session=False)
    )
    return len(forgotten.all())
