"""Telling analysts and administrators that scores, or the photos behind them, have moved.

A metric is told in the week in which it moves, not in each of the weeks in which it stays there:
who gets the same news every week stops reading it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from core.notifications import Kind
from data import users
from pipeline import notify
from pipeline.analytics.asking import ROLES
from pipeline.analytics.drift import Verdict, Week
from pipeline.analytics.words import of_metric

LOOKS_BACK = 4  # weeks: what a worker that stood still for so long has missed is told


def began_to_move(found: Mapping[str, Sequence[Week]]) -> Iterator[tuple[str, date]]:
    """Metrics and measures, each with the week in which it moved, of the last weeks that are out.

    The first week that can be compared at all counts too: what was before it is not known.
    """
    newest = max((weeks[-1].start for weeks in found.values() if weeks), default=None)
    for name, weeks in found.items():
        before = Verdict.STABLE
        for week in weeks:
            is_new = week.verdict is Verdict.MOVED and before is not Verdict.MOVED
            if is_new and newest is not None and (newest - week.start).days < 7 * LOOKS_BACK:
                yield name, week.start
            before = week.verdict


def tell(session: Session, found: Mapping[str, Sequence[Week]]) -> int:
    """Tell everybody who may ask; once for each week and metric. How much of it was news."""
    told = 0
    staff = users.with_roles(session, ROLES)
    for name, week in began_to_move(found):
        for user_id in staff:
            told += notify.tell(
                session,
                user_id,
                Kind.MODEL_DRIFT,
                dedupe=f"drift {name} {week}",
                what=f"{of_metric(name)}, in the week from {week.day} {week:%B %Y}.",
            )
    return told
