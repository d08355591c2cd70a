"""What a person may have told us. None is “not told”, which is never taken for “no”."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Self

from core.health import Answers, Budget, Condition, Medicine, Pregnancy, Substance
from core.people import SkinType


class Fact(StrEnum):
    """What contraindications and interactions may depend on."""

    PREGNANT = "pregnant"
    PLANNING_PREGNANCY = "planning_pregnancy"
    BREASTFEEDING = "breastfeeding"
    PREGNANCY_UNKNOWN = "pregnancy_unknown"
    UNDER_18 = "under_18"
    AGE_UNKNOWN = "age_unknown"
    SENSITIVE_SKIN = "sensitive_skin"
    SKIN_TYPE_UNKNOWN = "skin_type_unknown"
    SALICYLATE_ALLERGY = "salicylate_allergy"
    OAT_ALLERGY = "oat_allergy"
    SUNSCREEN_FILTER_ALLERGY = "sunscreen_filter_allergy"
    ALLERGIES_UNKNOWN = "allergies_unknown"
    ECZEMA = "eczema"
    ROSACEA = "rosacea"
    BROKEN_OR_SUNBURNED_SKIN = "broken_or_sunburned_skin"
    DIABETES_OR_POOR_CIRCULATION = "diabetes_or_poor_circulation"
    FLU_OR_CHICKENPOX = "flu_or_chickenpox"
    BLOOD_CLOT_HISTORY = "blood_clot_history"
    CONTACT_ALLERGY = "contact_allergy"
    UNCHECKED_DARK_MARK = "unchecked_dark_mark"
    CONDITIONS_UNKNOWN = "conditions_unknown"
    ISOTRETINOIN_BY_MOUTH = "isotretinoin_by_mouth"
    ANTIBIOTIC_BY_MOUTH = "antibiotic_by_mouth"
    SALICYLATE_MEDICINE = "salicylate_medicine"
    OTHER_MEDICINE = "other_medicine"
    MEDICINES_UNKNOWN = "medicines_unknown"
    USES_UNKNOWN = "uses_unknown"
    BLEMISHES_COUNTED = "blemishes_counted"  # said by the scores, not by the person


# What to ask so that less has to be left out.
QUESTIONS: dict[Fact, str] = {
    Fact.AGE_UNKNOWN: "your age",
    Fact.SKIN_TYPE_UNKNOWN: "your skin type",
    Fact.PREGNANCY_UNKNOWN: "pregnancy, planning or breastfeeding (or that none applies)",
    Fact.ALLERGIES_UNKNOWN: "your allergies",
    Fact.CONDITIONS_UNKNOWN: "conditions of your skin and health",
    Fact.MEDICINES_UNKNOWN: "medicines that you take",
    Fact.USES_UNKNOWN: "what you use on your skin now",
}


@dataclass(frozen=True)
class Person:
    """For advice. Everything may be unknown (None); an empty set says “none”."""

    age: int | None = None  # years
    skin_type: SkinType | None = None
    pregnancy: Pregnancy | None = None
    allergies: frozenset[Substance] | None = None
    conditions: frozenset[Condition] | None = None
    medicines: frozenset[Medicine] | None = None
    uses: frozenset[str] | None = None  # ids of ingredients that are on the skin now
    budget: Budget | None = None
    country: str | None = None  # two letters, as in “US”
    free_of: frozenset[Substance] = field(default_factory=frozenset)
    reacted_to: frozenset[str] = field(default_factory=frozenset)  # ids of ingredients

    @classmethod
    def of(cls, answers: Answers, *, age: int | None, skin_type: SkinType | None) -> Self:
        told = {each.name: getattr(answers, each.name) for each in fields(answers)}
        del told["updated_at"]
        return cls(age=age, skin_type=skin_type, **told)


_PREGNANCY = {
    None: Fact.PREGNANCY_UNKNOWN,
    Pregnancy.PREGNANT: Fact.PREGNANT,
    Pregnancy.PLANNING: Fact.PLANNING_PREGNANCY,
    Pregnancy.BREASTFEEDING: Fact.BREASTFEEDING,
}
_ALLERGIES = {
    Substance.SALICYLATES: Fact.SALICYLATE_ALLERGY,
    Substance.OAT: Fact.OAT_ALLERGY,
    Substance.SUNSCREEN_FILTERS: Fact.SUNSCREEN_FILTER_ALLERGY,
}


def facts_of(person: Person) -> frozenset[Fact]:
    """What holds for this person, what they did not tell included."""
    facts: set[Fact] = set()
    if person.age is None:
        facts.add(Fact.AGE_UNKNOWN)
    elif person.age < 18:
        facts.add(Fact.UNDER_18)
    if person.skin_type is None:
        facts.add(Fact.SKIN_TYPE_UNKNOWN)
    elif person.skin_type is SkinType.SENSITIVE:
        facts.add(Fact.SENSITIVE_SKIN)
    if person.pregnancy is not Pregnancy.NONE:
        facts.add(_PREGNANCY[person.pregnancy])
    if person.allergies is None:
        facts.add(Fact.ALLERGIES_UNKNOWN)
    else:
        facts.update(_ALLERGIES[each] for each in person.allergies if each in _ALLERGIES)
    if person.conditions is None:
        facts.add(Fact.CONDITIONS_UNKNOWN)
    else:
        facts.update(Fact(each.value) for each in person.conditions)
    if person.medicines is None:
        facts.add(Fact.MEDICINES_UNKNOWN)
    else:
        facts.update(Fact(each.value) for each in person.medicines)
    if person.uses is None:
        facts.add(Fact.USES_UNKNOWN)
    return frozenset(facts)
