"""The advice of a check: made with its result, kept with it, made anew when its grounds change.

Its grounds are the scores of the check, what the person has told, the raised red flags, and the
version of engine and knowledge. A kept advice names them by fingerprints; whoever reads one whose
grounds have changed gets a new one, and the one before stays among the earlier ones. So a
contraindication that comes later, from a person or from us, holds from the next look on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.examination import Examination, Score
from core.health import Answers
from core.ids import new_id
from core.metrics import Metric, Region
from data import advice as kept
from data import analyses
from pipeline import grounds as grounds_of
from pipeline.advice.engine import advise, version
from pipeline.advice.outcome import Advice, as_json
from pipeline.grounds import Grounds
from pipeline.held_back import TurnTo

log = structlog.get_logger(__name__)

NO_SCORES = "There is no advice for this check, since it has no scores."


class Because(StrEnum):
    """Why an advice was made."""

    CHECK = "check"  # with the result
    ANSWERS = "answers"  # what the person tells has changed
    FLAGS = "flags"  # a red flag was raised or closed
    VERSION = "version"  # engine or knowledge are newer


@dataclass(frozen=True)
class Recommendations:
    """What is advised for one check."""

    advice_id: UUID
    analysis_id: UUID
    made_at: datetime
    because: Because
    version: str  # of engine and knowledge
    with_answers: bool  # whether it rests on what the person told of their health
    turn_to: tuple[TurnTo, ...]  # raised red flags: how urgent, and where to turn
    advice: Advice | None  # None: a red flag stops all advice


def make(
    session: Session, user_id: UUID, analysis_id: UUID, examination: Examination
) -> dict[str, Any]:
    """Advise for a check whose result is just being recorded, and keep it with the check."""
    grounds = grounds_of.of_person(session, user_id)
    content = _content(grounds, analysis_id, examination.scores, examination.regions, Because.CHECK)
    kept.keep(session, user_id, analysis_id, content)
    return content


def of_check(session: Session, user_id: UUID, analysis_id: UUID) -> Recommendations:
    """What is advised for a check today. Writes where what was kept does not hold any more.

    NotFound when the check is not this person's or has no scores.
    """
    return _today(session, user_id, analysis_id, grounds_of.of_person(session, user_id))


def latest(session: Session, user_id: UUID) -> Recommendations | None:
    """What is advised for the newest scored check; None when there is none."""
    newest = analyses.latest(session, user_id)
    return of_check(session, user_id, newest[0].analysis_id) if newest else None


def renew(session: Session, user_id: UUID) -> None:
    """Answers or flags have changed: make the newest check's advice anew, with this change."""
    latest(session, user_id)


@dataclass(frozen=True)
class Earlier:
    """An advice that was replaced."""

    advice_id: UUID
    made_at: datetime
    because: Because
    version: str


def earlier(session: Session, user_id: UUID, analysis_id: UUID) -> list[Earlier]:
    """What was advised for a check before, the latest first."""
    return [
        Earlier(
            UUID(each["advice_id"]),
            datetime.fromisoformat(each["made_at"]),
            Because(each["because"]),
            each["version"],
        )
        for each in kept.earlier(session, user_id, analysis_id)
    ]


def _today(session: Session, user_id: UUID, analysis_id: UUID, grounds: Grounds) -> Recommendations:
    now = _fingerprints(grounds)
    content = kept.of_check(session, user_id, analysis_id)
    if content is None or content["grounds"] != now:
        check = analyses.get(session, user_id, analysis_id)
        if not check.scores:
            raise NotFound(NO_SCORES)
        # Somebody else may have been faster: looked at again behind the lock.
        content = kept.of_check(session, user_id, analysis_id, lock=True)
        if content is None or content["grounds"] != now:
            because = _because(content, now)
            content = _content(grounds, analysis_id, check.scores, check.regions, because)
            kept.keep(session, user_id, analysis_id, content)
            log.info("advice_made_anew", because=because.value)
    return _reader().validate_python({**content, "analysis_id": analysis_id})


def _because(before: Mapping[str, Any] | None, now: Mapping[str, str]) -> Because:
    if before is None:
        return Because.CHECK
    was = before["grounds"]
    if was["flags"] != now["flags"]:
        return Because.FLAGS
    return Because.ANSWERS if was["person"] != now["person"] else Because.VERSION


def _content(
    grounds: Grounds,
    analysis_id: UUID,
    face: Mapping[Metric, Score],
    regions: Mapping[Region, Mapping[Metric, Score]],
    because: Because,
) -> dict[str, Any]:
    """As it is kept: JSON."""
    held = grounds.held
    advice = None
    if not held.everything:
        face = _without(face, held.metrics)
        regions = {region: _without(of, held.metrics) for region, of in regions.items()}
        advice = as_json(advise(face, regions, grounds.person))
    return {
        "advice_id": str(new_id()),
        "made_at": datetime.now(UTC).isoformat(),
        "because": because.value,
        "version": version(),
        "grounds": _fingerprints(grounds),
        "with_answers": grounds.answers != Answers(),
        "turn_to": [asdict(each) for each in held.turn_to],
        "advice": advice,
    }


def _without(scores: Mapping[Metric, Score], held: frozenset[Metric]) -> dict[Metric, Score]:
    return {metric: score for metric, score in scores.items() if metric not in held}


def _fingerprints(grounds: Grounds) -> dict[str, str]:
    return {
        "version": version(),
        "person": _fingerprint(asdict(grounds.person)),
        "flags": _fingerprint(asdict(grounds.held)),
    }


def _fingerprint(grounds: Mapping[str, Any]) -> str:
    text = json.dumps(grounds, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)


@cache
def _reader() -> TypeAdapter[Recommendations]:
    return TypeAdapter(Recommendations)
