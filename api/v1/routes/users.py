"""The person's own account."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.v1.caller import Caller
from api.v1.problems import answers
from api.v1.schemas.users import User, UserChanges
from core.people import Identity
from data.database import read, transaction
from pipeline import profiles

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
