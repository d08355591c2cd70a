"""What makes the audit trustworthy, and those who act in it: its chain, second factors."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from data.base import Base, now, owner


class AuditLink(Base):
    """One link of the chain over `audit_events`. Only ever inserted."""

    __tablename__ = "audit_chain"
    __table_args__ = (CheckConstraint("octet_length(digest) = 32", "digest"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("audit_events.event_id"), unique=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class SecondFactor(Base):
    """The secret of a person's authenticator app; in force once a code of it was confirmed."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = owner(primary_key=True)
    wrapped_secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    # The newest half minute whose code was accepted: no code is good twice.
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = now()


class RecoveryCode(Base):
    """The hash of a code that stands in for the app once."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = owner(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]
