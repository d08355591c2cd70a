"""Which metric a result opens with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core.analyses import Stage, Status
from core.examination import Score
from core.metrics import Metric
from dashboard.preferences import WATCHABLE, Preferences
from dashboard.widgets.overlay_viewer import _first_view
from data.analyses import Analysis

SEEN, UNSEEN = Score(40.0, 35.0, 45.0), Score.abstain("The forehead is covered.")
PROXIES = (Metric.HYDRATION, Metric.OILINESS, Metric.ELASTICITY)


def check(scores: Mapping[Metric, Score]) -> Analysis:
    return Analysis(
        uuid4(), datetime.now(UTC), datetime.now(UTC), Status.SCORED, Stage.DONE, (), scores, {},
        None, None, "1", uuid4(), True, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unseen", "watched", "first"),
    [
        pytest.param((), (), Metric.PORES, id="mapped before proxies"),
        pytest.param((), (Metric.OILINESS,), Metric.OILINESS, id="watched before mapped"),
        pytest.param(
            (Metric.PORES,), (Metric.PORES,), Metric.REDNESS, id="measured before watched"
        ),
        pytest.param(
            tuple(m for m in WATCHABLE if m not in PROXIES), (), Metric.HYDRATION, id="only proxies"
        ),
        pytest.param(WATCHABLE, (), Metric.HYDRATION, id="nothing measured"),
    ],
)
def test_a_result_opens_with_what_is_watched_or_can_claim_most(
    unseen: tuple[Metric, ...], watched: tuple[Metric, ...], first: Metric
) -> None:
    preferences = Preferences(watched=watched)
    scores = {metric: UNSEEN if metric in unseen else SEEN for metric in Metric}
    metrics = preferences.in_order(WATCHABLE)
    assert _first_view(metrics, check(scores), preferences) is first
