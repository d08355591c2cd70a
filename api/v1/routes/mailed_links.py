"""What needs a mailbox: setting a forgotten password anew, confirming an address."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.v1.caller import Caller
from api.v1.problems import answers
from api.v1.schemas.common import Message
from api.v1.schemas.mailed_links import ForgottenPassword, MailedToken, PasswordReset
from data.database import transaction
from pipeline import password_reset, verification

router = APIRouter()


@router.post("/auth/password/forgot", status_code=202, tags=["signing in"], responses=answers(404))
def forgot_password(given: ForgottenPassword, request: Request) -> Message:
    """Mail a link for a new password to this address, if it has an account.

    The answer is the same for addresses without one. 404 where the installation sends no mail.
    """
    with transaction() as session:
        password_reset.ask(session, email=given.email, address=_from(request))
    return Message(message=password_reset.ANSWER)


@router.post("/auth/password/reset", status_code=204, tags=["signing in"], responses=answers(404))
def reset_password(given: PasswordReset) -> None:
    """Set a new password with the token of the mail, within 30 minutes and once.

    Every session of the account ends, and every refresh token with it. A password that is not
    accepted leaves the token as it was.
    """
    with transaction() as session:
        password_reset.reset(session, token=given.token, password=given.new_password)


@router.post("/auth/verify-address", tags=["signing in"], responses=answers(404))
def verify_address(given: MailedToken) -> Message:
    """Confirm an e-mail address with the token of the mail. Opens an account that waited for it."""
    with transaction() as session:
        confirmed = verification.confirm(session, given.token)
    opened = " The account is open: sign in." if confirmed.is_new_account else ""
    return Message(message=f"The address is confirmed.{opened}")


@router.post(
    "/users/me/verify-address", status_code=202, tags=["account"], responses=answers(401, 404, 409)
)
def ask_to_verify_address(caller: Caller, request: Request) -> Message:
    """Mail a link that confirms the account's address. No news go to one that is not confirmed.

    409 when it is confirmed already, 404 where the installation sends no mail.
    """
    with transaction() as session:
        verification.ask(session, caller, address=_from(request))
    return Message(message="A mail with a link is on its way. The link works for 24 hours.")


def _from(request: Request) -> str:
    return request.client.host if request.client else "unknown"
