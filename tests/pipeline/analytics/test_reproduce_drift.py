"""The downloaded program finds what the board shows."""

from __future__ import annotations

from typing import Any

import pytest

from core.metrics import Metric
from pipeline.analytics import reproduce_drift
from pipeline.analytics.drift import of_weeks
from tests.pipeline.analytics.test_drift import MONDAY, weeks


@pytest.mark.parametrize("moved_by", [0, 4, 12])
@pytest.mark.parametrize("people", [80, 1500])
def test_the_program_reckons_the_board_from_what_the_api_gives(
    people: int, moved_by: float
) -> None:
    program: dict[str, Any] = {"__name__": "drift"}
    text = reproduce_drift.as_python(Metric.REDNESS, MONDAY, "https://skin.example.org/")
    exec(compile(text, "drift.py", "exec"), program)  # noqa: S102 (our own program)
    cells = weeks(people, moved_by=moved_by)
    given = [
        {"people": cell.people, "bins": list(cell.bins or ()), "period_start": cell.period_start}
        for cell in cells
    ]
    ours, theirs = of_weeks(cells), program["board"](given)
    assert [row["verdict"] for row in theirs] == [week.verdict for week in ours]
    assert [row["stability_index"] for row in theirs] == pytest.approx([w.index for w in ours])
    assert [row["ks_distance"] for row in theirs] == pytest.approx([w.distance for w in ours])
    assert program["QUESTION"] == "view=trend&metric=redness&from=2026-01-05"
