"""Rows of checks for tests of reading, without a photo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.analyses import Stage, Status
from core.ids import new_id
from core.metrics import Metric, Region
from data.tables import FACE, AnalysisResult, MetricScore


def simulated_check(
    session: Session,
    user_id: UUID,
    values: Mapping[Metric, float],
    *,
    at: datetime | None = None,
    status: Status = Status.SCORED,
) -> UUID:
    row = AnalysisResult(
        id=new_id(),
        user_id=user_id,
        status=status,
        stage=Stage.DONE if status.is_final else Stage.WAITING,
        model_version="test",
        is_demonstration=True,
        **({} if at is None else {"created_at": at}),
    )
    session.add(row)
    session.flush()
    for region in (FACE, Region.NOSE.value):
        session.add_all(
            MetricScore(
                analysis_id=row.id,
                region=region,
                metric=metric,
                value=value,
                low=value - 1,
                high=value + 1,
            )
            for metric, value in values.items()
        )
    session.flush()
    return row.id
