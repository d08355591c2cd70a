"""The base routine, and steps out of what was chosen."""

from __future__ import annotations

from dataclasses import replace

from core.metrics import REGION_NAMES
from pipeline.advice.concerns import Concern
from pipeline.advice.eligibility import Eligibility
from pipeline.advice.lookup import STATUS_WORDS, Lookup
from pipeline.advice.outcome import Phase, Step
from pipeline.advice.person import Fact
from pipeline.advice.schedule import EVERY_DAY, Chosen
from pipeline.advice.schema import Ingredient, Role, Time
from pipeline.advice.wording import WITH_AN_INGREDIENT

_SLOTS = {"syndet-cleanser": "cleanse", "moisturiser": "moisturise", "sunscreen": "protect"}
ORDER = ("cleanse", "active", "moisturise", "protect")
_WHOLE_FACE = ("whole face",)
_AREA_NOT_EYES = "the whole area, away from eyes and lips"


def base_steps(
    concerns: tuple[Concern, ...], who: Eligibility, lookup: Lookup
) -> dict[Time, list[Step]]:
    """Cleanse, moisturise, protect: as far as nothing speaks against them."""
    routine: dict[Time, list[Step]] = {time: [] for time in Time}
    labels, citations = _labels(who, lookup)
    for base in lookup.known.of_role(Role.BASE):
        if who.obstacles(base):
            continue
        kind = best_kind(base, concerns, who, lookup)
        helped = [c for c in concerns if c.metric in base.helps]
        reasons = ["base routine", *(r for concern in helped for r in concern.reasons())]
        notes = _of_kind(kind) if kind else []
        step = Step(
            key="",  # said with the time of day, below
            slot=_SLOTS[base.id],
            ingredient=base.id,
            name=f"{base.name}; best: {_lower(kind.name)}" if kind else base.name,
            amount=base.usage.amount,
            where=_WHOLE_FACE,
            phases=EVERY_DAY,
            reasons=tuple(reasons),
            evidence=base.evidence.value,
            verified=STATUS_WORDS[base.status],
            citations=tuple(
                dict.fromkeys(
                    (
                        *lookup.citations[base.id],
                        *(lookup.citations[kind.id] if kind else ()),
                        *citations,
                    )
                )
            ),
            cautions=(*base.cautions, *notes, *labels),
            about_evidence=base.note,
            kind=kind.id if kind else None,
        )
        for time in base.usage.times:
            routine[time].append(replace(step, key=_key(time, base)))
    return routine


def best_kind(
    base: Ingredient, concerns: tuple[Concern, ...], who: Eligibility, lookup: Lookup
) -> Ingredient | None:
    """The kind of product with the best evidence for a concern, or no matter which."""
    counted = {concern.metric for concern in concerns}
    for kind in lookup.variants[base.id]:
        if counted & lookup.helps[kind.id] and not who.obstacles(kind):
            return kind
    return None


def active_step(chosen: Chosen, plan: tuple[Phase, ...], lookup: Lookup) -> Step:
    each = chosen.ingredient
    near_eyes = not each.not_near_eyes
    places = [p for c in chosen.concerns for p in c.at(near_eyes=near_eyes)]
    regions = tuple(dict.fromkeys(REGION_NAMES[p.region].lower() for p in places if p.region))
    area = _AREA_NOT_EYES if each.not_near_eyes else _WHOLE_FACE[0]
    pairs = {i.id: i for i in (*lookup.cautions[each.id], *lookup.sun[each.id], *chosen.with_)}
    rules = [rule for rule in lookup.rules_about[each.id] if rule.id in WITH_AN_INGREDIENT]
    said = [i.text for i in pairs.values()]
    citations = [
        *lookup.citations[each.id],
        *(words for row in (*pairs.values(), *rules) for words in lookup.citations[row.id]),
    ]
    return Step(
        key=_key(chosen.time, each),
        slot="active",
        ingredient=each.id,
        name=each.name,
        amount=each.usage.amount,
        where=regions or (area,),
        phases=plan,
        reasons=tuple(r for c in chosen.concerns for r in c.reasons(near_eyes=near_eyes)),
        evidence=each.evidence.value,
        verified=STATUS_WORDS[each.status],
        citations=tuple(dict.fromkeys(citations)),
        cautions=(*each.cautions, *said),
        about_evidence=each.note,
        is_new_active=True,
    )


def _key(time: Time, each: Ingredient) -> str:
    return f"{time.value}-{each.id}"


def _labels(who: Eligibility, lookup: Lookup) -> tuple[list[str], list[str]]:
    """What to look for on the packaging of every product."""
    rows = lookup.known.ingredients
    said = who.person
    avoided = (said.allergies or frozenset()) | said.free_of
    chosen = []
    if Fact.BLEMISHES_COUNTED in who.facts:
        chosen.append(rows["non-comedogenic"])
    careful = {Fact.SENSITIVE_SKIN, Fact.SKIN_TYPE_UNKNOWN, Fact.ECZEMA, Fact.CONTACT_ALLERGY}
    careful |= {Fact.ALLERGIES_UNKNOWN, Fact.CONDITIONS_UNKNOWN}
    if careful & who.facts or avoided & set(rows["fragrance"].contains):
        chosen.append(rows["fragrance"])
    contact = {Fact.CONTACT_ALLERGY, Fact.ALLERGIES_UNKNOWN}
    if contact & who.facts or avoided & set(rows["contact-allergens"].contains):
        chosen.append(rows["contact-allergens"])
    labels = [row.label for row in chosen if row.label]
    covered = {s for row in chosen for s in row.contains}
    if rest := sorted(s.value.replace("_", " ") for s in avoided - covered):
        labels.append(f"Read the label: nothing with {', '.join(rest)}.")
    return labels, [words for row in chosen for words in lookup.citations[row.id]]


def _of_kind(kind: Ingredient) -> list[str]:
    """The base step's grade is not that of its kind, so this is said."""
    grade = f"{kind.name}: evidence {kind.evidence.value}, {STATUS_WORDS[kind.status]}."
    return [grade, *(f"{kind.name}: {_lower(note)}" for note in kind.cautions)]


def _lower(name: str) -> str:
    return name if name[1:2].isupper() else name[0].lower() + name[1:]
