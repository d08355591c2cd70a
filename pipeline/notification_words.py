"""The words of each kind of news, and where its link leads. No score and no finding in a title.

The same news may stand on a lock screen or be read over a shoulder; what it is about is told by
the page behind the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.notifications import Kind

_LONGEST = 500  # characters


@dataclass(frozen=True)
class Words:
    title: str
    message: str


_WORDS: Mapping[Kind, Words] = {
    Kind.MORNING_ROUTINE: Words(
        "Time for your morning routine", "Your steps for this morning are waiting."
    ),
    Kind.EVENING_ROUTINE: Words(
        "Time for your evening routine", "Your steps for this evening are waiting."
    ),
    Kind.CHECK_DUE: Words(
        "Time for a new check",
        "Checks at an even pace tell change from noise. Take it in the same place and light.",
    ),
    Kind.RESULT_READY: Words("Your result is ready", "See where each score comes from."),
    Kind.REAL_CHANGE: Words(
        "A change beyond noise", "Something has changed by more than unchanged skin varies."
    ),
    Kind.DERMATOLOGIST_REPLIED: Words("A dermatologist has replied", "Read the answer."),
    Kind.CONSULTATION_UPDATE: Words(
        "News of your consultation", "Something has happened to your question."
    ),
    Kind.CONSULTATION_OVERDUE: Words(
        "Your answer is late", "The promised time has passed. See what is being done about it."
    ),
    Kind.TRIAL_ENDED: Words("Your trial has ended", "See what it shows."),
    Kind.CASE_WAITING: Words("A case is waiting", "It stands in the queue."),
    Kind.CASE_ESCALATED: Words(
        "A case is running out of time", "It has to be answered before its promised time."
    ),
    Kind.MODEL_DRIFT: Words(
        "Scores or photos are not distributed as they were",
        "A season, new people and a new version of the model move them as well as a fault does: "
        "see the drift board.",
    ),
    Kind.NEW_SIGN_IN: Words(
        "New sign-in",
        "If this was not you, change your password and end the sessions that you do not know.",
    ),
    Kind.PASSWORD_CHANGED: Words(
        "Your password was changed",
        "Every other session has ended. If this was not you, set a new password at once.",
    ),
    Kind.PHOTO_ACCESSED: Words(
        "Your photos were opened", "Somebody of the staff has looked at them. See who and why."
    ),
}
# Other words for what can turn out in several ways: the kind, and its fact `outcome`.
_OUTCOMES: Mapping[tuple[Kind, str], Words] = {
    (Kind.RESULT_READY, "rejected"): Words(
        "Your photos could not be scored", "See what stood in the way, and what helps."
    ),
    (Kind.RESULT_READY, "failed"): Words(
        "Your check did not work", "Something went wrong on our side. Please try again."
    ),
}

_CHECK, _CONSULTATION, _CASE = "/result?check=", "/consultations?consultation=", "/case?case="
# Where each kind leads; after "=" the id of what it is about is put.
_LINKS: Mapping[Kind, str] = {
    Kind.MORNING_ROUTINE: "/routine",
    Kind.EVENING_ROUTINE: "/routine",
    Kind.CHECK_DUE: "/new-check",
    Kind.RESULT_READY: _CHECK,
    Kind.REAL_CHANGE: _CHECK,
    Kind.DERMATOLOGIST_REPLIED: _CONSULTATION,
    Kind.CONSULTATION_UPDATE: _CONSULTATION,
    Kind.CONSULTATION_OVERDUE: _CONSULTATION,
    Kind.TRIAL_ENDED: "/trials?trial=",
    Kind.CASE_WAITING: _CASE,
    Kind.CASE_ESCALATED: _CASE,
    Kind.MODEL_DRIFT: "/fairness",
    Kind.NEW_SIGN_IN: "/profile",
    Kind.PASSWORD_CHANGED: "/profile",
    Kind.PHOTO_ACCESSED: "/profile",
}


def words(kind: Kind, facts: Mapping[str, str]) -> Words:
    """Title and message of one piece of news.

    Facts: `outcome` chooses among the words of a kind, `title` and `message` replace them, `what`
    is a sentence that goes before the message. Other facts are not used.
    """
    chosen = _OUTCOMES.get((kind, facts.get("outcome", "")), _WORDS[kind])
    what, message = facts.get("what", ""), facts.get("message", chosen.message)
    return Words(
        facts.get("title", chosen.title)[:_LONGEST],
        (f"{what} {message}" if what else message)[:_LONGEST],
    )


def link(kind: Kind, about: UUID | None) -> str:
    """The path of the page that it is about, in the dashboard."""
    path = _LINKS[kind]
    if not path.endswith("="):
        return path
    return path.partition("?")[0] if about is None else f"{path}{about}"
