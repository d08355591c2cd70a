"""What a person may tell of their health, for advice. None is “not told”, never taken for “no”."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType


class Pregnancy(StrEnum):
    NONE = "none"  # none of the others, or it cannot be
    PREGNANT = "pregnant"
    PLANNING = "planning"
    BREASTFEEDING = "breastfeeding"


class Substance(StrEnum):
    """What products contain and people react to or avoid."""

    FRAGRANCE = "fragrance"
    ESSENTIAL_OILS = "essential_oils"
    SALICYLATES = "salicylates"
    OAT = "oat"
    LANOLIN = "lanolin"
    PROPYLENE_GLYCOL = "propylene_glycol"
    MI_MCI = "mi_mci"
    FORMALDEHYDE_RELEASERS = "formaldehyde_releasers"
    SUNSCREEN_FILTERS = "sunscreen_filters"
    BENZOYL_PEROXIDE = "benzoyl_peroxide"
    KOJIC_ACID = "kojic_acid"
    SULFUR = "sulfur"
    PETROLATUM = "petrolatum"
    VITAMIN_A = "vitamin_a"


class Condition(StrEnum):
    ECZEMA = "eczema"
    ROSACEA = "rosacea"
    BROKEN_OR_SUNBURNED_SKIN = "broken_or_sunburned_skin"
    DIABETES_OR_POOR_CIRCULATION = "diabetes_or_poor_circulation"
    FLU_OR_CHICKENPOX = "flu_or_chickenpox"
    BLOOD_CLOT_HISTORY = "blood_clot_history"
    CONTACT_ALLERGY = "contact_allergy"
    UNCHECKED_DARK_MARK = "unchecked_dark_mark"


class Medicine(StrEnum):
    """By mouth. What goes on the skin is in `Answers.uses`."""

    ISOTRETINOIN = "isotretinoin_by_mouth"
    ANTIBIOTIC = "antibiotic_by_mouth"
    SALICYLATE = "salicylate_medicine"
    OTHER = "other_medicine"


class Budget(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Answers:
    """What one person has told. An empty set says “none”; None: not told."""

    pregnancy: Pregnancy | None = None
    allergies: frozenset[Substance] | None = None
    conditions: frozenset[Condition] | None = None
    medicines: frozenset[Medicine] | None = None
    uses: frozenset[str] | None = None  # ids of ingredients that are on the skin now
    budget: Budget | None = None
    country: str | None = None  # two letters, as in “US”
    free_of: frozenset[Substance] = field(default_factory=frozenset)  # wishes, not allergies
    reacted_to: frozenset[str] = field(default_factory=frozenset)  # ids of ingredients
    updated_at: datetime | None = None  # None: nothing was ever saved


@cache
def countries() -> MappingProxyType[str, str]:
    """Two letters → name, in the order of the names: ISO 3166 as the time zone database has it."""
    text = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    rows = (line.split("\t", 1) for line in text.splitlines() if not line.startswith("#"))
    named = {code: _FULL.get(code, name.strip()) for code, name in rows}
    return MappingProxyType(dict(sorted(named.items(), key=lambda item: item[1])))


# The file abbreviates these two so that nobody finds them.
_FULL = {"GB": "United Kingdom", "US": "United States"}
