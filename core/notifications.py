"""Words about what people are told: the kinds of news, the ways it takes, who it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.people import Role


class Kind(StrEnum):
    """What a notification is about; the API's `type`."""

    MORNING_ROUTINE = "morning_routine"
    EVENING_ROUTINE = "evening_routine"
    CHECK_DUE = "check_due"
    RESULT_READY = "result_ready"
    REAL_CHANGE = "real_change"
    DERMATOLOGIST_REPLIED = "dermatologist_replied"
    CONSULTATION_UPDATE = "consultation_update"
    CONSULTATION_OVERDUE = "consultation_overdue"
    TRIAL_ENDED = "trial_ended"
    CASE_WAITING = "case_waiting"
    CASE_ESCALATED = "case_escalated"
    MODEL_DRIFT = "model_drift"
    NEW_SIGN_IN = "new_sign_in"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 # no secret, a name
    PHOTO_ACCESSED = "photo_accessed"


class Channel(StrEnum):
    """A way that news takes to a person."""

    APP = "app"
    EMAIL = "email"


_EVERYBODY = frozenset(Role)
_PERSON = frozenset({Role.USER})
_DERMATOLOGIST = frozenset({Role.DERMATOLOGIST})


@dataclass(frozen=True)
class Facts:
    """What holds for all notifications of one kind."""

    name: str  # in lists and preferences
    roles: frozenset[Role]  # whose preferences show it
    by_mail: bool = False  # unless the person says otherwise; in the app all kinds arrive
    is_mandatory: bool = False  # cannot be switched off or paused in the app
    is_reminder: bool = False  # worth nothing later: not kept for somebody who paused


FACTS: Mapping[Kind, Facts] = {
    Kind.MORNING_ROUTINE: Facts("Morning routine", _PERSON, is_reminder=True),
    Kind.EVENING_ROUTINE: Facts("Evening routine", _PERSON, is_reminder=True),
    Kind.CHECK_DUE: Facts("Check due", _PERSON, is_reminder=True),
    Kind.RESULT_READY: Facts("Result ready", _PERSON),
    Kind.REAL_CHANGE: Facts("Real change found", _PERSON),
    Kind.DERMATOLOGIST_REPLIED: Facts("Dermatologist replied", _PERSON, by_mail=True),
    Kind.CONSULTATION_UPDATE: Facts("News of a consultation", _PERSON, by_mail=True),
    Kind.CONSULTATION_OVERDUE: Facts("Consultation overdue", _PERSON, by_mail=True),
    Kind.TRIAL_ENDED: Facts("Trial ended", _PERSON),
    Kind.CASE_WAITING: Facts("Case waiting", _DERMATOLOGIST, by_mail=True),
    Kind.CASE_ESCALATED: Facts(
        "Case escalated", frozenset({Role.DERMATOLOGIST, Role.ADMIN}), by_mail=True
    ),
    Kind.MODEL_DRIFT: Facts("Scores or photos drift", frozenset({Role.ANALYST, Role.ADMIN})),
    Kind.NEW_SIGN_IN: Facts("New sign-in", _EVERYBODY, by_mail=True, is_mandatory=True),
    Kind.PASSWORD_CHANGED: Facts("Password changed", _EVERYBODY, by_mail=True, is_mandatory=True),
    Kind.PHOTO_ACCESSED: Facts("Photo accessed", _EVERYBODY, by_mail=True, is_mandatory=True),
}


REMINDERS = tuple(kind for kind in Kind if FACTS[kind].is_reminder)


def kinds_for(role: Role) -> tuple[Kind, ...]:
    """The kinds that somebody with this role may get, in the order in which they are shown."""
    return tuple(kind for kind in Kind if role in FACTS[kind].roles)
