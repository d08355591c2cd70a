"""Routines, diary and trials as a person reads them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

from core.care import Half, Outcome, Sign, StepKind, Topic
from dashboard.words_of_scores import local
from pipeline.advice.schedule import DAYS
from pipeline.routines.adopted import Following
from pipeline.routines.diary import Line

HALVES = {Half.MORNING: "Morning", Half.EVENING: "Evening"}
KINDS = {
    StepKind.CLEANSE: "Cleanser",
    StepKind.ACTIVE: "Active: acid, retinoid, serum …",
    StepKind.MOISTURISE: "Moisturiser",
    StepKind.PROTECT: "Sunscreen",
    StepKind.OTHER: "Something else",
}
SIGNS = {
    Sign.BURNING: "Burning",
    Sign.PEELING: "Peeling",
    Sign.REDNESS: "Redness",
    Sign.ITCHING: "Itching",
}
QUESTIONS = {Topic.SLEEP: "Sleep", Topic.SUN: "Time in the sun", Topic.CYCLE: "Cycle"}
ANSWERS: dict[Topic, dict[int, str]] = {
    Topic.SLEEP: {1: "Under 6 h", 2: "6–8 h", 3: "Over 8 h"},
    Topic.SUN: {0: "None", 1: "Under 1 h", 2: "1–3 h", 3: "More, or burnt"},
    Topic.CYCLE: {1: "Bleeding", 2: "The week before", 3: "Other days"},
}
OUTCOMES = {
    Outcome.BETTER: "Changed for the better",
    Outcome.WORSE: "Changed for the worse",
    Outcome.NO_CHANGE: "No change that matters",
    Outcome.UNCLEAR: "Unclear",
    Outcome.TOO_FEW: "Too few checks",
}


def today() -> date:
    """On the clock of the person's browser."""
    return local(datetime.now(UTC)).date()


def name_of(day: date) -> str:
    """As in “Today”, “Yesterday”, “Fri, 20 Nov”."""
    ago = (today() - day).days
    if ago in (0, 1):
        return ("Today", "Yesterday")[ago]
    return f"{day:%a}, {day.day} {day:%b}"


def recent(days: int) -> list[date]:
    """Today and the days before, the newest first."""
    return [today() - timedelta(days=ago) for ago in range(days)]


def how_often(days: Sequence[str]) -> str:
    """As in “every day”, “Mon, Wed, Fri”."""
    return "every day" if len(days) == len(DAYS) else ", ".join(days)


def followed(following: Following) -> str:
    """As in “On 5 of the last 7 days.” No word about the others."""
    if following.of == 1:
        return "You have begun." if following.days else ""
    return f"On {following.days} of the last {following.of} days." if following.days else ""


def shown(signs: Collection[Sign]) -> str:
    """As in “burning and redness”."""
    words = [SIGNS[sign].lower() for sign in Sign if sign in signs]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def said(line: Line) -> str:
    """One line of the diary. A product's name is the person's own text: use st.text."""
    match line.topic:
        case Topic.IRRITATION:
            half = "" if line.half is None else f", {line.half.value}"
            return f"Irritation{half}: {shown(line.signs)}"
        case Topic.PRODUCT:
            return f"{'Began' if line.level else 'Ended'}: {line.text}"
        case topic:
            return f"{QUESTIONS[topic]}: {ANSWERS[topic].get(line.level or 0, '')}"
