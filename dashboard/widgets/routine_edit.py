"""Making a routine one's own: adopt, add, change, remove, end."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.care import Half, StepKind
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words import plain
from dashboard.words_of_care import HALVES, KINDS, today
from dashboard.words_of_health import suggestible
from data.database import transaction
from pipeline.advice.schedule import DAYS
from pipeline.routines import adopted
from pipeline.routines.adopted import Today

PLACE = "routine"
_OTHER = ""


def adopt_button(label: str, *, primary: bool = True) -> None:
    st.button(label, on_click=_adopt, type="primary" if primary else "secondary", key="adopt")


@guarded(Role.USER)
def _adopt(who: Identity) -> None:
    def adopt() -> None:
        with transaction() as session:
            adopted.adopt(session, who, today())

    if told(PLACE, adopt):
        tell(PLACE, "This is your routine now. New actives begin one after the other.")


def own_button() -> None:
    st.button("Begin with your own steps", on_click=_begin_own, key="own")


@guarded(Role.USER)
def _begin_own(who: Identity) -> None:
    def begin() -> None:
        with transaction() as session:
            adopted.begin_own(session, who, today())

    told(PLACE, begin)


def edit_steps(found: Today) -> None:
    """Every step with what can be changed of it, and a form for one more."""
    for half in Half:
        st.markdown(f"**{HALVES[half]}**")
        for each in found.of(half):
            with st.popover(plain(each.step.name), use_container_width=True):
                _edit(each.step.step_id, each.step.name, each.step.amount, each.pace.usual)
        if not found.of(half):
            st.caption("No steps yet.")
    _add()
    st.button("End this routine", on_click=_end, type="tertiary", key="end_routine")


def _edit(step_id: UUID, name: str, amount: str, days: tuple[str, ...]) -> None:
    with st.form(f"edit_{step_id}", enter_to_submit=False, border=False):
        st.text_input("Name", name, max_chars=200, key=f"edit_name_{step_id}")
        st.text_input("How much (optional)", amount, max_chars=200, key=f"edit_amount_{step_id}")
        st.pills(
            "Days",
            DAYS,
            selection_mode="multi",
            default=list(days),
            key=f"edit_days_{step_id}",
        )
        st.caption("Other days than the advised ones replace its slow start.")
        with st.container(horizontal=True):
            st.form_submit_button("Save", on_click=_change, args=(step_id, days), type="primary")
            st.form_submit_button("Remove", on_click=_remove, args=(step_id,))


@guarded(Role.USER)
def _change(who: Identity, step_id: UUID, before: tuple[str, ...]) -> None:
    entered = st.session_state
    days = tuple(entered[f"edit_days_{step_id}"])

    def change() -> None:
        with transaction() as session:
            adopted.change_step(
                session,
                who,
                step_id,
                name=entered[f"edit_name_{step_id}"],
                amount=entered[f"edit_amount_{step_id}"],
                on=None if set(days) == set(before) else days,
            )

    if told(PLACE, change):
        tell(PLACE, "Saved.")


@guarded(Role.USER)
def _remove(who: Identity, step_id: UUID) -> None:
    def remove() -> None:
        with transaction() as session:
            adopted.remove_step(session, who, step_id)

    if told(PLACE, remove):
        tell(PLACE, "Removed. What you ticked before is kept.")


def _add() -> None:
    known = suggestible()
    with st.form("add_step", enter_to_submit=False, clear_on_submit=True):
        st.markdown("**Add a step**")
        left, right = st.columns(2)
        left.segmented_control(
            "When",
            list(Half),
            default=Half.EVENING,
            format_func=HALVES.__getitem__,
            key="add_half",
            required=True,
        )
        right.selectbox("What for", list(StepKind), format_func=KINDS.__getitem__, key="add_kind")
        left.text_input("Name", max_chars=120, key="add_name", placeholder="As in: night cream")
        right.selectbox(
            "What is in it (optional)",
            [_OTHER, *known],
            format_func=lambda each: known.get(each, "Not in the list, or not known"),
            key="add_ingredient",
        )
        st.pills("Days", DAYS, selection_mode="multi", default=list(DAYS), key="add_days")
        st.form_submit_button("Add step", on_click=_added)


@guarded(Role.USER)
def _added(who: Identity) -> None:
    entered = st.session_state

    def add() -> None:
        with transaction() as session:
            adopted.add_step(
                session,
                who,
                half=Half(entered["add_half"]),
                kind=StepKind(entered["add_kind"]),
                name=entered["add_name"],
                on=tuple(entered["add_days"]),
                ingredient=entered["add_ingredient"] or None,
            )

    if told(PLACE, add):
        tell(PLACE, "Added.")


@guarded(Role.USER)
def _end(who: Identity) -> None:
    def end() -> None:
        with transaction() as session:
            adopted.end(session, who)

    if told(PLACE, end):
        tell(PLACE, "The routine has ended. What you ticked is kept.")


def notices() -> None:
    hear(PLACE)
