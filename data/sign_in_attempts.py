"""Failed sign-ins in a sliding window, by account and by network address."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import TooMany
from core.keys import pseudonym
from core.settings import settings
from data.database import one_at_a_time
from data.tables import SignInAttempt

_FREE_OF_DELAY = 3  # failures; after them each further try waits twice as long
_LONGEST_DELAY = 60.0  # seconds


def account_of(email: str) -> str:
    return pseudonym("account", email)


def address_of(address: str) -> str:
    return pseudonym("address", address)


def reserve(session: Session, *, email: str, address: str) -> None:
    """Count a try as failed before it is made, or raise TooMany.

    Commit before the password is compared. Tries at the same moment come one after the other
    here, so that none slips past the limits, and none waits for another's comparison.
    """
    account, origin = account_of(email), address_of(address)
    one_at_a_time(session, f"sign-in {account}", f"sign-in {origin}")
    limits = settings()
    _check(session, SignInAttempt.account, account, limits.sign_in_failures_per_account, grows=True)
    _check(session, SignInAttempt.address, origin, limits.sign_in_failures_per_address, grows=False)
    session.add(SignInAttempt(account=account, address=origin, at=func.clock_timestamp()))


def forget(session: Session, *, email: str) -> None:
    """After a right password the account's count begins anew."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.account == account_of(email)))


def sweep(session: Session) -> int:
    """Remove tries older than the window; how many."""
    gone = session.scalars(
        delete(SignInAttempt)
        .where(SignInAttempt.at <= func.now() - _window())
        .returning(SignInAttempt.attempt_id)
    )
    return len(gone.all())


def _window() -> timedelta:
    return timedelta(minutes=settings().sign_in_window_minutes)


def _check(
    session: Session, column: InstrumentedAttribute[str], name: str, limit: int, *, grows: bool
) -> None:
    newest_first = session.scalars(  # ages in seconds
        select(func.extract("epoch", func.clock_timestamp() - SignInAttempt.at))
        .where(column == name, SignInAttempt.at > func.clock_timestamp() - _window())
        .order_by(SignInAttempt.at.desc())
        .limit(limit)
    ).all()
    failures = len(newest_first)
    if failures >= limit:
        wait = _window().total_seconds() - float(newest_first[-1])
    elif grows and failures >= _FREE_OF_DELAY:
        delay = min(2.0 ** (failures - _FREE_OF_DELAY), _LONGEST_DELAY)
        wait = delay - float(newest_first[0])
    else:
        return
    if wait > 0:
        raise TooMany(f"Too many failed sign-ins. Try again in {_in_words(wait)}.", wait)


def _in_words(seconds: float) -> str:
    if seconds < 60:
        whole = max(1, round(seconds + 0.5))
        return f"{whole} second{'s' if whole > 1 else ''}"
    minutes = round(seconds / 60 + 0.5)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
