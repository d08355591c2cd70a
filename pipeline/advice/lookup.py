"""The knowledge turned so that one analysis need not search it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from core.metrics import Metric
from pipeline.advice.knowledge import Knowledge, knowledge
from pipeline.advice.person import Fact
from pipeline.advice.schema import (
    WORDS_OF_G,
    Cost,
    Grade,
    Ingredient,
    Interaction,
    Role,
    Rule,
    Status,
)

STATUS_WORDS = {
    Status.READ: "sources read",
    Status.PARTLY_READ: "sources read in part",
    Status.NOT_VERIFIED: WORDS_OF_G,
}
_GRADES, _STATUSES, _COSTS = list(Grade), list(Status), list(Cost)


@dataclass(frozen=True)
class Against:
    """A reason not to suggest something, and the facts that make it hold."""

    id: str
    facts: frozenset[Fact]
    text: str
    rules: tuple[str, ...]
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Obstacle:
    id: str
    text: str
    citations: tuple[str, ...]
    rules: tuple[str, ...] = ()
    untold: tuple[Fact, ...] = ()  # it would perhaps fall away if the person told this
    prescription: bool = False


class Lookup:
    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self.obstacles: dict[tuple[str, frozenset[Fact]], Obstacle] = {}
        self.own_rule = known.sources["product-rule"].words()
        ranked = sorted(known.ingredients.values(), key=_rank)
        tables = (known.ingredients, known.rules, known.interactions, known.contraindications)
        self.citations = {row.id: known.cite(row) for table in tables for row in table.values()}
        self.contains = {each.id: frozenset(each.contains) for each in ranked}
        self.helps = {each.id: frozenset(each.helps) for each in ranked}
        self.helping: dict[tuple[Role, Metric], tuple[Ingredient, ...]] = {
            (role, metric): tuple(i for i in ranked if i.role is role and metric in i.helps)
            for role in Role
            for metric in Metric
        }
        self.variants = {
            base.id: tuple(i for i in ranked if i.variant_of == base.id)
            for base in known.of_role(Role.BASE)
        }
        self.against = {each.id: self._against(each) for each in ranked}
        self.rules_about = {each.id: self._rules_about(each) for each in ranked}
        self.sun = {i.id: self._one_sided(i, "needs") for i in ranked}
        self.cautions = {i.id: self._one_sided(i, "caution") for i in ranked}
        self.pairs = {
            (a.id, b.id): found
            for a in ranked
            for b in ranked
            if (found := self._pair(a, b)) is not None
        }

    def _against(self, each: Ingredient) -> tuple[Against, ...]:
        found = [
            Against(c.id, frozenset(c.when), c.text, c.rules, self.known.cite(c))
            for c in self.known.contraindications.values()
            if each.names & set(c.targets)
        ]
        found += [
            Against(i.id, frozenset(i.facts), i.text, (), self.known.cite(i))
            for i in self.known.interactions.values()
            if i.facts and each.names & set(i.one)
        ]
        return tuple(found)

    def _rules_about(self, each: Ingredient) -> tuple[Rule, ...]:
        return tuple(r for r in self.known.rules.values() if each.names & set(r.about))

    def _one_sided(self, each: Ingredient, kind: str) -> tuple[Interaction, ...]:
        return tuple(
            i
            for i in self.known.interactions.values()
            if i.kind == kind and each.names & set(i.one)
        )

    def _pair(self, a: Ingredient, b: Ingredient) -> Interaction | None:
        """What holds between two that are used by one person; the strictest."""
        found = [
            i
            for i in self.known.interactions.values()
            if i.kind in _STRICT_FIRST
            and (
                (a.names & set(i.one) and b.names & set(i.other))
                or (b.names & set(i.one) and a.names & set(i.other))
            )
        ]
        return min(found, key=lambda i: _STRICT_FIRST.index(i.kind), default=None)


_STRICT_FIRST = ["never_together", "separate_times", "not_same_day_half", "fine"]


def _rank(each: Ingredient) -> tuple[int, int, int, int]:
    """Better evidence first, then what was verified, then the lower price, then the table."""
    cost = _COSTS.index(each.cost) if each.cost else len(_COSTS)
    return _GRADES.index(each.evidence), _STATUSES.index(each.status), cost, each.row


@cache
def in_service() -> Lookup:
    """Of the knowledge that ships with this version."""
    return Lookup(knowledge())
