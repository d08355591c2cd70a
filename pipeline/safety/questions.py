"""The safety questions in data/knowledge, read once and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.metrics import Metric
from core.red_flags import Stops, Urgency
from pipeline.advice.knowledge import FOLDER, BadKnowledge, knowledge

_FILE = "safety_questions.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Strict):
    """One sentence that a person may tick."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    text: str = Field(min_length=3)
    after: str | None = None  # shown only where this item was ticked


class Section(_Strict):
    """One question of the first layer; whoever says yes ticks what it is."""

    id: str
    title: str
    question: str = Field(min_length=3)
    examples: str = Field(min_length=3)  # every item has to be recognisable in them
    items: tuple[Item, ...]


class Rule(_Strict):
    """Raises its flag when all of `all` and one of `any` are ticked and the points suffice."""

    flag: str
    all: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()
    points: Mapping[str, int] = Field(default_factory=dict)
    at_least: int = 0
    urgency: Urgency | None = None  # instead of the flag's own
    note: str | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not (self.all or self.any or self.points):
            raise ValueError("a rule without a condition would be raised by everybody")
        if bool(self.points) != (self.at_least > 0):
            raise ValueError("points and at_least belong together")
        return self

    @property
    def items(self) -> frozenset[str]:
        return self.all | self.any | frozenset(self.points)


class StopsRow(_Strict):
    metrics: frozenset[Metric] = frozenset()
    advice_on: frozenset[Metric] = frozenset()
    hides_numbers: bool = False


class Questionnaire(_Strict):
    """What is asked, in its order, and what follows from it."""

    version: str
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...]
    stops: Mapping[str, StopsRow]

    def items(self) -> Iterator[Item]:
        for section in self.sections:
            yield from section.items

    def stops_of(self, flag_id: str, urgency: Urgency) -> Stops:
        """What a flag stops. What cannot wait, and what nothing is said of, stops everything."""
        row = self.stops.get(flag_id)
        if row is None:
            return Stops(everything=True)
        everything = urgency in (Urgency.EMERGENCY, Urgency.SAME_DAY)
        return Stops(everything, row.metrics, row.advice_on, row.hides_numbers)


@cache
def questionnaire() -> Questionnaire:
    """What ships with this version."""
    return load(FOLDER / _FILE)


def load(file: Path) -> Questionnaire:
    """Raises BadKnowledge."""
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        read = Questionnaire.model_validate(content)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise BadKnowledge(f"{file.name}: {error}") from error
    _check(file.name, read)
    return read


def _check(name: str, read: Questionnaire) -> None:
    ids = [item.id for item in read.items()]
    for twice in {item for item in ids if ids.count(item) > 1}:
        raise BadKnowledge(f"{name}: {twice} stands there twice")
    seen: set[str] = set()
    for item in read.items():
        if item.after is not None and item.after not in seen:
            raise BadKnowledge(f"{name}: {item.id} comes after {item.after}, which is not before")
        seen.add(item.id)
    flags = knowledge().red_flags
    for rule in read.rules:
        if rule.flag not in flags:
            raise BadKnowledge(f"{name}: there is no red flag {rule.flag}")
        if unknown := rule.items - seen:
            raise BadKnowledge(
                f"{name}: {rule.flag} asks for {sorted(unknown)}, which nobody is asked"
            )
    if unasked := flags.keys() - {rule.flag for rule in read.rules}:
        raise BadKnowledge(f"{name}: nothing raises {sorted(unasked)}")
    if unknown_flags := read.stops.keys() - flags.keys():
        raise BadKnowledge(f"{name}: stops name {sorted(unknown_flags)}, which are no red flags")
    followed = {item.after for item in read.items()} - {None}
    reached = frozenset().union(*(rule.items for rule in read.rules)) | followed
    # An item that only colours the case still goes to the dermatologist; it has to be meant.
    for item in read.items():
        if item.id not in reached and item.after is None:
            raise BadKnowledge(f"{name}: ticking {item.id} raises nothing")
