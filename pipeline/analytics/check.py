"""Whether the roll-up is what the checks say: by command, and each week by the worker.

The worker goes on meanwhile. A day that changed and is not counted again yet is left alone: the
mark that says so is looked for in the same moment in which the two are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.launch import say
from core.settings import settings
from data import daily_metrics, dirty_days
from data.database import take_time, transaction


@dataclass(frozen=True)
class Compared:
    """What one comparison found."""

    days: int  # that were looked at, or wait
    waiting: int  # for the worker
    wrong: Mapping[date, int]  # in how many rows


def run(*, simulated: bool | None = None) -> int:
    """Compare every day; 1 when something differs that nothing waits to mend."""
    found = compare(simulated=simulated)
    for day, rows in found.wrong.items():
        say(f"{day}: {rows} rows differ.")
    say(f"{found.days} days compared, {len(found.wrong)} differ, {found.waiting} wait.")
    if found.wrong:
        say("The worker compares every week, and counts such days anew.")
        return 1
    return 0


def compare(*, simulated: bool | None = None) -> Compared:
    """Every day that has checks or figures, each in a transaction of its own."""
    if simulated is None:
        simulated = settings().demonstration
    with transaction() as session:
        days = daily_metrics.days(session)
        waiting = len(dirty_days.marked(session))
    wrong: dict[date, int] = {}
    for day in days:
        with transaction() as session:
            take_time(session)
            if rows := daily_metrics.differences(session, day, simulated=simulated):
                wrong[day] = rows
    return Compared(len(days), waiting, wrong)


def mend(*, simulated: bool | None = None) -> Compared:
    """Compare, and let the worker count anew whatever differs."""
    found = compare(simulated=simulated)
    with transaction() as session:
        dirty_days.mark_days(session, found.wrong)
    return found
