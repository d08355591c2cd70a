"""People and scores by chance, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from core.examination import Score
from core.health import Budget, Condition, Medicine, Pregnancy, Substance
from core.metrics import Metric, Region
from core.people import SkinType
from pipeline.advice.knowledge import knowledge
from pipeline.advice.person import Person

Scores = dict[Metric, Score]
_T = TypeVar("_T", bound=StrEnum)
_Answer = TypeVar("_Answer")
_METRICS = list(Metric)
_INGREDIENTS = list(knowledge().ingredients)


def person(chance: random.Random) -> Person:
    if chance.random() < 0.4:  # told everything, with little that speaks against anything
        return Person(
            age=30,
            skin_type=SkinType.NORMAL,
            pregnancy=Pregnancy.NONE,
            allergies=frozenset(),
            conditions=frozenset(),
            medicines=frozenset(),
            uses=frozenset(i for i in _INGREDIENTS if chance.random() < 0.02),
            country="US",
            reacted_to=_reactions(chance),
        )
    return Person(
        age=_known(chance, chance.choice([13, 16, 17, 18, 24, 35, 51, 70])),
        skin_type=_known(chance, chance.choice(list(SkinType))),
        pregnancy=_known(
            chance,
            Pregnancy.NONE if chance.random() < 0.7 else chance.choice(list(Pregnancy)),
        ),
        allergies=_known(chance, _some(chance, list(Substance), 0.04)),
        conditions=_known(chance, _some(chance, list(Condition), 0.05)),
        medicines=_known(chance, _some(chance, list(Medicine), 0.06)),
        uses=_known(chance, frozenset(i for i in _INGREDIENTS if chance.random() < 0.03)),
        budget=_known(chance, chance.choice(list(Budget))),
        country=_known(chance, chance.choice(["US", "GB", "DE"])),
        free_of=_some(chance, list(Substance), 0.04),
        reacted_to=_reactions(chance),
    )


def scores(chance: random.Random) -> tuple[Scores, dict[Region, Scores]]:
    level = chance.uniform(0, 100)
    face = _scores(chance, level)
    regions = {r: _scores(chance, level) for r in Region if chance.random() < 0.3}
    return face, regions


def _scores(chance: random.Random, level: float) -> Scores:
    found = {}
    for metric in _METRICS:
        if chance.random() < 0.15:
            found[metric] = Score.abstain("The place is covered.")
            continue
        value = min(max(chance.gauss(level, 25), 0), 100)
        width = chance.uniform(2, 20)
        found[metric] = Score(value, max(value - width, 0), min(value + width, 100))
    return found


def _known(chance: random.Random, answer: _Answer) -> _Answer | None:
    return None if chance.random() < 0.1 else answer


def _some(chance: random.Random, of: Collection[_T], share: float) -> frozenset[_T]:
    return frozenset(each for each in of if chance.random() < share)


def _reactions(chance: random.Random) -> frozenset[str]:
    """Few, and sometimes so many that only the last choices are left."""
    share = chance.choice([0.0, 0.0, 0.02, 0.3, 0.8])
    return frozenset(i for i in _INGREDIENTS if share and chance.random() < share)
