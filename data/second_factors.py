"""Authenticator apps' secrets and recovery codes, whose they are first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data import crypto, user_keys
from data.tables import RecoveryCode, SecondFactor

_WHAT = "second factor"


@dataclass(frozen=True)
class Factor:
    secret: str  # base32
    is_confirmed: bool


def find(session: Session, user_id: UUID) -> Factor | None:
    row = session.get(SecondFactor, user_id, populate_existing=True)
    if row is None:
        return None
    key = user_keys.get(session, user_id)
    secret = crypto.open_small(row.wrapped_secret, key, what=_WHAT, user_id=user_id)
    return Factor(secret.decode("ascii"), row.confirmed_at is not None)


def begin(session: Session, user_id: UUID, secret: str) -> bool:
    """Keep a secret to be confirmed. False when a confirmed one is in force, which stays."""
    key = user_keys.get(session, user_id)
    wrapped = crypto.seal_small(secret.encode("ascii"), key, what=_WHAT, user_id=user_id)
    row = insert(SecondFactor).values(user_id=user_id, wrapped_secret=wrapped)
    kept = session.scalar(
        row.on_conflict_do_update(
            index_elements=["user_id"],
            set_={"wrapped_secret": row.excluded.wrapped_secret, "last_step": 0},
            where=SecondFactor.confirmed_at.is_(None),
        ).returning(SecondFactor.user_id)
    )
    return kept is not None


def confirm(session: Session, user_id: UUID, code_hashes: Iterable[bytes]) -> None:
    """From now on it is asked for. The recovery codes replace earlier ones."""
    session.execute(
        update(SecondFactor).where(SecondFactor.user_id == user_id).values(confirmed_at=func.now())
    )
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, code_hash=digest) for digest in code_hashes)
    session.flush()


def use_step(session: Session, user_id: UUID, step: int) -> bool:
    """Take the code of this half minute; False when it, or a later one, was taken before."""
    taken = session.scalar(
        update(SecondFactor)
        .where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.last_step)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def use_code(session: Session, user_id: UUID, code_hash: bytes) -> bool:
    """Take a recovery code; False when there is no such code or it was used."""
    taken = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=func.now())
        .returning(RecoveryCode.code_hash)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def codes_left(session: Session, user_id: UUID) -> int:
    return session.scalars(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    ).one()


def remove(session: Session, user_id: UUID) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def now_seconds(session: Session) -> float:
    """The database's clock, seconds since 1970: every web server counts the same half minutes."""
    return float(session.scalars(select(func.extract("epoch", func.clock_timestamp()))).one())
