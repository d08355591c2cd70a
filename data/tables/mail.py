"""Mail on its way, links that were sent by mail, and which addresses are proven."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.mail import Letter, LinkFor
from core.notifications import Kind
from data.base import Base, TextEnum, now, one_of


class Mail(Base):
    """One mail, from the transaction that wanted it until the server has taken it.

    Neither address nor text stands here: both are made when it is sent, from what holds then.
    """

    __tablename__ = "email_outbox"
    __table_args__ = (
        one_of("letter", Letter),
        one_of("kind", Kind),
        CheckConstraint("(letter = 'news') = (kind IS NOT NULL)", name="kind_of_news"),
        CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name="one_end"),
        UniqueConstraint("user_id", "dedupe_key"),
        Index(
            "ix_email_outbox_due",
            "next_try_at",
            postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
        Index(None, "created_at"),  # for the sweep
    )

    mail_id: Mapped[UUID] = mapped_column(primary_key=True)
    # NULL: a link was asked for an address without an account; removed unsent
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    letter: Mapped[Letter] = mapped_column(TextEnum(Letter))
    kind: Mapped[Kind | None] = mapped_column(TextEnum(Kind))  # of the news
    link_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mailed_links.link_id", ondelete="CASCADE"), index=True
    )
    dedupe_key: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)  # with < and >; one for all tries
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    refusals: Mapped[int] = mapped_column(SmallInteger, server_default="0")  # 5xx for this mail
    last_problem: Mapped[str | None]  # a code such as "451", never the server's words
    next_try_at: Mapped[datetime] = now()
    give_up_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now()


class MailedLink(Base):
    """A single-use link. Its token is kept as a hash only."""

    __tablename__ = "mailed_links"
    __table_args__ = (
        one_of("purpose", LinkFor),
        Index(None, "account", "asked_at"),  # for the limits
        Index(None, "origin", "asked_at"),
        Index(None, "asked_at"),  # for the sweep
    )

    link_id: Mapped[UUID] = mapped_column(primary_key=True)
    # NULL: the address has no account, so the link opens nothing
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[LinkFor] = mapped_column(TextEnum(LinkFor))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account: Mapped[str]  # pseudonym of the e-mail address that it goes to
    origin: Mapped[str]  # pseudonym of the network address that it was asked from
    asked_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class VerifiedAddress(Base):
    """That a person reads the mail of this address. Counts while it is the account's address."""

    __tablename__ = "verified_addresses"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str]
    verified_at: Mapped[datetime] = now()


class PendingAccount(Base):
    """An account that nobody may use before its address is proven."""

    __tablename__ = "pending_accounts"
    __table_args__ = (Index(None, "created_at"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    created_at: Mapped[datetime] = now()
