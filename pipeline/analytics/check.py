"""`run.py check-analytics`: whether the roll-up is what the checks say, recomputed and compared."""

from __future__ import annotations

from core.launch import say
from core.settings import settings
from data import daily_metrics, dirty_days, releases
from data.database import now as database_now
from data.database import take_time, transaction


def run(*, simulated: bool | None = None) -> int:
    """Compare every day; 1 when something differs that nothing waits to mend."""
    if simulated is None:
        simulated = settings().demonstration
    with transaction() as session:
        first, today = releases.first_day(session), database_now(session).date()
        waiting = set(dirty_days.marked(session))
    wrong = days = 0
    day = first
    while day is not None and day <= today:
        if day not in waiting:
            with transaction() as session:
                take_time(session)
                found = daily_metrics.differences(session, day, simulated=simulated)
            days += 1
            if found:
                wrong += 1
                say(f"{day}: {found} rows differ.")
        day = day.fromordinal(day.toordinal() + 1)
    say(f"{days} days compared, {wrong} differ, {len(waiting)} wait for the worker.")
    return 1 if wrong else 0
