"""From what was ticked to the flags that it raises. Pure; there is no place for a score in it."""

from __future__ import annotations

from collections.abc import Collection

from core.errors import InvalidInput
from core.red_flags import Flag, Urgency
from pipeline.advice.knowledge import knowledge
from pipeline.safety.questions import Questionnaire, Rule, questionnaire


def route(ticked: Collection[str], asked: Questionnaire | None = None) -> tuple[Flag, ...]:
    """The flags that these answers raise, the most urgent first, each once.

    What follows on an item counts only where that item is ticked too. Raises InvalidInput for an
    answer that nobody was asked for.
    """
    asked = asked or questionnaire()
    counted = _counted(ticked, asked)
    raised: dict[str, Flag] = {}
    for rule in asked.rules:
        if not _holds(rule, counted):
            continue
        urgency = rule.urgency or Urgency(knowledge().red_flags[rule.flag].urgency)
        known = raised.get(rule.flag)
        if known is None or urgency.rank < known.urgency.rank:
            because = tuple(i.text for i in asked.items() if i.id in rule.items & counted)
            stops = asked.stops_of(rule.flag, urgency)
            raised[rule.flag] = Flag(rule.flag, urgency, stops, because)
    order = {flag_id: place for place, flag_id in enumerate(knowledge().red_flags)}
    return tuple(sorted(raised.values(), key=lambda f: (f.urgency.rank, order[f.flag_id])))


def _counted(ticked: Collection[str], asked: Questionnaire) -> frozenset[str]:
    known = {item.id: item for item in asked.items()}
    if not set(ticked) <= known.keys():
        raise InvalidInput("These answers do not belong to the safety questions of today.")
    counted: set[str] = set()
    for item in known.values():  # in their order: an item comes after the one it follows on
        if item.id in ticked and (item.after is None or item.after in counted):
            counted.add(item.id)
    return frozenset(counted)


def _holds(rule: Rule, ticked: frozenset[str]) -> bool:
    return (
        rule.all <= ticked
        and (not rule.any or bool(rule.any & ticked))
        and sum(points for item, points in rule.points.items() if item in ticked) >= rule.at_least
    )
