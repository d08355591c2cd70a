"""Statistics of groups of people, for analysts: the explorer's questions, with the same floor."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from api.v1.caller import require_role
from api.v1.problems import answers
from api.v1.schemas import analytics as schemas
from core.analytics import Fact
from core.metrics import Metric
from core.people import Identity
from pipeline.analytics import asking, questions
from pipeline.analytics.lines import Line
from pipeline.analytics.questions import View

router = APIRouter(prefix="/analytics", tags=["statistics"], responses=answers(401, 403))

Analyst = Annotated[Identity, Depends(require_role(*asking.ROLES))]
Chosen = Annotated[
    list[str] | None, Query(max_length=20, description="Only these groups of cohort A.")
]
ChosenB = Annotated[
    list[str] | None,
    Query(max_length=20, description="Only these groups of the second cohort, B."),
]


@router.get("/figures")
def get_figures(
    caller: Analyst,
    view: Annotated[View, Query(description="The way to look.")] = View.SPREAD,
    metric: Annotated[Metric, Query(description="Of most ways to look.")] = Metric.SKIN_SCORE,
    measure: Annotated[
        str, Query(max_length=60, description="Of the photos, for the view `photos`.")
    ] = "rejected",
    region: Annotated[str, Query(max_length=30, description="Part of the face.")] = "face",
    by: Annotated[Fact | None, Query(description="What to group by.")] = None,
    since: Annotated[date | None, Query(alias="from", description="The first day.")] = None,
    until: Annotated[date | None, Query(alias="to", description="The last day.")] = None,
    adjusted: Annotated[
        Literal["yes", "no"], Query(description="For light, device and age.")
    ] = "no",
    age_band: Chosen = None,
    device: Chosen = None,
    light: Chosen = None,
    model_version: Chosen = None,
    skin_type: Chosen = None,
    tone_band: Chosen = None,
    zone: Chosen = None,
    against: Annotated[
        Literal["everybody"] | None,
        Query(alias="b.", description="The second cohort is everybody."),
    ] = None,
    b_age_band: Annotated[ChosenB, Query(alias="b.age_band")] = None,
    b_device: Annotated[ChosenB, Query(alias="b.device")] = None,
    b_light: Annotated[ChosenB, Query(alias="b.light")] = None,
    b_model_version: Annotated[ChosenB, Query(alias="b.model_version")] = None,
    b_skin_type: Annotated[ChosenB, Query(alias="b.skin_type")] = None,
    b_tone_band: Annotated[ChosenB, Query(alias="b.tone_band")] = None,
    b_zone: Annotated[ChosenB, Query(alias="b.zone")] = None,
) -> schemas.Statistics:
    """One question of the explorer; the parameters are those of its address.

    For analysts and administrators. Groups of fewer than ten people are suppressed, those that
    would give one away as well, numbers are rounded to five and means carry noise; a cohort and
    the grouping together name at most two facts. Each question is noted and counts against the
    day's budget.
    """
    pairs = [
        ("view", view.value),
        ("metric", metric.value),
        ("measure", measure),
        ("region", region),
        ("adjusted", adjusted),
    ]
    if by is not None:
        pairs.append(("by", by.value))
    pairs += [(name, day.isoformat()) for name, day in (("from", since), ("to", until)) if day]
    if against is not None:
        pairs.append(("b.", against))
    for prefix, groups in (
        ("", (age_band, device, light, model_version, skin_type, tone_band, zone)),
        (
            "b.",
            (b_age_band, b_device, b_light, b_model_version, b_skin_type, b_tone_band, b_zone),
        ),
    ):
        for fact, values in zip(sorted(Fact), groups, strict=True):
            pairs += [(prefix + fact.value, value) for value in values or ()]
    question = questions.of_pairs(pairs)
    answer = asking.ask(caller, question)
    return schemas.Statistics(
        question=answer.asks,
        asked=questions.written(question),
        unit=answer.scale.unit,
        period=answer.period,
        figures=[_figure(line) for line in answer.lines],
        difference=None
        if answer.difference is None
        else schemas.CohortDifference.model_validate(vars(answer.difference)),
        adjusted=[schemas.AdjustedGroup.model_validate(vars(change)) for change in answer.changes],
        notes=list(answer.notes),
    )


def _figure(line: Line) -> schemas.StatisticsFigure:
    return schemas.StatisticsFigure.model_validate(
        vars(line)
        | {
            "second_group": line.other,
            "suppressed_because": line.because,
            "bins": None if line.bins is None else list(line.bins),
        }
    )
