"""Grades, status and use of ingredients, in words for a person."""

from __future__ import annotations

from core.red_flags import Urgency
from pipeline.advice.lookup import STATUS_WORDS
from pipeline.advice.schema import SUGGESTIBLE, Grade, Ingredient, Role, Scope, Status

GRADES: dict[Grade, str] = {
    Grade.A: "strong: a strong recommendation of experts, or a very good review of trials",
    Grade.B: "good: at least one good review, or a recommendation with conditions",
    Grade.C: "some: small trials, or a review of weak ones",
    Grade.CONSENSUS: "experts agree; trials are not what it rests on",
    Grade.D: "uncertain: one tiny trial, or opinion",
    Grade.X: "harm: do not use",
}
SCOPES: dict[Scope, str] = {
    Scope.COSMETIC: "cosmetic",
    Scope.OTC_DRUG: "medicine without a prescription, in some countries",
    Scope.RX: "prescription only, or not allowed",
    Scope.NONE: "not a product",
}
STATUSES: dict[Status, str] = {
    status: words[0].upper() + words[1:] for status, words in STATUS_WORDS.items()
}

URGENCIES: dict[Urgency, str] = {
    Urgency.EMERGENCY: "Call the emergency number now",
    Urgency.SAME_DAY: "To a doctor today",
    Urgency.URGENT_DERMATOLOGIST: "To a dermatologist within two weeks",
    Urgency.DERMATOLOGIST: "To a dermatologist",
    Urgency.CLINICIAN: "To a doctor or midwife first",
    Urgency.MENTAL_HEALTH: "Support for how it feels",
}


def suggested(each: Ingredient) -> str:
    if each.role in SUGGESTIBLE:
        return "Yes, where it fits"
    if each.role is Role.LABEL:
        return "As a hint on a step"
    return "No: to avoid" if each.role is Role.HARM else "Never"


def how_often(each: Ingredient) -> str:
    """As in “evening; 2 days a week at first, then up to 4. A thin film.”."""
    use = each.usage
    times = " or ".join(time.value for time in use.times)
    if use.start_days == use.full_days:
        days = "every day" if use.full_days == 7 else f"{use.full_days} days a week"
    else:
        full = "every day" if use.full_days == 7 else f"up to {use.full_days}"
        days = f"{_days(use.start_days)} a week at first, then {full}"
    return f"{times[0].upper()}{times[1:]}; {days}. {use.amount[0].upper()}{use.amount[1:]}."


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def matches(each: Ingredient, citations: tuple[str, ...], words: str) -> bool:
    """Whether every searched word stands somewhere in the row."""
    parts = (each.name, each.good_for, each.note, each.label, each.never)
    text = " ".join(filter(None, (*parts, *each.cautions, *citations))).casefold()
    return all(word in text for word in words.casefold().split())
