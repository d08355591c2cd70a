"""From the checks of a period to its people: groups, and one value a person of each measure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.analytics import (
    ABSTAINED,
    AGE_BANDS,
    AGE_BANDS_FROM,
    DIM_BELOW,
    LIGHTS,
    MEASURES,
    NOT_KNOWN,
    REJECTED,
    REJECTED_FOR,
    SPREAD,
    TONE_BANDS,
    TONE_BANDS_ABOVE,
    UNEVEN_BELOW,
    ZONES,
    Device,
    Fact,
)
from core.people import SkinType
from data.person_periods import METRICS, REGIONS, Span
from data.tables import FACE
from pipeline.analytics.people import MEASURE_NAMES, SLOTS, Floats, Groups, People
from pipeline.analytics.reasons import words

_NUMBERS = {name: number for number, name in enumerate(MEASURE_NAMES)}
_SLOT_OF = np.full((len(METRICS) + 1, len(REGIONS) + 1), -1)
for _number, (_metric, _region) in enumerate(SLOTS):
    _SLOT_OF[METRICS.index(_metric) + 1, REGIONS.index(_region) + 1] = _number
_OF_QUALITY = (
    *("face_width", "sharpness", "exposure", "evenness", "turned_by"),
    *("skin_cover", "scoring_seconds", "waited_seconds"),
)

Doubles = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


def people(span: Span) -> People:
    """Each person of the span, sorted by id."""
    ids = np.array([told.who for told in span.people], "S16")
    span = _without_strangers(span, ids)
    checks = span.checks
    whose = np.searchsorted(ids, checks["who"])
    is_scored = checks["is_scored"] == 1
    n = len(ids)
    scored = np.bincount(whose[is_scored], minlength=n)
    sent = np.bincount(whose, minlength=n)
    return People(
        ids=[told.who for told in span.people],
        facts=_facts(span, whose, is_scored),
        scored=scored,
        checks=sent,
        values=_values(span, ids),
        measures=_measures(span, ids, whose, is_scored, scored, sent),
    )


def _without_strangers(span: Span, ids: npt.NDArray[np.bytes_]) -> Span:
    """Who came while the parts were read, one after the other, is in the next release."""
    known = set(ids.tolist())
    return replace(
        span,
        checks=span.checks[np.isin(span.checks["who"], ids)],
        scores=span.scores[np.isin(span.scores["who"], ids)],
        spreads=span.spreads[np.isin(span.spreads["who"], ids)],
        rejected=[one for one in span.rejected if one[0].rstrip(b"\0") in known],
    )


# ------------------------------------------------------------------ groups


def _facts(span: Span, whose: Index, is_scored: npt.NDArray[np.bool_]) -> dict[Fact, Groups]:
    checks, n = span.checks, len(span.people)
    ages = np.array([np.nan if t.age is None else t.age for t in span.people], np.float64)
    tones = _means(whose, checks["ita"], n)
    before = np.array([np.nan if t.ita is None else t.ita for t in span.people], np.float64)
    tones = np.where(np.isnan(tones), before, tones)
    # of the newest check; rows are in the order of time, and the last one written stays
    device = np.zeros(n, np.int64)
    device[whose] = checks["device"]
    version, light = np.zeros(n, np.int64), np.zeros(n, np.int64)
    version[whose[is_scored]] = checks["version"][is_scored]
    light[whose[is_scored]] = _lights(checks)[is_scored]
    return {
        Fact.AGE_BAND: age_bands(ages),
        Fact.DEVICE: _known([*Device], device),
        Fact.LIGHT: _known(LIGHTS, light),
        Fact.MODEL_VERSION: _known(span.versions, version),
        Fact.SKIN_TYPE: skin_types([told.skin_type for told in span.people]),
        Fact.TONE_BAND: tone_bands(tones),
        Fact.ZONE: zones([told.zone for told in span.people]),
    }


def age_bands(ages: Doubles) -> Groups:
    """Of years; NaN is not known."""
    band = np.searchsorted(np.array(AGE_BANDS_FROM), ages, side="right")
    return _known(AGE_BANDS, np.where(np.isnan(ages), 0, band))


def skin_types(said: list[str | None]) -> Groups:
    return _named([*SkinType], said)


def zones(said: list[str | None]) -> Groups:
    return _named(ZONES, said)


def tone_bands(ita: Doubles) -> Groups:
    """Of degrees; NaN is not known."""
    band = 1 + (ita[:, None] <= np.array(TONE_BANDS_ABOVE)).sum(1)
    return _known(TONE_BANDS, np.where(np.isnan(ita), 0, band))


def _lights(checks: npt.NDArray[np.void]) -> Index:
    """From 1, into LIGHTS; 0 where it was not measured."""
    dim, uneven = checks["exposure"] < DIM_BELOW, checks["evenness"] < UNEVEN_BELOW
    light = np.where(dim, 3, np.where(uneven, 2, 1))
    return np.where(np.isnan(checks["exposure"]), 0, light)


def _known(values: tuple[str, ...] | list[str], codes: Index) -> Groups:
    """Codes from 1, 0 for what is not known, which becomes the last."""
    last = len(values)
    named = (*(str(value) for value in values), NOT_KNOWN)
    return Groups(np.where(codes == 0, last, codes - 1).astype(np.int64), named)


def _named(values: tuple[str, ...] | list[str], said: list[str | None]) -> Groups:
    numbers = {str(value): number for number, value in enumerate(values, 1)}
    return _known(values, np.array([numbers.get(one or "", 0) for one in said], np.int64))


# ------------------------------------------------------------------ values


def _values(span: Span, ids: npt.NDArray[np.bytes_]) -> Floats:
    values = np.full((len(ids), len(SLOTS)), np.nan, np.float32)
    slots = _SLOT_OF[span.scores["metric"], span.scores["region"]]
    there = slots >= 0
    whose = np.searchsorted(ids, span.scores["who"][there])
    values[whose, slots[there]] = span.scores["mean"][there]
    return values


def _measures(
    span: Span,
    ids: npt.NDArray[np.bytes_],
    whose: Index,
    is_scored: npt.NDArray[np.bool_],
    scored: Index,
    sent: Index,
) -> Floats:
    n = len(ids)
    found = np.full((n, len(MEASURES)), np.nan, np.float32)
    found[:, _NUMBERS["checks"]] = sent
    rejected = np.bincount(whose[~is_scored], minlength=n)
    found[:, _NUMBERS[REJECTED]] = 100 * rejected / np.maximum(1, sent)
    for_reason = np.zeros((n, len(MEASURES)))
    for who, sentences in span.rejected:
        person = np.searchsorted(ids, who)
        for word in words(sentences):
            for_reason[person, _NUMBERS[REJECTED_FOR + word]] += 1
    of_reasons = [i for name, i in _NUMBERS.items() if name.startswith(REJECTED_FOR)]
    found[:, of_reasons] = 100 * for_reason[:, of_reasons] / np.maximum(1, sent)[:, None]
    for name in _OF_QUALITY:
        found[:, _NUMBERS[name]] = _means(whose, span.checks[name], n)
    of_face = span.scores[span.scores["region"] == REGIONS.index(FACE) + 1]
    for number, metric in enumerate(METRICS, 1):
        rows = of_face[of_face["metric"] == number]
        persons = np.searchsorted(ids, rows["who"])
        found[persons, _NUMBERS[ABSTAINED + metric]] = 100 * (1 - rows["measured"] / rows["asked"])
        spread = span.spreads[span.spreads["metric"] == number]
        found[np.searchsorted(ids, spread["who"]), _NUMBERS[SPREAD + metric]] = spread["sd"]
    return found


def _means(whose: Index, values: Doubles, n: int) -> Doubles:
    """Mean of each person over the checks that have one; NaN where none has."""
    there = ~np.isnan(values)
    total = np.bincount(whose[there], weights=values[there], minlength=n)
    count = np.bincount(whose[there], minlength=n)
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)
