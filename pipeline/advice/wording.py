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


def rules_told(
    chosen: list[Chosen],
    starts: list[int],
    applied: Mapping[str, None],
    said: tuple[str, ...],
    lookup: Lookup,
) -> Told:
    """The rules that hold here: `applied` names those that decided already.

    `starts` are the weeks in which the chosen ones are begun, `said` what was told before.
    """
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
    begun_in = list(zip(chosen, starts, strict=True))
    soon = [f"{_what_for(c)}: weeks {week + 6} to {week + 8}." for c, week in begun_in]
    later = [f"{_what_for(c)}: week {week + 12}." for c, week in begun_in]
    expect = (
        outcome.Told(
            "After 6 to 8 weeks",
            " ".join(
                (
                    "If something helps, this is when it begins to show. A new check tells whether "
                    "the change is more than noise.",
                    *soon,
                )
            ),
            cited,
        ),
        outcome.Told(
            "After 12 weeks",
            " ".join(("Look again. Stop what did not help, or ask a dermatologist.", *later)),
            cited,
        ),
    )
    return Told(
        tuple(
            outcome.Told(rule.title, rule.text, lookup.citations[rule.id])
            for rule in rules
            if rule.id != _EXPECTATION and rule.id not in said
        ),
        expect,
        tuple(rule.id for rule in rules),
    )


def _what_for(chosen: Chosen) -> str:
    """As in “Salicylic acid 0.5–2 % (pores, shine)”."""
    return f"{chosen.ingredient.name} ({', '.join(c.words for c in chosen.concerns)})"


def plan_of(starts: Iterable[tuple[int, Ingredient]]) -> tuple[outcome.Start, ...]:
    first = outcome.Start(1, "Base routine only: cleanse, moisturise, protect.")
    return (first, *(outcome.Start(week, f"Begin with: {each.name}.") for week, each in starts))


# The rule that is said whatever the scores are, since people buy things without asking us.
_SAID_TO: dict[Fact, str] = {
    Fact.PREGNANT: "R10",
    Fact.PLANNING_PREGNANCY: "R10",
    Fact.BREASTFEEDING: "R10",
    Fact.UNDER_18: "R9",
}


def notices_of(
    who: Eligibility, lookup: Lookup
) -> tuple[tuple[outcome.Told, ...], tuple[str, ...]]:
    """What holds for this person whatever the scores say, and the ids of the rules in it."""
    found = []
    ids = tuple(dict.fromkeys(rule for fact, rule in _SAID_TO.items() if fact in who.facts))
    for rule in (lookup.known.rules[each] for each in ids):
        found.append(outcome.Told(rule.title, rule.text, lookup.citations[rule.id]))
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
    return tuple(found), ids
