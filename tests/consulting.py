"""Questions to dermatologists for tests, made by the product's own use-cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import View
from core.people import Identity, Purpose, Role
from pipeline import accounts, consents
from pipeline.consultations import ask, claims
from tests import people
from tests.stand_in import photo_that

NO_SIDE = "I cannot take it alone."


def staff(session: Session, role: Role = Role.DERMATOLOGIST, **fields: Any) -> Identity:
    """Somebody of the staff, signed in."""
    user_id = people.register(session, **fields)
    email = people.signed_in(session, user_id).email
    accounts.grant(session, email=email, role=role)
    return people.signed_in(session, user_id)


def without_photos(reason: str = "I have none now.") -> dict[View, ask.Shown]:
    return {view: ask.Shown(missing_reason=reason) for view in View}


def with_photos(*, but_side: bool = True) -> dict[View, ask.Shown]:
    """An overview and a close-up; the side is missing with its reason, or there."""
    shown = {
        view: ask.Shown(content=photo_that("is scored", seed=number))
        for number, view in enumerate(View)
    }
    if but_side:
        shown[View.SIDE] = ask.Shown(missing_reason=NO_SIDE)
    return shown


def question(session: Session, who: Identity, *, photos: bool = False, **fields: Any) -> UUID:
    """A question of this person; with photos they agree to show them first."""
    if photos:
        consents.give(session, who.user_id, Purpose.DERMATOLOGIST)
    fields.setdefault("question", "Is this redness something to treat?")
    fields.setdefault("views", with_photos() if photos else without_photos())
    return ask.ask(session, who, ask.Question(**fields))


def claimed(session: Session, who: Identity, **fields: Any) -> tuple[Identity, UUID]:
    """A question of this person with photos, and Grace, who has claimed it: she and the case."""
    grace = staff(session, first_name="Grace", last_name="Hopper")
    case = question(session, who, photos=True, **fields)
    claims.claim(session, grace, case)
    return grace, case
