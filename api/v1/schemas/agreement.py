"""How well the model and dermatologists agree."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Output

_ESTIMATE: JsonDict = {"value": 0.84, "low": 0.75, "high": 0.9}
_BIAS: JsonDict = {"value": 1.3, "low": -0.2, "high": 2.8}
_LINE: JsonDict = {
    "graded": "pores",
    "tone_band": None,
    "people": 44,
    "pairs": 65,
    "icc": _ESTIMATE,
    "kappa": _ESTIMATE,
    "bias": _BIAS,
    "limits": [-24.7, 27.4],
}


class Estimate(Output):
    """A figure with the interval that holds 95 of 100 when people are drawn again."""

    value: float = Field(description="The figure.")
    low: float = Field(description="Lower end of its interval.")
    high: float = Field(description="Upper end.")

    model_config = ConfigDict(json_schema_extra={"examples": [_ESTIMATE]})


class Line(Output):
    """Agreement on one metric or scale. Of fewer than ten people everything else is null."""

    graded: str = Field(description="A metric, or a published scale of severity.")
    tone_band: str | None = Field(description="Only skin of this tone; null: everybody.")
    people: int | None = Field(description="Whose skin was graded.")
    pairs: int | None = Field(description="Pairs of ratings.")
    icc: Estimate | None = Field(description="ICC(2,1); null also where it is not defined.")
    kappa: Estimate | None = Field(
        description="Cohen's kappa with quadratic weights, on classes of 20 points or levels."
    )
    bias: Estimate | None = Field(
        description="Second less first, in points or levels: model less dermatologist, or second "
        "dermatologist less first."
    )
    limits: tuple[float, float] | None = Field(
        description="95 % limits of agreement of Bland and Altman."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_LINE]})


class Board(Output):
    """Everything that was graded before the model's scores were shown."""

    versions: list[str] = Field(description="Graded versions of the model, the newest first.")
    version: str | None = Field(description="The one in `model`.")
    model: list[Line] = Field(description="The model against dermatologists.")
    readers: list[Line] = Field(description="Dermatologists among themselves.")
    cannot_tell: int = Field(description="Left out: metrics that a reader could not tell.")
    not_measured: int = Field(description="Left out: metrics that the model did not measure.")
    not_blind: int = Field(description="Left out: metrics graded with the scores in view.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "versions": ["2.1"],
                    "version": "2.1",
                    "model": [_LINE],
                    "readers": [],
                    "cannot_tell": 30,
                    "not_measured": 4,
                    "not_blind": 12,
                }
            ]
        }
    )
