"""The person's own account: what it says, its password, its end."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.v1.caller import Caller
from api.v1.paging import Page
from api.v1.problems import answers
from api.v1.schemas.account import (
    Access,
    Accesses,
    Closed,
    Closing,
    Erased,
    PasswordChange,
)
from api.v1.schemas.users import User, UserChanges
from core.people import Identity
from data import erasures
from data.database import read, transaction
from data.erasures import GRACE
from pipeline import access_log, accounts, erasure_receipt, leaving, profiles

router = APIRouter(prefix="/users/me", tags=["account"], responses=answers(401))


@router.get("")
def get_me(caller: Caller) -> User:
    """The account that the token belongs to."""
    with read() as session:
        return _user(session, caller)


@router.put("")
def update_me(caller: Caller, changes: UserChanges) -> User:
    """Change the account. A field that is absent stays; null takes back what may be unknown."""
    with transaction() as session:
        profiles.update(session, caller.user_id, **changes.given())
        return _user(session, caller)


@router.delete("", responses=answers(403))
def delete_me(
    caller: Caller,
    closing: Closing,
    erase: Annotated[
        Literal["now"] | None,
        Query(description="now: erase everything at once, without the days of grace."),
    ] = None,
) -> Closed:
    """Close the account: nobody can sign in any more, and every session ends.

    Everything is erased 30 days later, or at once with `erase=now`.
    """
    at_once = erase is not None
    with transaction() as session:
        entry = leaving.delete_account(session, caller, password=closing.password, at_once=at_once)
        gone = erasure_receipt.lines(erasures.receipt_of(session, entry)) if at_once else []
    return Closed(
        message="Account deleted successfully",
        erased_after_days=0 if at_once else GRACE.days,
        erased=[Erased(what=line.what, number=line.number) for line in gone],
    )


@router.get("/access-log")
def list_accesses(
    caller: Caller,
    page: Page,
    photos_only: Annotated[bool, Query(description="Only who looked at photos.")] = False,
) -> Accesses:
    """What dermatologists did with the person's data, by day, the newest first."""
    with read() as session:
        found = access_log.read(
            session,
            caller.user_id,
            photos_only=photos_only,
            limit=page.limit,
            offset=page.offset,
        )
    return Accesses(accesses=[Access(**vars(one)) for one in found])


@router.put("/password", status_code=204, responses=answers(403))
def change_password(caller: Caller, given: PasswordChange) -> None:
    """Set a new password. Every other session ends; this one goes on."""
    with transaction() as session:
        accounts.change_password(
            session, caller, current=given.current_password, new=given.new_password
        )


def _user(session: Session, caller: Identity) -> User:
    profile = profiles.read(session, caller.user_id)
    return User(
        user_id=profile.user_id,
        email=profile.email,
        first_name=profile.first_name,
        last_name=profile.last_name,
        age=profile.age,
        skin_type=profile.skin_type,
        role=profile.role,
        preferences=profile.preferences,
        is_active=profile.is_active,
        last_login=profile.last_login,
        profile_picture_url="/api/v1/users/me/picture" if profile.has_picture else None,
        created_at=profile.created_at,
        updated_at=profile.updated_at,
    )
