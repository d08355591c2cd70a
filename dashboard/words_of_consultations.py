"""Questions to dermatologists as people and dermatologists read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.consultations import (
    BodySite,
    Consultation,
    Duration,
    MessageKind,
    Priority,
    State,
    View,
)
from dashboard.words_of_health import PREGNANCY

# What the person reads, and the badge's colour.
STATES: Mapping[State, tuple[str, str]] = {
    State.PENDING: ("Waiting for a dermatologist", "blue"),
    State.CLAIMED: ("A dermatologist is working on it", "blue"),
    State.NEEDS_INFORMATION: ("Your answer is needed", "orange"),
    State.ESCALATED: ("Late: it goes first now", "orange"),
    State.ANSWERED: ("Answered", "green"),
    State.REFERRED: ("Answered: have it seen in person", "orange"),
    State.CLOSED: ("Closed", "gray"),
    State.WITHDRAWN: ("Withdrawn", "gray"),
}
STATES_FOR_STAFF: Mapping[State, tuple[str, str]] = {
    **STATES,
    State.PENDING: ("Waiting", "blue"),
    State.CLAIMED: ("In hand", "blue"),
    State.NEEDS_INFORMATION: ("Waits for the person", "gray"),
    State.ESCALATED: ("Escalated", "red"),
    State.REFERRED: ("Referred", "green"),
}
PRIORITIES: Mapping[Priority, tuple[str, str]] = {
    Priority.URGENT: ("Red flag: today", "red"),
    Priority.SOON: ("Red flag: soon", "orange"),
    Priority.FLAGGED: ("Red flag", "orange"),
    Priority.NORMAL: ("No red flag", "gray"),
}
BODY_SITES: Mapping[BodySite, str] = {
    site: site.value.replace("_", " ").capitalize() for site in BodySite
}
DURATIONS: Mapping[Duration, str] = {
    Duration.DAYS: "Days",
    Duration.WEEKS: "Weeks",
    Duration.MONTHS: "Months",
    Duration.YEARS: "Years",
    Duration.ALWAYS: "As long as I can remember",
    Duration.UNKNOWN: "I do not know",
}
VIEWS: Mapping[View, tuple[str, str]] = {
    View.OVERVIEW: ("Overview", "From an arm's length, so that one sees where on the body it is."),
    View.CLOSE_UP: ("Close-up", "From a hand's width or two. Tap on the skin to focus."),
    View.SIDE: ("Side", "From the side, so that one sees whether it stands out of the skin."),
}
KINDS: Mapping[MessageKind, str] = {
    MessageKind.MESSAGE: "",
    MessageKind.INFORMATION_REQUEST: "asks",
    MessageKind.ANSWER: "answer",
    MessageKind.AMENDMENT: "amendment",
    MessageKind.SECOND_OPINION: "second opinion",
}
NOT_TOLD = "Not told"


def span(length: timedelta) -> str:
    """As in “3 h 5 min”; always of the size, never negative."""
    minutes = int(abs(length).total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return f"{days} days"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min"


def time_left(due_at: datetime, now: datetime) -> str:
    left = due_at - now
    return f"{span(left)} left" if left > timedelta(0) else f"Late by {span(left)}"


def is_running(case: Consultation) -> bool:
    """Whether somebody waits for its answer and its clock runs."""
    running = (State.PENDING, State.CLAIMED, State.ESCALATED)
    return case.state in running and case.paused_at is None


def facts_of(case: Consultation) -> dict[str, str | None]:
    """What the person was asked for beside the question, by name; None where they did not tell."""
    return {
        "Description": case.description,
        "Where": BODY_SITES[case.body_site] if case.body_site else None,
        "For how long": DURATIONS[case.duration] if case.duration else None,
        "Symptoms": case.symptoms,
        "Tried so far": case.treatments_tried,
        "Medicines": case.medicines,
        "Allergies": case.allergies,
        "Pregnancy": PREGNANCY[case.pregnancy] if case.pregnancy else None,
    }


def untold(facts: Mapping[str, str | None]) -> str | None:
    """What was not told, in one line; None when all was."""
    names = [name.lower() for name, said in facts.items() if not said]
    return f"{NOT_TOLD}: {', '.join(names)}." if names else None
