"""Accounts: making one, proving it is yours, changing and ending it. Staff are made here too."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotAllowed, NotFound
from core.ids import new_id
from core.inputs import Email, PersonName, checked, checked_age, checked_skin_type
from core.notifications import Kind
from core.people import Identity, Purpose, Role, SkinType
from data import audit, sessions, sign_in_attempts, user_keys, users
from data.database import transaction
from data.tables import User
from pipeline import consents, notify, passwords, second_factor

log = structlog.get_logger(__name__)

WRONG = "E-mail or password is wrong."


def register(
    session: Session,
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    age: int | None = None,
    skin_type: SkinType | None = None,
    consent_to_analysis: bool = False,
) -> UUID:
    """Make an account; its id. Raises InvalidInput, or Conflict when the e-mail has one already."""
    email = checked(Email, email, "e-mail address")
    first_name = checked(PersonName, first_name, "first name")
    last_name = checked(PersonName, last_name, "last name")
    password = passwords.accepted(password, (email, first_name, last_name))
    user = users.add(
        session,
        email=email,
        password_hash=passwords.kept(password),
        first_name=first_name,
        last_name=last_name,
        age=checked_age(age),
        skin_type=checked_skin_type(skin_type),
    )
    user_keys.make(session, user.user_id)
    audit.add(session, "registered", actor=user.user_id)
    if consent_to_analysis:
        consents.give(session, user.user_id, Purpose.ANALYSIS)
    return user.user_id


def sign_in(
    session: Session, *, email: str, password: str, address: str, user_agent: str = ""
) -> UUID:
    """Whose e-mail and password these are.

    Raises NotAllowed, in the same words and after the same work whether the account does not
    exist, is deactivated or has another password; TooMany after too many failures, also for the
    right password and for accounts that do not exist; Unavailable, uncounted, when very many
    people sign in at this moment.

    The try is counted in a transaction of its own, before the password is compared, so that it
    counts although the caller's transaction rolls back. Ask for nothing else in `session` before:
    it would hold a second connection meanwhile.
    """
    name = _as_account(email)
    with passwords.turn():
        with transaction() as counting:
            sign_in_attempts.reserve(counting, email=name, address=address)
        user = users.by_email(session, name)
        right = passwords.matches(password, user.password_hash if user else None)
    if user is None or not right or not user.is_active:
        log.warning("sign_in_failed", account=sign_in_attempts.account_of(name))
        raise NotAllowed(WRONG)
    sign_in_attempts.forget(session, email=name)
    users.note_login(session, user.user_id)
    audit.add(session, "signed_in", actor=user.user_id)
    return user.user_id


def sign_out(session: Session, session_id: UUID) -> None:
    """End this session. One that has ended already is no error."""
    found = sessions.find(session, session_id=session_id)
    if found is not None:
        user = found[0]
        sessions.end(session, user.user_id, session_id)
        audit.add(session, "signed_out", actor=user.user_id)


def sign_out_everywhere(session: Session, user_id: UUID) -> None:
    """End every session of the person."""
    sessions.end_all(session, user_id)
    audit.add(session, "signed_out_everywhere", actor=user_id)


def change_password(session: Session, identity: Identity, *, current: str, new: str) -> None:
    """Set a new password and end every other session. NotAllowed when `current` is wrong."""
    user = proven(session, identity, current)
    new = passwords.accepted(new, (user.email, user.first_name, user.last_name))
    users.change(session, user.user_id, password_hash=passwords.kept(new))
    sessions.end_all(session, user.user_id, but=identity.session_id)
    audit.add(session, "password_changed", actor=user.user_id)
    notify.tell(session, user.user_id, Kind.PASSWORD_CHANGED, dedupe=f"password_changed:{new_id()}")


def grant(session: Session, *, email: str, role: Role | str, by: UUID | None = None) -> UUID:
    """Give the person of this e-mail address a role; they have to sign in again.

    `by` is the administrator; None: whoever has the command line.
    """
    user_id = _by_email(session, email)
    try:
        role = Role(role)
    except ValueError:
        raise InvalidInput(f"The role must be one of {', '.join(Role)}.") from None
    users.change(session, user_id, role=role)
    sessions.end_all(session, user_id)
    audit.add(session, "role_granted", actor=by, subject=user_id, role=role)
    return user_id


def reset_second_factor(session: Session, *, email: str) -> None:
    """For somebody who lost phone and recovery codes: ends their sessions and forgets the app."""
    user_id = _by_email(session, email)
    second_factor.remove(session, user_id)
    sessions.end_all(session, user_id)


def deactivate(session: Session, user_id: UUID) -> None:
    """Lock the person out, at once and everywhere. Nothing is deleted."""
    users.change(session, user_id, is_active=False)
    sessions.end_all(session, user_id)
    audit.add(session, "deactivated", actor=None, subject=user_id)


def proven(session: Session, identity: Identity, password: str) -> User:
    """The person, who has just shown the password again. Wrong ones count as failed sign-ins."""
    with passwords.turn():
        with transaction() as counting:
            sign_in_attempts.reserve(
                counting, email=identity.email, address=str(identity.session_id)
            )
        user = users.lock(session, identity.user_id)
        right = passwords.matches(password, user.password_hash)
    if not right or not user.is_active:
        log.warning("password_not_proven", user_id=str(user.user_id))
        raise NotAllowed("The password is wrong.")
    sign_in_attempts.forget(session, email=user.email)
    return user


def _as_account(email: str) -> str:
    try:
        return str(checked(Email, email, "e-mail address"))
    except InvalidInput:  # nobody's, but it costs and counts like the others
        return str(email).encode("utf-8", "replace").decode()[:300].replace("\0", "").lower()


def _by_email(session: Session, email: str) -> UUID:
    user = users.by_email(session, _as_account(email))
    if user is None:
        raise NotFound("There is no account with this e-mail address.")
    return user.user_id
