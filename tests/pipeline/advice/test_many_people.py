"""What holds for every person and all scores; checked from the files, not by the engine's parts."""

from __future__ import annotations

import dataclasses
import json
import random
from collections import Counter

import pytest

from core.examination import Score
from core.health import Budget
from core.metrics import FACTS, Direction, Metric, Region
from pipeline.advice.engine import MOST_NEW_ACTIVES, advise
from pipeline.advice.knowledge import knowledge
from pipeline.advice.outcome import Advice, Step
from pipeline.advice.person import Person, facts_of
from pipeline.advice.schema import SUGGESTIBLE, Cost, Ingredient, Scope
from tests.pipeline.advice import people

KNOWN = knowledge()
NAMES = {each.id: each.names for each in KNOWN.ingredients.values()}
FORBIDDEN = {
    each.id: [
        frozenset(c.when) for c in KNOWN.contraindications.values() if each.names & set(c.targets)
    ]
    + [
        frozenset(i.facts)
        for i in KNOWN.interactions.values()
        if i.facts and each.names & set(i.one)
    ]
    for each in KNOWN.ingredients.values()
}
GROWN_UP = {"retinoid", "aha", "anti-ageing"}


def test_nothing_unsafe_is_suggested_to_two_thousand_people() -> None:
    seen = check(2_000, seed=1)
    assert seen["people with a new active"] > 300  # or the rest would prove nothing
    assert seen["people with two new actives that must be kept apart"] > 5


@pytest.mark.slow
@pytest.mark.timeout(300)  # under a minute where nothing else runs
def test_nothing_unsafe_is_suggested_to_100_000_people_and_every_row_is_reached() -> None:
    seen = check(100_000, seed=2)
    suggestible = {each.id for each in KNOWN.ingredients.values() if each.role in SUGGESTIBLE}
    assert suggestible - seen.keys() == set()
    rows = {*KNOWN.rules, *KNOWN.interactions, *KNOWN.contraindications}
    assert rows - seen.keys() == set()


def test_the_same_input_gives_the_same_json() -> None:
    for seed in range(50):
        face, regions, person = drawn(random.Random(seed))
        again = drawn(random.Random(seed))
        turned = dict(reversed(again[0].items())), dict(reversed(again[1].items()))
        one = json.dumps(dataclasses.asdict(advise(face, regions, person)))
        assert one == json.dumps(dataclasses.asdict(advise(*turned, again[2])))
        assert json.loads(one)["version"].endswith(KNOWN.version)


def drawn(chance: random.Random) -> tuple[people.Scores, dict[Region, people.Scores], Person]:
    person = people.person(chance)
    return *people.scores(chance), person


def check(how_many: int, seed: int) -> Counter[str]:
    chance = random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(how_many):
        face, regions, person = drawn(chance)
        advice = advise(face, regions, person)
        check_one(advice, face, regions, person, seen)
        seen.update(advice.applied)
    return seen


def check_one(
    advice: Advice,
    face: people.Scores,
    regions: dict[Region, people.Scores],
    person: Person,
    seen: Counter[str],
) -> None:
    steps = (*advice.morning, *advice.evening)
    facts = facts_of(person)
    substances = (person.allergies or frozenset()) | person.free_of
    for step in steps:
        assert step.citations
        assert all(step.citations)
        assert step.reasons
        for name in (step.ingredient, step.kind):
            if name is None:
                continue
            each = KNOWN.ingredients[name]
            seen[name] += 1
            assert each.scope in (Scope.COSMETIC, Scope.OTC_DRUG), name
            assert each.role in SUGGESTIBLE, name
            assert not each.without_prescription_in or (
                person.country in each.without_prescription_in
            )
            assert not any(when & facts for when in FORBIDDEN[name]), name
            assert not substances & set(each.contains), name
            assert name not in person.reacted_to
            assert (person.budget, each.cost) != (Budget.LOW, Cost.HIGH), name
            assert each.status != "G" or step.evidence not in "AB" or step.kind == name
    young = person.age is None or person.age < 18
    names = set().union(*(NAMES[step.ingredient] for step in steps))
    assert not (young and names & GROWN_UP)
    if "photosensitiser" in names:
        assert any(step.ingredient == "sunscreen" for step in advice.morning)
    check_actives(advice, person, seen)
    check_concerns(advice, face, regions)


def check_actives(advice: Advice, person: Person, seen: Counter[str]) -> None:
    morning = [step for step in advice.morning if step.is_new_active]
    evening = [step for step in advice.evening if step.is_new_active]
    new = morning + evening
    seen["people with a new active"] += bool(new)
    assert len(new) <= (MOST_NEW_ACTIVES if person.uses is not None else 1)
    starts = sorted(step.phases[0].from_week for step in new)
    assert starts == [3, 5, 7][: len(new)]  # the base first, then one in two weeks
    assert len({step.ingredient for step in new}) == len(new)
    assert not {step.ingredient for step in new} & (person.uses or frozenset())
    for half, name in ((morning, "morning"), (evening, "evening")):
        for number, step in enumerate(half):
            each = KNOWN.ingredients[step.ingredient]
            for used in person.uses or ():
                other = KNOWN.ingredients[used]
                if name in (other.usual_times or ("morning", "evening")):
                    assert not apart(each, other), (step.ingredient, used)
            for later in half[number + 1 :]:
                if apart(each, KNOWN.ingredients[later.ingredient]):
                    seen["people with two new actives that must be kept apart"] += 1
                    assert not days_of(step) & days_of(later)


def check_concerns(
    advice: Advice, face: people.Scores, regions: dict[Region, people.Scores]
) -> None:
    """A concern is named when, and only when, some whole interval is beyond the limit."""
    named = {concern.metric for concern in advice.concerns}
    for metric, limit in KNOWN.limits.items():
        found = [each.get(metric) for each in (face, *regions.values())]
        beyond = any(is_beyond(score, metric, limit.beyond) for score in found)
        assert (metric in named) == beyond, metric


def is_beyond(score: Score | None, metric: Metric, limit: float) -> bool:
    if score is None or score.low is None or score.high is None:
        return False
    if FACTS[metric].direction is Direction.HIGHER_IS_BETTER:
        return score.high < limit
    return score.low > limit


_APART = {"separate_times", "not_same_day_half", "never_together"}
_PAIRS = {
    (a.id, b.id)
    for a in KNOWN.ingredients.values()
    for b in KNOWN.ingredients.values()
    for i in KNOWN.interactions.values()
    if i.kind in _APART and a.names & set(i.one) and b.names & set(i.other)
}


def apart(a: Ingredient, b: Ingredient) -> bool:
    return (a.id, b.id) in _PAIRS or (b.id, a.id) in _PAIRS


def days_of(step: Step) -> set[str]:
    return {day for phase in step.phases for day in phase.days}
