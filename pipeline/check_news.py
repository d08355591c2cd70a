"""What people are told of their checks, as part of the transaction that records them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from core.metrics import FACTS, Direction, Metric
from core.notifications import Kind
from data import analyses
from pipeline import notify, reminders, repeatability
from pipeline.change import Change, Verdict
from pipeline.trends import changes

MOST_NAMED = 3  # metrics; the rest is counted


def scored(session: Session, user_id: UUID, analysis_id: UUID) -> None:
    """The result is ready; what has really changed since the check before; when the next is due."""
    notify.tell(
        session, user_id, Kind.RESULT_READY, dedupe=f"result:{analysis_id}", about=analysis_id
    )
    reminders.check_made(session, user_id)
    newest = analyses.latest(session, user_id, count=2)
    if len(newest) < 2 or newest[0].analysis_id != analysis_id:
        return
    found = changes(newest[1], newest[0], repeatability.of_person(session, user_id))
    real = {metric: step for metric, step in found.items() if step.verdict is Verdict.REAL}
    if real:
        notify.tell(
            session,
            user_id,
            Kind.REAL_CHANGE,
            dedupe=f"change:{analysis_id}",
            about=analysis_id,
            what=in_words(real),
        )


def unscored(
    session: Session, user_id: UUID, analysis_id: UUID, outcome: Literal["rejected", "failed"]
) -> None:
    """Nothing could be measured; the page of the check says why."""
    notify.tell(
        session,
        user_id,
        Kind.RESULT_READY,
        dedupe=f"result:{analysis_id}",
        about=analysis_id,
        outcome=outcome,
    )


def in_words(real: Mapping[Metric, Change]) -> str:
    """As in “Pores fell (less is better), Skin score rose (higher is better).” No numbers."""
    named = []
    for metric in [metric for metric in Metric if metric in real][:MOST_NAMED]:
        way = "rose" if (real[metric].delta or 0) > 0 else "fell"
        higher = FACTS[metric].direction is Direction.HIGHER_IS_BETTER
        named.append(f"{FACTS[metric].name} {way} ({'higher' if higher else 'less'} is better)")
    more = len(real) - len(named)
    return ", ".join(named) + (f", and {more} more" if more else "") + "."
