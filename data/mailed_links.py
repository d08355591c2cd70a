"""Single-use links that went by mail, and how many somebody asked for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import TooMany
from core.mail import LINK_LASTS, LinkFor
from data.database import one_at_a_time
from data.sign_in_attempts import account_of, address_of
from data.tables import MailedLink

_WINDOW = timedelta(hours=1)
MOST_PER_ACCOUNT = 5  # in one window, whoever asks: a mailbox is not to be flooded
MOST_PER_ORIGIN = 30  # an address may be a whole office
KEPT = timedelta(days=1)  # after the window for the limits and the life of every link


def reserve(session: Session, *, email: str, address: str) -> None:
    """Raise TooMany when too many links were asked for this e-mail or from this address.

    The same for addresses with and without an account. Whoever asks at the same moment waits
    here until this transaction ends, so that none slips past the limits.
    """
    account, origin = account_of(email), address_of(address)
    one_at_a_time(session, f"link {account}", f"link {origin}")
    _check(session, MailedLink.account, account, MOST_PER_ACCOUNT)
    _check(session, MailedLink.origin, origin, MOST_PER_ORIGIN)


def add(
    session: Session,
    link_id: UUID,
    user_id: UUID | None,
    purpose: LinkFor,
    *,
    token_hash: bytes,
    email: str,
    address: str,
) -> None:
    session.add(
        MailedLink(
            link_id=link_id,
            user_id=user_id,
            purpose=purpose,
            token_hash=token_hash,
            account=account_of(email),
            origin=address_of(address),
            expires_at=func.now() + LINK_LASTS[purpose],
        )
    )
    session.flush()


def use(session: Session, purpose: LinkFor, *, token_hash: bytes) -> MailedLink | None:
    """Take the link, once. None when it is unknown, was used, or its time has passed."""
    return session.scalar(
        update(MailedLink)
        .where(_opens(purpose, token_hash))
        .values(used_at=func.now())
        .returning(MailedLink)
        .execution_options(synchronize_session=False)
    )


def is_known(session: Session, purpose: LinkFor, *, token_hash: bytes) -> bool:
    """Whether `use` would take it now."""
    wanted = select(MailedLink.link_id).where(_opens(purpose, token_hash))
    return session.scalar(wanted) is not None


def is_good(session: Session, link_id: UUID) -> bool:
    """Whether it can still be used."""
    wanted = select(MailedLink.link_id).where(
        MailedLink.link_id == link_id,
        MailedLink.used_at.is_(None),
        MailedLink.expires_at > func.now(),
    )
    return session.scalar(wanted) is not None


def end_all(session: Session, user_id: UUID, purpose: LinkFor) -> None:
    """The person's other links for this purpose open nothing any more."""
    session.execute(
        update(MailedLink)
        .where(
            MailedLink.user_id == user_id,
            MailedLink.purpose == purpose,
            MailedLink.used_at.is_(None),
        )
        .values(used_at=func.now())
        .execution_options(synchronize_session=False)
    )


def let_go(session: Session, user_id: UUID) -> None:
    """The person's links open nothing any more, and go on counting when the account is erased."""
    session.execute(
        update(MailedLink)
        .where(MailedLink.user_id == user_id)
        .values(user_id=None)
        .execution_options(synchronize_session=False)
    )


def sweep(session: Session) -> int:
    """Remove those whose time is long over; how many."""
    gone = session.scalars(
        delete(MailedLink)
        .where(MailedLink.expires_at < func.now() - KEPT)
        .returning(MailedLink.link_id)
    )
    return len(gone.all())


def _opens(purpose: LinkFor, token_hash: bytes) -> ColumnElement[bool]:
    return and_(
        MailedLink.token_hash == token_hash,
        MailedLink.purpose == purpose,
        MailedLink.user_id.is_not(None),
        MailedLink.used_at.is_(None),
        MailedLink.expires_at > func.now(),
    )


def _check(session: Session, column: InstrumentedAttribute[str], name: str, limit: int) -> None:
    ages = session.scalars(  # in seconds, the youngest first
        select(func.extract("epoch", func.now() - MailedLink.asked_at))
        .where(column == name, MailedLink.asked_at > func.now() - _WINDOW)
        .order_by(MailedLink.asked_at.desc())
        .limit(limit)
    ).all()
    if len(ages) >= limit:
        wait = max(1.0, _WINDOW.total_seconds() - float(ages[-1]))
        minutes = max(1, round(wait / 60))
        raise TooMany(
            f"Too many mails were asked for. Look for the last one, also among unwanted mail, or "
            f"try again in {minutes} minute{'s' if minutes > 1 else ''}.",
            wait,
        )
