"""How the words of the statistics are said to analysts: on the page, in tables and in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.analytics import (
    ABSTAINED,
    AGE_BANDS,
    FLOOR,
    LIGHTS,
    NOT_KNOWN,
    REJECTED,
    REJECTED_FOR,
    SPREAD,
    TONE_BANDS,
    ZONES,
    Because,
    Device,
    Fact,
)
from core.metrics import FACTS, Metric
from core.people import SkinType
from pipeline.advice.knowledge import knowledge

FACT_NAMES: Mapping[Fact, str] = {
    Fact.AGE_BAND: "Age",
    Fact.DEVICE: "Device",
    Fact.LIGHT: "Light",
    Fact.MODEL_VERSION: "Model version",
    Fact.SKIN_TYPE: "Skin type",
    Fact.TONE_BAND: "Skin tone",
    Fact.ZONE: "Part of the world",
}
# None: what occurs, as versions of the model.
FACT_VALUES: Mapping[Fact, Sequence[str] | None] = {
    Fact.AGE_BAND: (*AGE_BANDS, NOT_KNOWN),
    Fact.DEVICE: (*(device.value for device in Device), NOT_KNOWN),
    Fact.LIGHT: (*LIGHTS, NOT_KNOWN),
    Fact.MODEL_VERSION: None,
    Fact.SKIN_TYPE: (*(kind.value for kind in SkinType), NOT_KNOWN),
    Fact.TONE_BAND: (*TONE_BANDS, NOT_KNOWN),
    Fact.ZONE: (*ZONES, NOT_KNOWN),
}
WHY: Mapping[Because, str] = {
    Because.FEW: f"fewer than {FLOOR} people",
    Because.COMPLEMENT: "hidden so that a smaller group beside it cannot be found by subtracting",
}
_MEASURES = {
    REJECTED: "Photos that were not scored",
    "checks": "Checks of a person",
    "face_width": "Width of the face",
    "sharpness": "Sharpness",
    "exposure": "Exposure",
    "evenness": "Evenness of the light",
    "turned_by": "How far the face was turned",
    "skin_cover": "Skin that could be seen",
    "scoring_seconds": "Seconds of scoring",
    "waited_seconds": "Seconds of waiting in the queue",
}


def of_value(value: str | None) -> str:
    """A group as it is said: `very_light` is “Very light”, `25-34` is “25–34”."""
    if value is None:
        return "Everybody"
    if value[:1].isdigit():  # an age band, or a version as 2.1.0-rc1
        return value.replace("-", "–") if value in AGE_BANDS else value
    if value.startswith("simulated"):
        return value
    ingredient = knowledge().ingredients.get(value)
    if ingredient is not None:
        return ingredient.name
    said = value.replace("_", " ")
    return said[:1].upper() + said[1:]


def of_metric(name: str) -> str:
    """A metric, or a measure of the photos."""
    if name in _MEASURES:
        return _MEASURES[name]
    for prefix, words in (
        (REJECTED_FOR, "Not scored: {}"),
        (ABSTAINED, "Not measurable: {}"),
        (SPREAD, "Difference between shots: {}"),
    ):
        if name.startswith(prefix):
            rest = name.removeprefix(prefix)
            return words.format(_plain(rest).lower())
    return _plain(name)


def of_region(region: str) -> str:
    return "whole face" if region == "face" else region.replace("_", " ")


def _plain(name: str) -> str:
    return FACTS[Metric(name)].name if name in set(Metric) else name.replace("_", " ")
