"""Wellbeing mode: words in the place of numbers, a check a week, nothing that counts days.

For people to whom the numbers do no good. They switch it on or off themselves; it is suggested to
who checks many times a day; and while somebody has told of distress about their looks (red flag
F15) it is on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NotAllowed
from core.people import Identity, Role
from data import analyses
from pipeline import held_back, profiles

KEY = "wellbeing_mode"  # in the person's preferences: true, false, or absent
FLAG = "F15"
EVERY = timedelta(days=7)  # between checks
MANY_IN_A_DAY, MANY_IN_A_WEEK = 4, 10  # checks, from which on the mode is suggested

SUGGESTED = (
    "You check often. Skin changes over weeks, and one day's numbers are mostly noise. "
    "Wellbeing mode shows words in their place, once a week."
)
REQUIRED = "You told us that thoughts about your looks weigh on you, so numbers are left out."


@dataclass(frozen=True)
class Wellbeing:
    """How one person is shown their skin."""

    is_on: bool
    is_required: bool = False  # by a red flag: it cannot be switched off meanwhile
    is_suggested: bool = False  # off, and the person checks many times a day
    next_check_at: datetime | None = None  # while on: when the next check is worth making

    def is_due(self, now: datetime) -> bool:
        return self.next_check_at is None or self.next_check_at <= now


def of_person(session: Session, user_id: UUID) -> Wellbeing:
    """Asked with every page that shows scores."""
    required = any(each.flag == FLAG for each in held_back.of_person(session, user_id).turn_to)
    chosen = _chosen(profiles.read(session, user_id).preferences)
    is_on = required or chosen is True
    if is_on:
        newest = analyses.latest(session, user_id)
        following = newest[0].created_at + EVERY if newest else None
        return Wellbeing(True, required, False, following)
    return Wellbeing(False, is_suggested=chosen is None and _checks_often(session, user_id))


def choose(session: Session, who: Identity, *, on: bool) -> Wellbeing:
    """Switch it on or off. NotAllowed while a red flag requires it; it is not suggested again."""
    if who.role is not Role.USER:
        raise NotAllowed("Your account has no checks.")
    before = of_person(session, who.user_id)
    if before.is_required and not on:
        raise NotAllowed(f"{REQUIRED} It can be switched off once the safety questions allow it.")
    kept = profiles.read(session, who.user_id).preferences
    profiles.update(session, who.user_id, preferences={**kept, KEY: on})
    return of_person(session, who.user_id)


def _chosen(preferences: Mapping[str, Any]) -> bool | None:
    value = preferences.get(KEY)
    return value if isinstance(value, bool) else None


def _checks_often(session: Session, user_id: UUID) -> bool:
    """Many on one day (of UTC: close enough to suggest), or many in the week."""
    since = datetime.now(UTC) - timedelta(days=7)
    found, total = analyses.listed(session, user_id, since=since, limit=100, details=False)
    by_day = Counter(check.created_at.astimezone(UTC).date() for check in found)
    return total >= MANY_IN_A_WEEK or max(by_day.values(), default=0) >= MANY_IN_A_DAY
