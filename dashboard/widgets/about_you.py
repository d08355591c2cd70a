"""The person's own words about themselves: names, age, skin type, preferences, picture."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.metrics import FACTS
from core.people import Identity, Role, SkinType
from dashboard.identity import guarded
from dashboard.preferences import WATCHABLE, Preferences
from dashboard.widgets import photo_input
from dashboard.widgets.notice import hear, tell, told
from data.database import read, transaction
from pipeline import profiles
from pipeline.profiles import Profile


def about_you(who: Identity, profile: Profile) -> None:
    """Forms for all that can be changed."""
    # Not as `value` and `index`: who starts with nothing can be emptied again, others cannot.
    st.session_state.setdefault("age", None if profile.age is None else float(profile.age))
    st.session_state.setdefault("skin_type", profile.skin_type)
    names, picture = st.columns([3, 1], gap="large")
    with names, st.form("about", enter_to_submit=False, border=False):
        left, right = st.columns(2)
        left.text_input(
            "First name",
            profile.first_name,
            max_chars=100,
            key="first_name",
            autocomplete="given-name",
        )
        right.text_input(
            "Last name",
            profile.last_name,
            max_chars=100,
            key="last_name",
            autocomplete="family-name",
        )
        left, right = st.columns(2)
        left.number_input(  # whole numbers as floats: Streamlit drops NaN only among those
            "Age (optional)",
            0.0,
            150.0,
            value=None,
            step=1.0,
            format="%.0f",
            key="age",
        )
        right.selectbox(
            "Skin type (optional)",
            list(SkinType),
            key="skin_type",
            index=None,
            format_func=lambda kind: kind.value.capitalize(),
            placeholder="As you would call it yourself",
        )
        if who.role is Role.USER:
            _preferences(Preferences.of(profile.preferences))
        st.form_submit_button("Save", type="primary", on_click=_save)
        hear("about")
    with picture:
        _picture(who, profile)


def _preferences(now: Preferences) -> None:
    st.multiselect(
        "Scores you watch most (optional)",
        WATCHABLE,
        default=list(now.watched),
        key="watched",
        format_func=lambda metric: FACTS[metric].name,
        placeholder="They come first on Result",
    )
    st.toggle("Outline the regions on the photo of a result", now.outlines, key="outlines")


@guarded()
def _save(who: Identity) -> None:
    entered = st.session_state
    age = entered["age"]
    changes: dict[str, Any] = {
        "first_name": entered["first_name"],
        "last_name": entered["last_name"],
        "age": None if age is None else int(age),
        "skin_type": entered["skin_type"],
    }

    def save() -> None:
        with transaction() as session:
            if who.role is Role.USER:
                chosen = Preferences(tuple(entered["watched"]), entered["outlines"])
                kept = profiles.read(session, who.user_id).preferences
                changes["preferences"] = chosen.into(kept)
            profiles.update(session, who.user_id, **changes)

    if told("about", save):
        tell("about", "Saved.")


def _picture(who: Identity, profile: Profile) -> None:
    if profile.has_picture:
        with read() as session:
            content = profiles.picture(session, who.user_id)
        st.image(content, width=144, alt="Your profile picture")
        st.button("Remove picture", on_click=_remove_picture, type="tertiary")
    else:
        st.markdown("**Picture**")
        st.caption("None yet. Only you see it.")
    photo_input.picture_input(on_change=_keep_picture)
    hear("picture")


@guarded()
def _keep_picture(who: Identity) -> None:
    file = photo_input.entered_picture()
    if file is None:
        return

    def keep() -> None:
        with transaction() as session:
            profiles.put_picture(session, who.user_id, file.getvalue())

    told("picture", keep)
    photo_input.empty([file])


@guarded()
def _remove_picture(who: Identity) -> None:
    def remove() -> None:
        with transaction() as session:
            profiles.remove_picture(session, who.user_id)

    told("picture", remove)
