"""What a person tells for advice: read, saved with a consent of its own, deleted with it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.health import Answers, Budget, Condition, Medicine, Pregnancy, Substance, countries
from core.inputs import checked
from core.people import Identity, Purpose
from data import advice, audit
from pipeline import consents
from pipeline.advice.knowledge import knowledge

_MOST = 60  # entries of one list: more than there are substances or ingredients


def read(session: Session, user_id: UUID) -> Answers:
    """What is known now. A word that this version does not know leaves its question untold."""
    row = advice.answers(session, user_id)
    if row is None:
        return Answers()
    return Answers(
        pregnancy=row.pregnancy,
        allergies=_known(Substance, row.allergies),
        conditions=_known(Condition, row.conditions),
        medicines=_known(Medicine, row.medicines),
        uses=None if row.uses is None else frozenset(row.uses),
        budget=row.budget,
        country=row.country,
        free_of=_known(Substance, row.free_of) or frozenset(),
        reacted_to=frozenset(row.reacted_to),
        updated_at=row.updated_at,
    )


def save(session: Session, who: Identity, answers: Answers) -> None:
    """Keep these answers in the place of the earlier ones. NotAllowed without the consent."""
    update(session, who, **{name: getattr(answers, name) for name in _CHECKS})


def update(session: Session, who: Identity, **changes: Any) -> None:
    """Change some answers; None takes one back. NotAllowed without the consent."""
    consents.require(session, who.user_id, Purpose.HEALTH_ANSWERS)
    unknown = changes.keys() - _CHECKS.keys()
    if unknown:
        raise InvalidInput(f"This is not asked: {', '.join(sorted(unknown))}.")
    if changes:
        values = {name: _CHECKS[name](name, value) for name, value in changes.items()}
        advice.save_answers(session, who.user_id, values)
        audit.add(session, "health_answers_saved", actor=who.user_id)


def _known(kind: type[StrEnum], kept: Collection[str] | None) -> frozenset[Any] | None:
    if kept is None or not set(kept) <= {each.value for each in kind}:
        return None
    return frozenset(kind(word) for word in kept)


def _one(kind: type[StrEnum]) -> Callable[[str, Any], Any]:
    return lambda name, value: None if value is None else checked(kind, value, _words(name))


def _several(kind: type[StrEnum], *, may_be_untold: bool = True) -> Callable[[str, Any], Any]:
    def check(name: str, value: Any) -> list[str] | None:
        if value is None:
            return None if may_be_untold else []
        found = checked(frozenset[kind], value, _words(name))  # type: ignore[valid-type]
        return sorted(each.value for each in found)

    return check


def _ingredients(*, may_be_untold: bool = True) -> Callable[[str, Any], Any]:
    def check(name: str, value: Any) -> list[str] | None:
        if value is None:
            return None if may_be_untold else []
        found: frozenset[str] = checked(frozenset[str], value, _words(name))
        if len(found) > _MOST or not found <= knowledge().ingredients.keys():
            raise InvalidInput(f"The {_words(name)} must be ingredients of the Evidence page.")
        return sorted(found)

    return check


def _country(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if value not in countries():
        raise InvalidInput("The country must be two letters, as in US.")
    return str(value)


def _words(name: str) -> str:
    return name.replace("_", " ")


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "pregnancy": _one(Pregnancy),
    "allergies": _several(Substance),
    "conditions": _several(Condition),
    "medicines": _several(Medicine),
    "uses": _ingredients(),
    "budget": _one(Budget),
    "country": _country,
    "free_of": _several(Substance, may_be_untold=False),
    "reacted_to": _ingredients(may_be_untold=False),
}
