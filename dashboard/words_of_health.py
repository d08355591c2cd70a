"""What is asked for advice, in words for a person."""

from __future__ import annotations

from core.health import Budget, Condition, Medicine, Pregnancy, Substance
from pipeline.advice.knowledge import knowledge
from pipeline.advice.schema import SUGGESTIBLE, Role, Scope

PREGNANCY: dict[Pregnancy, str] = {
    Pregnancy.PREGNANT: "Pregnant",
    Pregnancy.PLANNING: "Planning a pregnancy",
    Pregnancy.BREASTFEEDING: "Breastfeeding",
    Pregnancy.NONE: "None of these",
}
SUBSTANCES: dict[Substance, str] = {
    Substance.FRAGRANCE: "Fragrance",
    Substance.ESSENTIAL_OILS: "Essential oils",
    Substance.SALICYLATES: "Aspirin or other salicylates",
    Substance.OAT: "Oats",
    Substance.LANOLIN: "Lanolin (wool wax)",
    Substance.PROPYLENE_GLYCOL: "Propylene glycol",
    Substance.MI_MCI: "Preservatives MI and MCI (isothiazolinones)",
    Substance.FORMALDEHYDE_RELEASERS: "Preservatives that release formaldehyde",
    Substance.SUNSCREEN_FILTERS: "Sunscreen filters",
    Substance.BENZOYL_PEROXIDE: "Benzoyl peroxide",
    Substance.KOJIC_ACID: "Kojic acid",
    Substance.SULFUR: "Sulfur",
    Substance.PETROLATUM: "Petrolatum",
    Substance.VITAMIN_A: "Vitamin A (retinoids)",
}
CONDITIONS: dict[Condition, str] = {
    Condition.ECZEMA: "Eczema on the face",
    Condition.ROSACEA: "Rosacea",
    Condition.BROKEN_OR_SUNBURNED_SKIN: "Cut, sore or sunburned skin at the moment",
    Condition.DIABETES_OR_POOR_CIRCULATION: "Diabetes or poor circulation",
    Condition.FLU_OR_CHICKENPOX: "Flu or chickenpox at the moment",
    Condition.BLOOD_CLOT_HISTORY: "A blood clot, now or before",
    Condition.CONTACT_ALLERGY: "A contact allergy to something in cosmetics",
    Condition.UNCHECKED_DARK_MARK: "A new or changing dark mark that no doctor has seen",
}
MEDICINES: dict[Medicine, str] = {
    Medicine.ISOTRETINOIN: "Isotretinoin (acne capsules)",
    Medicine.ANTIBIOTIC: "An antibiotic",
    Medicine.SALICYLATE: "Aspirin or another salicylate",
    Medicine.OTHER: "Another medicine",
}
BUDGETS: dict[Budget, str] = {
    Budget.LOW: "Low",
    Budget.MEDIUM: "Medium",
    Budget.HIGH: "High",
}


def usable() -> dict[str, str]:
    """Ids and names of what somebody may have on their skin, also what we never suggest."""
    return {
        each.id: each.name
        for each in knowledge().ingredients.values()
        if each.role is Role.HARM or (each.role is not Role.LABEL and each.scope is not Scope.NONE)
    }


def suggestible() -> dict[str, str]:
    """Ids and names of what we may suggest, and so leave out for who did not tolerate it."""
    rows = knowledge().ingredients.values()
    return {each.id: each.name for each in rows if each.role in SUGGESTIBLE}
