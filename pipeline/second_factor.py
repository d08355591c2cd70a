"""The second factor: a code from an authenticator app (TOTP, RFC 6238), or a recovery code.

Staff cannot sign in without one; everybody may have one. The product's sign-in asks for it after
the password and before a session begins, so whoever has a session of staff has shown it.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
from dataclasses import dataclass
from uuid import UUID

import pyotp
import segno
from sqlalchemy.orm import Session

from core.errors import Conflict, NotAllowed
from core.keys import pseudonym
from core.people import Role
from core.settings import settings
from data import audit, second_factors, sign_in_attempts, users
from data.database import transaction

ISSUER = "Skincare AI"
STEP_SECONDS = 30
RECOVERY_CODES = 10
WRONG = "This code is not right, or it was used before. Wait for the next one in your app."
NOT_SET_UP = "Your role needs a second factor. Set it up by signing in in a browser first."

_TOTP = re.compile(r"\d{6}")
_RECOVERY = re.compile(r"[a-z2-7]{16}")
_STEPS_OFF = 1  # clocks of phones: one half minute early or late is accepted (RFC 6238, 5.2)


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs, to be shown once."""

    secret: str  # base32, for typing
    qr_svg: str  # the same as a picture


@dataclass(frozen=True)
class Wanted:
    """What is asked of a person after the password."""

    code: bool  # a code of the app that is set up
    enrolment: bool  # an app has to be set up first


def wanted(session: Session, user_id: UUID) -> Wanted:
    """In the demonstration nobody needs one: its people do not exist."""
    factor = second_factors.find(session, user_id)
    if factor is not None and factor.is_confirmed:
        return Wanted(code=True, enrolment=False)
    is_staff = users.get(session, user_id).role is not Role.USER
    return Wanted(code=False, enrolment=is_staff and not settings().demonstration)


def begin(session: Session, user_id: UUID) -> Enrolment:
    """A new secret, or the one that waits to be confirmed. Conflict when one is in force."""
    factor = second_factors.find(session, user_id)
    if factor is not None and factor.is_confirmed:
        raise Conflict("A second factor is set up already. Remove it first.")
    secret = pyotp.random_base32() if factor is None else factor.secret
    if factor is None and not second_factors.begin(session, user_id, secret):
        raise Conflict("A second factor was set up meanwhile.")
    email = users.get(session, user_id).email
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    return Enrolment(secret, _as_svg(address))


def confirm(session: Session, user_id: UUID, code: str, *, address: str) -> tuple[str, ...]:
    """Take it into force with a first code; the recovery codes, which are never shown again.

    Raises NotAllowed for a wrong code, TooMany after too many.
    """
    factor = second_factors.find(session, user_id)
    if factor is None or factor.is_confirmed:
        raise Conflict("There is no second factor to confirm. Begin anew.")
    _reserve(user_id, address)
    if not _fits(session, user_id, factor.secret, _normal(code)):
        raise NotAllowed(WRONG)
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    second_factors.confirm(session, user_id, [_digest(user_id, each) for each in codes])
    _forget(session, user_id)
    audit.add(session, "second_factor_set_up", actor=user_id)
    return tuple("-".join(re.findall(".{4}", code)) for code in codes)


def check(session: Session, user_id: UUID, code: str, *, address: str) -> None:
    """Raises NotAllowed unless the code is right and new, TooMany after too many wrong ones.

    A try is counted in a transaction of its own, so that it counts although this one rolls back.
    """
    factor = second_factors.find(session, user_id)
    if factor is None or not factor.is_confirmed:
        raise NotAllowed(NOT_SET_UP)
    _reserve(user_id, address)
    given = _normal(code)
    if _RECOVERY.fullmatch(given):
        if not second_factors.use_code(session, user_id, _digest(user_id, given)):
            raise NotAllowed(WRONG)
        audit.add(session, "recovery_code_used", actor=user_id)
    elif not _fits(session, user_id, factor.secret, given):
        raise NotAllowed(WRONG)
    _forget(session, user_id)


def require(session: Session, user_id: UUID, code: str | None, *, address: str) -> None:
    """`check` where the account has one. NotAllowed also for staff who have not set one up."""
    needed = wanted(session, user_id)
    if needed.enrolment:
        raise NotAllowed(NOT_SET_UP)
    if needed.code:
        if code is None:
            raise NotAllowed("This account has a second factor: send its code, too.")
        check(session, user_id, code, address=address)


def remove(session: Session, user_id: UUID) -> None:
    """For an administrator, at the command line: the next sign-in sets up a new one."""
    second_factors.remove(session, user_id)
    audit.add(session, "second_factor_removed", actor=None, subject=user_id)


def _fits(session: Session, user_id: UUID, secret: str, code: str) -> bool:
    if not _TOTP.fullmatch(code):
        return False
    step = int(second_factors.now_seconds(session) // STEP_SECONDS)
    app = pyotp.TOTP(secret)
    for off in range(-_STEPS_OFF, _STEPS_OFF + 1):
        if secrets.compare_digest(app.generate_otp(step + off), code):
            return second_factors.use_step(session, user_id, step + off)
    return False


def _reserve(user_id: UUID, address: str) -> None:
    with transaction() as counting:
        sign_in_attempts.reserve(counting, email=_account(user_id), address=address)


def _forget(session: Session, user_id: UUID) -> None:
    sign_in_attempts.forget(session, email=_account(user_id))


def _account(user_id: UUID) -> str:
    """Codes are counted beside passwords, under a name that no e-mail address can have."""
    return f"code of {user_id}"


def _new_code() -> str:
    return pyotp.random_base32(32)[:16].lower()  # 80 random bits


def _digest(user_id: UUID, code: str) -> bytes:
    """80 random bits need no slow hash; our key keeps a stolen table from being tried."""
    return hashlib.sha256(pseudonym("recovery code", f"{user_id} {code}").encode()).digest()


def _normal(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()


def _as_svg(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=4, light="#ffffff")
    return out.getvalue().decode("utf-8")
