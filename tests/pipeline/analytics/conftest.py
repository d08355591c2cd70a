"""A simulated population in a database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from pipeline.analytics import populate, rollup

LAST = date(2026, 3, 30)  # a Monday: the end of the last block
DAYS = 56


@pytest.fixture
def population(session: Session, var: object) -> int:
    """Some 90 people over eight weeks; how many checks. Not rolled up yet."""
    return populate.fill(session, 2_000, last=LAST, days=DAYS)


@pytest.fixture
def released(population: int) -> rollup.Done:
    """The same, with everything released that can be."""
    return rollup.run(now=datetime(2026, 4, 10, tzinfo=UTC), simulated=True)
