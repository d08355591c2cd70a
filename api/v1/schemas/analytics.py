"""Statistics of groups, as they are released."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Output
from core.analytics import Because, Period

_FIGURE: JsonDict = {
    "cohort": "A",
    "about": "redness",
    "period_start": None,
    "group": "tan",
    "second_group": None,
    "people": 420,
    "checks": 3950,
    "value": 36.2,
    "low": 35.0,
    "high": 37.4,
    "sd": 11.8,
    "bins": None,
    "p": None,
    "q": None,
    "suppressed_because": None,
}
_DIFFERENCE: JsonDict = {"value": -2.1, "low": -3.4, "high": -0.8, "p": 0.0015, "effect": -0.18}
_CHANGE: JsonDict = {
    "group": "tan",
    "people": 420,
    "before": 36.2,
    "after": 35.7,
    "low": 34.4,
    "high": 37.0,
}
_ANSWER: JsonDict = {
    "question": "How is redness distributed among people, by skin tone?",
    "asked": "metric=redness&by=tone_band",
    "unit": "points",
    "period": "block",
    "figures": [_FIGURE],
    "difference": None,
    "adjusted": [],
    "notes": [],
}


class StatisticsFigure(Output):
    """One figure, or why it is not shown."""

    cohort: Literal["A", "B"] = Field(description="Of which of the two cohorts.")
    about: str = Field(description="The metric or measure.")
    period_start: date | None = Field(description="null: all of the time that was asked for.")
    group: str | None = Field(description="null: everybody of the cohort.")
    second_group: str | None = Field(description="Within the first; or the second metric.")
    people: int | None = Field(description="To the nearest five. null: suppressed.")
    checks: int | None = Field(description="To the nearest five.")
    value: float | None = Field(description="In the answer's unit. null: suppressed.")
    low: float | None = Field(description="Lower end of the interval of 95 %.")
    high: float | None = Field(description="Upper end; the noise for privacy is in it.")
    sd: float | None = Field(description="Standard deviation between people.")
    bins: list[int | None] | None = Field(
        description="Of distributions: people in each of 20 equal bins of the unit's range; null "
        "in it: too few."
    )
    p: float | None = Field(description="Of effects and correlations: two-sided p.")
    q: float | None = Field(description="p after Benjamini and Hochberg over this answer.")
    suppressed_because: Because | None = Field(
        description="few: fewer than ten people; complement: it would give such a group away."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_FIGURE]})


class CohortDifference(Output):
    """Cohort A less cohort B."""

    value: float = Field(description="In the answer's unit.")
    low: float = Field(description="Lower end of the interval of 95 %.")
    high: float = Field(description="Upper end.")
    p: float = Field(description="Two-sided, by Welch's test.")
    effect: float = Field(description="Hedges' g: in standard deviations between people.")

    model_config = ConfigDict(json_schema_extra={"examples": [_DIFFERENCE]})


class AdjustedGroup(Output):
    """What adjusting for light, device and age did to one group's mean."""

    group: str = Field(description="The group.")
    people: int = Field(description="In a block of four weeks, about.")
    before: float = Field(description="The mean as it is.")
    after: float = Field(description="The mean if the group had everybody's mix.")
    low: float = Field(description="Lower end of its interval of 95 %.")
    high: float = Field(description="Upper end.")

    model_config = ConfigDict(json_schema_extra={"examples": [_CHANGE]})


class Statistics(Output):
    """What is known to a question."""

    question: str = Field(description="The question in words.")
    asked: str = Field(description="The question as it stands in the explorer's address.")
    unit: str = Field(description="What values are counted in.")
    period: Period = Field(description="Over which periods the figures were made.")
    figures: list[StatisticsFigure] = Field(
        description="Suppressed ones included, with the reason."
    )
    difference: CohortDifference | None = Field(description="null: no second cohort, or too few.")
    adjusted: list[AdjustedGroup] = Field(description="Empty: not asked for, or not possible.")
    notes: list[str] = Field(description="What has to be known to read it rightly.")

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})
