"""What an analyst may ask, and how a question is written in an address.

A question is about one metric (or a measure of the photos), in one cohort or two, and is looked at
in one way. Figures are released for groups by at most two facts, so a cohort and the grouping
together name at most two; more would be of hardly anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from core.analytics import FIRST_MONDAY, MEASURES, MOST_FACTS, Fact
from core.errors import InvalidInput
from core.metrics import Metric, Region
from data.tables import FACE
from pipeline.analytics.words import FACT_NAMES, FACT_VALUES

LONGEST = 2000  # characters of the written form
LATEST = date(2999, 12, 28)
_MANY = 20  # values of one fact


class View(StrEnum):
    """The ways to look."""

    SPREAD = "spread"  # how a metric is distributed, by group
    TREND = "trend"
    AGE_AND_TONE = "age_and_tone"
    TOGETHER = "together"  # correlations
    INGREDIENTS = "ingredients"
    RETURNING = "returning"
    PHOTOS = "photos"  # quality and rejections


Where = Mapping[Fact, tuple[str, ...]]  # a cohort: any of these values, of every fact named
_ASKS = ("view", "metric", "measure", "region", "by", "from", "to", "adjusted")


@dataclass(frozen=True)
class Question:
    """Valid as it stands: making one checks it and raises InvalidInput with a sentence."""

    view: View = View.SPREAD
    metric: Metric = Metric.SKIN_SCORE
    measure: str = "rejected"  # of core.analytics.MEASURES, for PHOTOS
    region: str = FACE
    by: Fact | None = None
    where: Where = field(default_factory=dict)
    against: Where | None = None  # a second cohort; {} is everybody
    since: date | None = None  # first day
    until: date | None = None  # not included
    is_adjusted: bool = False  # for light, device and age

    def __post_init__(self) -> None:
        for cohort in (self.where, self.against or {}):
            _check_cohort(cohort)
            self._check_facts(cohort)
        if self.measure not in MEASURES:
            raise InvalidInput("There is no such measure of the photos.")
        if self.region != FACE and self.region not in set(Region):
            raise InvalidInput("There is no such region of the face.")
        if self.region != FACE and self.metric is Metric.SKIN_SCORE:
            raise InvalidInput("The skin score is of the whole face. Choose another metric.")
        if self.since and self.until and self.since >= self.until:
            raise InvalidInput("The first day must come before the last.")
        if len(written(self)) > LONGEST:
            raise InvalidInput("The question is too long. Choose fewer groups.")

    def _check_facts(self, cohort: Where) -> None:
        facts, most = set(self.facts(cohort)), self.most_facts()
        if len(facts) > most:
            names = ", ".join(FACT_NAMES[fact].lower() for fact in sorted(facts))
            raise InvalidInput(
                f"{_LIMITS[most]} Here they are {len(facts)}: {names}. Take one away."
            )

        if self.view is View.RETURNING and facts - set(OF_WHO_RETURNS):
            raise InvalidInput(
                "Who comes back is released by age, skin type and part of the world only: a "
                "device or the light may be another at each check."
            )

    def most_facts(self) -> int:
        """By how many facts this can be grouped and filtered together."""
        if self.view is View.INGREDIENTS:
            return 0
        if self.view in (View.TOGETHER, View.RETURNING) or self.region != FACE:
            return 1
        return MOST_FACTS

    def facts(self, cohort: Where) -> tuple[Fact, ...]:
        """What the answer is grouped by, in the order of the shape."""
        grouping = {Fact.AGE_BAND, Fact.TONE_BAND} if self.view is View.AGE_AND_TONE else set()
        if self.by is not None and self.view in GROUPED:
            grouping.add(self.by)
        return tuple(sorted(grouping | set(cohort)))

    def shape(self, cohort: Where) -> str:
        return "+".join(self.facts(cohort))


OF_WHO_RETURNS = (Fact.AGE_BAND, Fact.SKIN_TYPE, Fact.ZONE)  # what stays with a person
GROUPED = (View.SPREAD, View.TREND, View.TOGETHER, View.RETURNING, View.PHOTOS)
_LIMITS = {
    0: "Changes after an ingredient are released for everybody together only.",
    1: "Here people are grouped by one thing at a time: more would leave too few in each group.",
    2: "People are grouped by two things at a time: more would leave too few in each group.",
}


def _check_cohort(cohort: Where) -> None:
    for fact, values in cohort.items():
        known = FACT_VALUES[fact]
        if not values or len(values) > _MANY:
            raise InvalidInput(f"{FACT_NAMES[fact]}: choose between 1 and {_MANY} groups.")
        for value in values:
            if (known is not None and value not in known) or not 0 < len(value) <= 80:
                raise InvalidInput(f"{FACT_NAMES[fact]}: there is no such group.")


# ---------------------------------------------------------------- the written form


def written(question: Question) -> str:
    """The part of an address after “?”; what is as usual is left out. The same for the same."""
    usual = Question.__dataclass_fields__
    pairs: list[tuple[str, str]] = []
    for name, value in (
        ("view", question.view.value),
        ("metric", question.metric.value),
        ("measure", question.measure),
        ("region", question.region),
    ):
        if value != usual[name].default:
            pairs.append((name, value))
    if question.by is not None:
        pairs.append(("by", question.by.value))
    pairs += _of_cohort("", question.where)
    if question.against is not None:
        pairs += _of_cohort("b.", question.against) or [("b.", "everybody")]
    if question.since is not None:
        pairs.append(("from", question.since.isoformat()))
    if question.until is not None:
        pairs.append(("to", (question.until - timedelta(days=1)).isoformat()))
    if question.is_adjusted:
        pairs.append(("adjusted", "yes"))
    return urlencode(pairs)


def read(text: str) -> Question:
    """The question of an address; raises InvalidInput with what is wrong with it."""
    if len(text) > LONGEST:
        raise InvalidInput("The address is too long to be a question.")
    return of_pairs(parse_qsl(text, keep_blank_values=True))


def of_pairs(pairs: Iterable[tuple[str, str]]) -> Question:
    """The same from its parts; several values of one fact are several pairs."""
    asked: dict[str, str] = {}
    where: dict[Fact, tuple[str, ...]] = {}
    against: dict[Fact, tuple[str, ...]] | None = None
    for name, value in pairs:
        if name in _ASKS:
            asked[name] = value
        elif name == "b.":
            against = against or {}
        elif name.removeprefix("b.") in set(Fact):
            fact = Fact(name.removeprefix("b."))
            if name.startswith("b."):
                against = against if against is not None else {}
            cohort = where if not name.startswith("b.") or against is None else against
            if value not in cohort.get(fact, ()):
                cohort[fact] = (*cohort.get(fact, ()), value)
        else:
            raise InvalidInput("The address asks for something that the explorer does not know.")
    try:
        until = _day(asked.get("to"))
        return Question(
            view=View(asked.get("view", View.SPREAD)),
            metric=Metric(asked.get("metric", Metric.SKIN_SCORE)),
            measure=asked.get("measure", "rejected"),
            region=asked.get("region", FACE),
            by=Fact(asked["by"]) if "by" in asked else None,
            where=where,
            against=against,
            since=_day(asked.get("from")),
            until=None if until is None else until + timedelta(days=1),
            is_adjusted=asked.get("adjusted") == "yes",
        )
    except ValueError:
        raise InvalidInput(
            "The address asks for something that the explorer does not know."
        ) from None


def _of_cohort(prefix: str, cohort: Where) -> list[tuple[str, str]]:
    return [
        (prefix + fact.value, value)
        for fact in sorted(cohort)
        for value in sorted(cohort[fact], key=lambda v: _place(fact, v))
    ]


def _place(fact: Fact, value: str) -> tuple[int, str]:
    known = FACT_VALUES[fact] or ()
    return (list(known).index(value) if value in known else len(known), value)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    day = date.fromisoformat(text)
    if not FIRST_MONDAY <= day <= LATEST:
        raise InvalidInput(f"Days lie between {FIRST_MONDAY:%d %B %Y} and the year 2999.")
    return day


def as_grouped(question: Question, **changes: object) -> Question:
    """The question with these changes; what no longer fits beside them is taken away.

    For what is clicked: the newest wish counts, and nobody meets an error for it.
    """
    wanted: dict[str, object] = {**_parts(question), **changes}
    for drop in ({}, {"by": None}, {"region": FACE}, {"by": None, "region": FACE}):
        try:
            return Question(**(wanted | drop))  # type: ignore[arg-type]
        except InvalidInput:
            continue
    return question


def _parts(question: Question) -> dict[str, object]:
    return {name: getattr(question, name) for name in Question.__dataclass_fields__}
