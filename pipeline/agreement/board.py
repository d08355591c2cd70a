"""The agreement board: model against dermatologists, and dermatologists among themselves.

Only what was graded blind counts. A figure rests on ten people at least, and on everybody's skin at
once: no person and no reader can be told from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from core.analyses import is_older
from core.analytics import FLOOR, TONE_BANDS, tone_band
from core.errors import InvalidInput, NotAllowed
from core.metrics import Metric
from core.people import Identity, Role
from core.reviews import GRADED, SCALES, Scale
from data import agreement as kept
from data.agreement import GradedMetric, GradedSeverity
from pipeline.agreement.statistics import Agreement, Floats, agreement

SEES = frozenset({Role.DERMATOLOGIST, Role.ANALYST, Role.ADMIN})
BANDS, BAND = 5, 20.0  # kappa needs classes: 0–20, 20–40, 40–60, 60–80, 80–100 points
EVERYBODY = None  # in the place of a tone

_Given = TypeVar("_Given", GradedMetric, GradedSeverity)
_Pair = tuple[UUID, str | None, float, float]  # whose skin, its tone, first and second rating


class Between(StrEnum):
    """Who is compared."""

    MODEL = "model"  # the model's value less a dermatologist's
    READERS = "readers"  # the second dermatologist's value less the first's


@dataclass(frozen=True)
class Line:
    """Agreement on one thing, for everybody or one tone of skin."""

    what: Metric | Scale
    tone: str | None  # one of TONE_BANDS; None: everybody
    people: int  # not to be shown below FLOOR
    agreement: Agreement | None  # None: fewer than FLOOR people


@dataclass(frozen=True)
class Board:
    versions: tuple[str, ...]  # of the model, that were graded; the newest first
    version: str | None  # whose values are compared with dermatologists'
    model: tuple[Line, ...]
    readers: tuple[Line, ...]
    cannot_tell: int  # metrics that a reader could not tell
    not_measured: int  # metrics of this version that it did not measure
    not_blind: int  # metrics graded with the scores in view


def board(session: Session, who: Identity, version: str | None = None) -> Board:
    """Everything at once, for one version of the model (the newest that was graded).

    NotAllowed for people without a role; InvalidInput for a version that nobody has graded.
    """
    if who.role not in SEES:
        raise NotAllowed("Agreement is shown to dermatologists, analysts and administrators.")
    grades = kept.blind_grades(session)
    versions = _newest_first({grade.model_version for grade in grades})
    if version is not None and version not in versions:
        raise InvalidInput("No check of this version of the model was graded.")
    version = version or next(iter(versions), None)
    told = [grade for grade in grades if grade.value is not None]
    of_version = [grade for grade in told if grade.model_version == version]
    levels = [one for one in kept.severities(session) if one.level is not None]
    return Board(
        versions=versions,
        version=version,
        model=_lines(GRADED, _with_the_model(of_version)),
        readers=(
            *_lines(GRADED, _among_readers(told)),
            *_lines(Scale, _among_readers_of(levels)),
        ),
        cannot_tell=len(grades) - len(told),
        not_measured=sum(grade.modelled is None for grade in of_version),
        not_blind=kept.count_not_blind(session),
    )


def _newest_first(versions: Iterable[str]) -> tuple[str, ...]:
    found: list[str] = []
    for version in versions:
        place = next((i for i, one in enumerate(found) if is_older(one, than=version)), len(found))
        found.insert(place, version)
    return tuple(found)


def _with_the_model(grades: Iterable[GradedMetric]) -> dict[Metric | Scale, list[_Pair]]:
    pairs: dict[Metric | Scale, list[_Pair]] = defaultdict(list)
    for grade in grades:
        if grade.value is not None and grade.modelled is not None:
            pairs[grade.metric].append((grade.person, _tone(grade), grade.value, grade.modelled))
    return pairs


def _among_readers(grades: Iterable[GradedMetric]) -> dict[Metric | Scale, list[_Pair]]:
    """The first two readers of each check."""
    return _first_two(
        grades,
        lambda grade: (grade.analysis_id, grade.metric),
        lambda one, two: (one.metric, (one.person, _tone(one), one.value or 0.0, two.value or 0.0)),
    )


def _among_readers_of(levels: Iterable[GradedSeverity]) -> dict[Metric | Scale, list[_Pair]]:
    """The first two readers of each case; levels by their place in the scale."""
    return _first_two(
        levels,
        lambda one: (one.consultation_id, one.scale),
        lambda one, two: (one.scale, (one.person, None, _place(one), _place(two))),
    )


def _first_two(
    given: Iterable[_Given],
    what: Callable[[_Given], tuple[UUID, Metric | Scale]],
    pair: Callable[[_Given, _Given], tuple[Metric | Scale, _Pair]],
) -> dict[Metric | Scale, list[_Pair]]:
    readings: dict[tuple[UUID, Metric | Scale], list[_Given]] = defaultdict(list)
    for one in given:
        before = readings[what(one)]
        if len(before) < 2 and one.reader not in {other.reader for other in before}:
            before.append(one)
    pairs: dict[Metric | Scale, list[_Pair]] = defaultdict(list)
    for found in readings.values():
        if len(found) == 2:
            name, made = pair(found[0], found[1])
            pairs[name].append(made)
    return pairs


def _tone(grade: GradedMetric) -> str | None:
    return None if grade.ita is None else tone_band(grade.ita)


def _place(given: GradedSeverity) -> float:
    written = [level for level, _ in SCALES[given.scale].levels]
    return float(written.index(given.level)) if given.level in written else 0.0


def _lines(
    things: Iterable[Metric | Scale], pairs: dict[Metric | Scale, list[_Pair]]
) -> tuple[Line, ...]:
    """Each thing for everybody, then for each tone in which it was graded."""
    lines = []
    for what in things:
        found = pairs.get(what, [])
        lines.append(_line(what, EVERYBODY, found))
        for tone in TONE_BANDS:
            of_tone = [pair for pair in found if pair[1] == tone]
            if of_tone:
                lines.append(_line(what, tone, of_tone))
    return tuple(lines)


def _line(what: Metric | Scale, tone: str | None, pairs: Sequence[_Pair]) -> Line:
    people = len({person for person, *_ in pairs})
    if people < FLOOR:
        return Line(what, tone, people, None)
    whose = np.array([person.int % 2**63 for person, *_ in pairs])
    first, second = (np.array([pair[i] for pair in pairs], np.float64) for i in (2, 3))
    classes = (_class(what, first), _class(what, second))
    return Line(what, tone, people, agreement(first, second, whose, classes=classes))


def _class(what: Metric | Scale, ratings: Floats) -> Floats:
    """Levels of a scale are classes already."""
    return ratings if isinstance(what, Scale) else np.minimum(ratings // BAND, BANDS - 1)
