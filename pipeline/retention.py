"""What is kept of a person, for what, and for how long: in the words that the person reads.

Each period is the one by which the worker removes (pipeline.sweep, pipeline.tasks_mail), taken from
there, so that what is said cannot differ from what is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.settings import settings
from data import erasures
from data.mailed_links import KEPT as LINKS_KEPT
from pipeline import devices, notify, registration
from pipeline.mail import outbox


@dataclass(frozen=True)
class Kept:
    what: str
    purpose: str
    until: str


def of_person() -> tuple[Kept, ...]:
    """Everything that is kept of somebody who uses the product, by purpose."""
    grace = _span(erasures.GRACE)
    idle = _span(timedelta(hours=settings().session_idle_hours))
    longest = _span(timedelta(hours=settings().session_absolute_hours))
    window = _span(timedelta(minutes=settings().sign_in_window_minutes))
    return (
        Kept(
            "Photos, marked pictures and scores",
            "to show you your results and how they change",
            "Until you delete the check or your account.",
        ),
        Kept(
            "Answers about your health and to the safety questions",
            "to choose advice, and to stop it where a professional has to look first",
            "Until you withdraw that consent or delete your account.",
        ),
        Kept(
            "Routine, diary and trials",
            "to remind you and to tell you what has helped",
            "Until you delete your account.",
        ),
        Kept(
            "Questions to dermatologists, with their answers",
            "so that you can read them again",
            "Until you delete your account. Photos and scores are hidden from dermatologists as "
            "soon as you withdraw that consent.",
        ),
        Kept("Notifications", "to tell you what is new", f"{_span(notify.KEPT)}, read or not."),
        Kept(
            "Mails to you",
            "so that none is lost or sent twice",
            f"{_span(outbox.SENT_FOR)} after they went, {_span(outbox.GIVEN_UP_FOR)} when they "
            "could not be sent.",
        ),
        Kept(
            "Links in mails, to confirm an address or set a password",
            "so that each works once",
            f"{_span(LINKS_KEPT)} after they have ended.",
        ),
        Kept(
            "Where you are signed in",
            "to keep you signed in, and to let you end it",
            f"{idle} without use, at most {longest}.",
        ),
        Kept(
            "Devices that you have signed in with",
            "to warn you of a new one",
            f"{_span(devices.FORGOTTEN_AFTER)} without use.",
        ),
        Kept("Sign-ins that failed", "to stop whoever guesses passwords", f"{window}."),
        Kept(
            "Accounts whose address nobody confirmed",
            "so that the link in the mail works",
            f"{_span(registration.FORGOTTEN_AFTER)}.",
        ),
        Kept(
            "An account that was closed, with its photos and checks",
            "where its owner chose to have it erased later",
            f"{grace}; nobody can sign in meanwhile.",
        ),
        Kept(
            "The record of who saw or changed what",
            "to prove it, also against us",
            "It stays, under a number in place of your name.",
        ),
        Kept(
            "Encrypted backups of all this",
            "so that a broken disk does not lose it",
            "For as long as each backup is kept. Whoever was erased is erased again before one is "
            "used.",
        ),
        Kept(
            "Statistics",
            "to see how skin and software do in many people",
            "Counts of at least ten people. Your part is taken out when you withdraw that consent "
            "or delete your account.",
        ),
    )


def _span(time: timedelta) -> str:
    """As in “7 days”, in the largest unit that leaves no fraction worth telling."""
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        number = time.total_seconds() / size
        if number >= 1 and number == round(number):
            return f"{number:.0f} {name}{'' if number == 1 else 's'}"
    return f"{time.total_seconds():.0f} seconds"
