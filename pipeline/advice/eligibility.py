"""What speaks against an ingredient for one person."""

from __future__ import annotations

from core.health import Budget
from core.metrics import Metric
from pipeline.advice.concerns import Concern
from pipeline.advice.lookup import Against, Lookup, Obstacle
from pipeline.advice.person import QUESTIONS, Fact, Person, facts_of
from pipeline.advice.schema import Cost, Ingredient

SUNSCREEN = "sunscreen"
_UNTOLD = frozenset(QUESTIONS)


class Eligibility:
    """Of one person. Unknown counts as the case that is to be careful with."""

    def __init__(self, lookup: Lookup, person: Person, concerns: tuple[Concern, ...]) -> None:
        self.lookup = lookup
        self.person = person
        self.facts = facts_of(person)
        if any(concern.metric is Metric.BLEMISHES for concern in concerns):
            self.facts |= {Fact.BLEMISHES_COUNTED}
        self._known: dict[str, tuple[Obstacle, ...]] = {}
        self.sunscreen_is_possible = not self.obstacles(lookup.known.ingredients[SUNSCREEN])

    def obstacles(self, each: Ingredient) -> tuple[Obstacle, ...]:
        """Everything that speaks against it. Empty: nothing that we know of."""
        if each.id not in self._known:
            self._known[each.id] = tuple(self._obstacles(each))
        return self._known[each.id]

    def _obstacles(self, each: Ingredient) -> list[Obstacle]:
        found = []
        for against in self.lookup.against[each.id]:
            if holding := against.facts & self.facts:
                found.append(self._holds(against, holding))
        rule = self.lookup.own_rule
        said = self.person
        contains = self.lookup.contains[each.id]
        if allergic := contains & (said.allergies or frozenset()):
            words = ", ".join(sorted(_words(s) for s in allergic))
            found.append(Obstacle("allergy", f"You are allergic to {words}.", (rule,)))
        if unwanted := contains & said.free_of:
            words = ", ".join(sorted(_words(s) for s in unwanted))
            found.append(Obstacle("free-of", f"You want nothing with {words}.", (rule,)))
        if each.id in said.reacted_to:
            found.append(Obstacle("reaction", "Your skin reacted to it before.", (rule,)))
        if said.budget is Budget.LOW and each.cost is Cost.HIGH:
            found.append(Obstacle("budget", "It costs more than the budget you gave.", (rule,)))
        where = each.without_prescription_in
        if where and said.country not in where:
            text = f"Without a prescription only in: {', '.join(where)}."
            cited = self.lookup.citations[each.id]
            found.append(Obstacle("prescription", text, cited, ("R11",), prescription=True))
        for needs in self.lookup.sun[each.id]:
            if not self.sunscreen_is_possible:
                text = f"{needs.text} No sunscreen is known to be safe for you."
                found.append(Obstacle(needs.id, text, self.lookup.citations[needs.id]))
        return found

    def _holds(self, against: Against, holding: frozenset[Fact]) -> Obstacle:
        known = self.lookup.obstacles.get((against.id, holding))
        if known is None:
            untold = tuple(sorted(holding)) if holding <= _UNTOLD else ()
            asked = " or ".join(QUESTIONS[fact] for fact in untold)
            before = f"You have not told us {asked}. " if untold else ""
            text = before + against.text
            known = Obstacle(against.id, text, against.citations, against.rules, untold)
            self.lookup.obstacles[against.id, holding] = known  # few: subsets of a row's facts
        return known


def _words(substance: str) -> str:
    return substance.replace("_", " ").replace("mi mci", "MI/MCI")
