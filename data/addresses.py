"""Which e-mail addresses are proven, and the accounts that wait for that."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.tables import PendingAccount, User, VerifiedAddress


def verified_at(session: Session, user_id: UUID) -> datetime | None:
    """Since when the account's present address is proven; None: it is not."""
    return session.scalar(
        select(VerifiedAddress.verified_at)
        .join(User, User.user_id == VerifiedAddress.user_id)
        .where(
            VerifiedAddress.user_id == user_id,
            func.lower(VerifiedAddress.email) == func.lower(User.email),
        )
    )


def verify(session: Session, user_id: UUID, email: str) -> None:
    """Note that the person reads the mail of this address."""
    fresh = {"email": email, "verified_at": func.now()}
    session.execute(
        insert(VerifiedAddress)
        .values(user_id=user_id, **fresh)
        .on_conflict_do_update(
            index_elements=[VerifiedAddress.user_id],
            set_=fresh,
            where=func.lower(VerifiedAddress.email) != email.lower(),
        )
    )


def wait_for(session: Session, user_id: UUID) -> None:
    """Note that the account is closed until its address is proven."""
    session.add(PendingAccount(user_id=user_id))
    session.flush()


def is_waiting(session: Session, user_id: UUID) -> bool:
    return session.get(PendingAccount, user_id) is not None


def no_longer_waits(session: Session, user_id: UUID) -> bool:
    """Whether the account was waiting; it is not any more."""
    found = session.scalar(
        delete(PendingAccount)
        .where(PendingAccount.user_id == user_id)
        .returning(PendingAccount.user_id)
    )
    return found is not None


def waiting_since(session: Session, age: timedelta, *, at_most: int) -> list[UUID]:
    """Accounts whose address nobody proved in this time; locked for this transaction."""
    found = session.scalars(
        select(PendingAccount.user_id)
        .where(PendingAccount.created_at < func.now() - age)
        .order_by(PendingAccount.created_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return list(found)
