"""Red flags in words: how urgent, and where to turn. Calm, plain, the urgent part first."""

from __future__ import annotations

from dataclasses import dataclass

from core.metrics import FACTS
from core.red_flags import Stops, Urgency


@dataclass(frozen=True)
class Turn:
    """Where to turn."""

    title: str
    what_to_do: str


_TURN: dict[Urgency, Turn] = {
    Urgency.EMERGENCY: Turn(
        "Get emergency help now",
        "Call your local emergency number now (112 in Europe, 911 in North America, or your own "
        "country's), or go to the nearest emergency department. Do not wait for an answer here.",
    ),
    Urgency.SAME_DAY: Turn(
        "See a doctor today",
        "Have this seen today: your practice, an out-of-hours service or an urgent care clinic. "
        "If it gets worse quickly, or you feel very ill, call the emergency number.",
    ),
    Urgency.URGENT_DERMATOLOGIST: Turn(
        "Have it seen within two weeks",
        "Ask your doctor for an urgent appointment with a dermatologist, within two weeks. Say "
        "what you ticked. Most such marks are harmless; only an examination can tell.",
    ),
    Urgency.DERMATOLOGIST: Turn(
        "Have a dermatologist look at it",
        "Make an appointment with a dermatologist, or ask your doctor for one. Say what you "
        "ticked.",
    ),
    Urgency.CLINICIAN: Turn(
        "Ask your doctor or midwife first",
        "This needs somebody who knows the whole situation: your doctor, midwife or the child's "
        "doctor. Ask within the next days; sooner if it gets worse.",
    ),
    Urgency.MENTAL_HEALTH: Turn(
        "You deserve support with this",
        "When skin takes up this much of life, talking helps: to your doctor, a counsellor or "
        "somebody you trust. Until then we say your results in words instead of numbers. If you "
        "ever think of harming yourself, call the emergency number or a crisis line at once.",
    ),
}
_HARM = Turn(
    "Please talk to somebody now",
    "If you might act on these thoughts, call your local emergency number (112, 911) or go to the "
    "nearest emergency department. Crisis lines listen at any hour; findahelpline.com lists those "
    "of your country. You do not have to be alone with this.",
)


def turn(flag_id: str, urgency: Urgency) -> Turn:
    if flag_id == "F15" and urgency is Urgency.EMERGENCY:
        return _HARM
    return _TURN[urgency]


def held_back(stops: Stops) -> str:
    """What a flag stops until somebody qualified has seen to it, as a sentence."""
    if stops.everything:
        return "Until somebody qualified has seen it, no photo is scored and no advice is given."
    parts = []
    if stops.metrics:
        parts.append(f"{_named(stops.metrics)} are not scored")
    if stops.advice_on:
        parts.append(f"there is no advice on {_named(stops.advice_on)}")
    if stops.hides_numbers:
        parts.append("results are said in words instead of numbers")
    return f"Until then {' and '.join(parts)}. Everything else goes on as usual."


def _named(metrics: frozenset[str]) -> str:
    return " and ".join(facts.name.lower() for metric, facts in FACTS.items() if metric in metrics)
