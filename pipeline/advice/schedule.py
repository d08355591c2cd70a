"""Days of the week, from a slow start to the full pace; and who shares an evening with whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.advice.concerns import Concern
from pipeline.advice.lookup import Lookup
from pipeline.advice.outcome import Phase
from pipeline.advice.schema import Ingredient, Interaction, Time

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKS_BETWEEN = 2  # one new active in two weeks (rule R7)
_ALONE = {
    1: ("Wed",),
    2: ("Mon", "Thu"),
    3: ("Mon", "Wed", "Fri"),
    4: ("Mon", "Wed", "Fri", "Sun"),
    5: ("Mon", "Tue", "Thu", "Fri", "Sun"),
    6: DAYS[:6],
    7: DAYS,
}
# Two that must not meet in one half of the day take turns, with Sunday free.
_TURNS = (
    {1: ("Wed",), 2: ("Mon", "Fri"), 3: ("Mon", "Wed", "Fri")},
    {1: ("Thu",), 2: ("Tue", "Sat"), 3: ("Tue", "Thu", "Sat")},
)
# Two of one kind add irritation and nothing else.
_ONE_OF_A_KIND = frozenset({"retinoid", "aha", "bha", "pha"})


@dataclass(slots=True)
class Chosen:
    ingredient: Ingredient
    time: Time
    concerns: list[Concern]
    turn: int | None = None  # 0 or 1: shares this half of the day with another, in turns
    partner: str | None = None
    with_: list[Interaction] = field(default_factory=list)  # that decided about time or days


@dataclass(frozen=True, slots=True)
class Clash:
    text: str
    interaction: Interaction | None


def place(
    each: Ingredient, concern: Concern, chosen: list[Chosen], used: list[Ingredient], lookup: Lookup
) -> Chosen | Clash:
    """Find a half of the day where it meets nothing that it must not meet.

    On which days the things in use are applied is not known: they count as every day.
    """
    for other in (*used, *(c.ingredient for c in chosen)):
        if kinds := _ONE_OF_A_KIND & set(each.classes) & set(other.classes):
            return Clash(f"{other.name} is of the same kind ({min(kinds)}).", None)
    clashes = []
    for time in each.usage.times:
        fits = _at(time, each, chosen, used, lookup)
        if isinstance(fits, Clash):
            clashes.append(fits)
            continue
        partner, met = fits
        new = Chosen(each, time, [concern], with_=met)
        if partner is not None:
            partner.turn, new.turn = 0, 1
            partner.partner, new.partner = each.id, partner.ingredient.id
        return new
    return clashes[0]


def _at(
    time: Time,
    each: Ingredient,
    chosen: list[Chosen],
    used: list[Ingredient],
    lookup: Lookup,
) -> Clash | tuple[Chosen | None, list[Interaction]]:
    met: list[Interaction] = []
    for other in used:
        pair = lookup.pairs.get((each.id, other.id))
        if pair is None:
            continue
        meets = time in (other.usual_times or tuple(Time))
        if pair.kind == "never_together" or (pair.kind != "fine" and meets):
            return Clash(f"You use {other.name}. {pair.text}", pair)
        met.append(pair)
    partners = []
    for before in chosen:
        pair = lookup.pairs.get((each.id, before.ingredient.id))
        if pair is None:
            continue
        if pair.kind == "never_together":
            return Clash(f"{before.ingredient.name} comes first. {pair.text}", pair)
        if pair.kind == "separate_times" and before.time is time:
            return Clash(f"{before.ingredient.name} has this time. {pair.text}", pair)
        if pair.kind == "not_same_day_half" and before.time is time:
            partners.append((before, pair))
        met.append(pair)
    if len(partners) > 1 or any(before.turn is not None for before, _ in partners):
        before, pair = partners[0]
        return Clash(f"There is no evening left beside {before.ingredient.name}. {pair.text}", pair)
    return (partners[0][0] if partners else None), met


def phases(chosen: Chosen, start_week: int, *, gently: bool) -> tuple[Phase, ...]:
    """Slow start, halfway after two weeks, full pace after four. `gently`: a day less at first."""
    use = chosen.ingredient.usage
    start = max(1, use.start_days - 1) if gently else use.start_days
    paces = [start, (start + use.full_days + 1) // 2, use.full_days]
    found: list[Phase] = []
    for number, pace in enumerate(paces):
        days = _ALONE[pace] if chosen.turn is None else _TURNS[chosen.turn][min(pace, 3)]
        if not found or found[-1].days != days:
            found.append(Phase(start_week + WEEKS_BETWEEN * number, days))
    return tuple(found)


EVERY_DAY = (Phase(1, DAYS),)
