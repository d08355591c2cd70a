"""What is told beside the steps: rules that hold, the plan over weeks, and what to keep in mind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.advice import outcome
from pipeline.advice.eligibility import SUNSCREEN, Eligibility
from pipeline.advice.lookup import Lookup
from pipeline.advice.person import Fact
from pipeline.advice.schedule import Chosen
from pipeline.advice.schema import Ingredient

_ALWAYS = ("R1", "R2", "R5", "R12")
_WITH_AN_ACTIVE = ("R7",)
WITH_AN_INGREDIENT = ("R3", "R4", "R6", "R8")  # told when something they are about is begun
_EXPECTATION = "R2"


@dataclass(frozen=True, slots=True)
class Told:
    rules: tuple[outcome.Told, ...]
    expect: tuple[outcome.Told, ...]
    ids: tuple[str, ...]


def rules_told(chosen: list[Chosen], applied: Mapping[str, None], lookup: Lookup) -> Told:
    """The rules that hold here: `applied` names those that decided already."""
    begun = {rule.id for each in chosen for rule in lookup.rules_about[each.ingredient.id]}
    holding = {
        *_ALWAYS,
        *(_WITH_AN_ACTIVE if chosen else ()),
        *(begun & {*WITH_AN_INGREDIENT}),
        *applied,
    }
    rules = [rule for rule in lookup.known.rules.values() if rule.id in holding]
    expectation = lookup.known.rules[_EXPECTATION]
    cited = lookup.citations[expectation.id]
    expect = (
        outcome.Told(
            "After 6 to 8 weeks",
            "If it helps, this is when it begins to show. A new check tells whether the change "
            "is more than noise.",
            cited,
        ),
        outcome.Told(
            "After 12 weeks",
            "Look again. Stop what did not help, or ask a dermatologist.",
            cited,
        ),
    )
    return Told(
        tuple(
            outcome.Told(rule.title, rule.text, lookup.citations[rule.id])
            for rule in rules
            if rule.id != _EXPECTATION
        ),
        expect,
        tuple(rule.id for rule in rules),
    )


def plan_of(starts: Iterable[tuple[int, Ingredient]]) -> tuple[outcome.Start, ...]:
    first = outcome.Start(1, "Base routine only: cleanse, moisturise, protect.")
    return (first, *(outcome.Start(week, f"Begin with: {each.name}.") for week, each in starts))


def notices_of(who: Eligibility, lookup: Lookup) -> tuple[outcome.Told, ...]:
    """What holds for this person whatever the scores say."""
    found = []
    if not who.sunscreen_is_possible:
        against = who.obstacles(lookup.known.ingredients[SUNSCREEN])
        text = " ".join(o.text for o in against) + " Use shade, a hat and clothing."
        cited = tuple(dict.fromkeys(c for o in against for c in o.citations))
        found.append(outcome.Told("No sunscreen is known to be safe for you", text, cited))
    if Fact.UNCHECKED_DARK_MARK in who.facts:
        row = lookup.known.contraindications["dark-mark-first"]
        found.append(
            outcome.Told("Show the dark mark to a doctor", row.text, lookup.known.cite(row))
        )
    return tuple(found)
