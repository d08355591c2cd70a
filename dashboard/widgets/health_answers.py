"""The questions of advice, with their consent: on the Advice page and in the profile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from core.errors import InvalidInput
from core.health import Answers, countries
from core.people import Identity, Purpose, Role, SkinType
from dashboard.identity import guarded
from dashboard.widgets.consent_box import consent_box
from dashboard.widgets.notice import hear, tell, told
from dashboard.words_of_health import (
    BUDGETS,
    CONDITIONS,
    MEDICINES,
    PREGNANCY,
    SUBSTANCES,
    suggestible,
    usable,
)
from data.database import transaction
from pipeline import consents, health_answers, profiles, recommendations
from pipeline.profiles import Profile

_PLACE = "health"
_NONE = "none"  # an answer like the others: “none of these”, which is not “not told”
_NOT_ANSWERED = "Not answered"
_NOT_TICKED = "Tick the box above first: without your consent the answers are not kept."
_LISTS = ("allergies", "conditions", "medicines", "uses")


def health_questions(answers: Answers, *, agreed: bool, profile: Profile | None = None) -> None:
    """The form. With a `profile`, its age and skin type are asked too where they are missing."""
    # Other answers, other widgets: what was deleted elsewhere does not stay in the fields.
    version = "0" if answers.updated_at is None else str(answers.updated_at.timestamp())
    with st.form(f"health_{version}", enter_to_submit=False, border=False):
        st.caption(
            "Every answer may be left out. What you do not tell is taken for the case to be "
            "careful with, so more is left out of your routine. Ads and partners never see it: "
            "there are none."
        )
        if profile is not None:
            _of_the_profile(profile, version)
        _asked(answers, version)
        if not agreed:
            consent_box(Purpose.HEALTH_ANSWERS)
        st.form_submit_button("Save answers", type="primary", on_click=_save, args=(version,))
    hear(_PLACE)
    if agreed:
        st.caption(
            "You agreed that these answers are kept. Withdrawing that, under Consents in your "
            "profile, deletes them and the advice made with them."
        )


def _of_the_profile(profile: Profile, version: str) -> None:
    left, right = st.columns(2)
    if profile.age is None:
        left.number_input(
            "Age", 0.0, 150.0, value=None, step=1.0, format="%.0f", key=f"health_age_{version}"
        )
    if profile.skin_type is None:
        right.selectbox(
            "Skin type",
            list(SkinType),
            index=None,
            format_func=lambda kind: kind.value.capitalize(),
            placeholder=_NOT_ANSWERED,
            key=f"health_skin_type_{version}",
        )


def _asked(answers: Answers, version: str) -> None:
    key = _Key(version)
    st.pills(
        "Pregnancy",
        list(PREGNANCY),
        default=answers.pregnancy,
        format_func=PREGNANCY.__getitem__,
        key=key("pregnancy"),
    )
    _several("Allergies", SUBSTANCES, answers.allergies, key("allergies"))
    _several("Skin and health", CONDITIONS, answers.conditions, key("conditions"))
    _several("Medicines that you take", MEDICINES, answers.medicines, key("medicines"))
    _several("On your skin now", usable(), answers.uses, key("uses"))
    st.multiselect(
        "What your skin did not tolerate before (optional)",
        list(suggestible()),
        default=sorted(answers.reacted_to & suggestible().keys()),
        format_func=suggestible().__getitem__,
        placeholder="Nothing",
        key=key("reacted_to"),
    )
    st.multiselect(
        "I want nothing with (optional)",
        list(SUBSTANCES),
        default=sorted(answers.free_of),
        format_func=SUBSTANCES.__getitem__,
        placeholder="No wishes",
        key=key("free_of"),
    )
    left, right = st.columns(2)
    left.pills(
        "Budget (optional)",
        list(BUDGETS),
        default=answers.budget,
        format_func=BUDGETS.__getitem__,
        help="Low leaves out what usually costs a lot. We know no prices and no brands.",
        key=key("budget"),
    )
    right.selectbox(
        "Country (optional)",
        list(countries()),
        index=None if answers.country is None else list(countries()).index(answers.country),
        format_func=countries().__getitem__,
        placeholder=_NOT_ANSWERED,
        help="What is sold without a prescription differs from country to country.",
        key=key("country"),
    )


class _Key:
    def __init__(self, version: str) -> None:
        self.version = version

    def __call__(self, name: str) -> str:
        return f"health_{name}_{self.version}"


def _several(label: str, words: Mapping[Any, str], known: Collection[str] | None, key: str) -> None:
    """Nothing chosen is “not told”; “none of these” is an answer."""
    chosen = [] if known is None else [each for each in words if each in known] or [_NONE]
    names = {_NONE: "None of these", **words}
    st.multiselect(
        label,
        list(names),
        default=chosen,
        format_func=names.__getitem__,
        placeholder=_NOT_ANSWERED,
        key=key,
    )


@guarded(Role.USER)
def _save(who: Identity, version: str) -> None:
    key = _Key(version)
    entered = st.session_state
    names = ("pregnancy", "budget", "country", "free_of", "reacted_to")
    changes: dict[str, Any] = {name: entered[key(name)] for name in names}
    for name in _LISTS:
        chosen = entered[key(name)]
        changes[name] = [each for each in chosen if each != _NONE] if chosen else None
    of_profile: dict[str, Any] = {}
    if (age := entered.get(key("age"))) is not None:
        of_profile["age"] = int(age)
    if (skin_type := entered.get(key("skin_type"))) is not None:
        of_profile["skin_type"] = skin_type

    def save() -> None:
        with transaction() as session:
            agreed = consents.current(session, who.user_id)[Purpose.HEALTH_ANSWERS]
            if agreed is None or not agreed.in_force:
                if not entered.get(f"consent_to_{Purpose.HEALTH_ANSWERS.value}"):
                    raise InvalidInput(_NOT_TICKED)
                consents.give(session, who.user_id, Purpose.HEALTH_ANSWERS)
            profiles.update(session, who.user_id, **of_profile)
            health_answers.update(session, who, **changes)
            recommendations.renew(session, who.user_id)

    if told(_PLACE, save):
        tell(_PLACE, "Saved. Your advice follows these answers from now on.")
