"""Putting a template into the answer, and keeping one's own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.case_draft import Draft, put, typed_last
from dashboard.widgets.notice import hear, tell, told
from dashboard.words_of_consultations import BODY_SITES, DURATIONS
from data import users
from data.answers import Template
from data.database import read, transaction
from pipeline.reviews import templates
from pipeline.reviews.reading import Opened

PLACE = "case_templates"
_TURN = "case_template_turn"  # counts the templates put in, as long as the tab lives


def choose_template(who: Identity, opened: Opened, draft: Draft) -> None:
    """Each choice puts the words in at once: in the place of nothing, or after what is there."""
    with read() as session:
        listed = templates.listed(session, who)
    by_id = {one.template_id: one for one in listed}
    own = {one.template_id for one in listed if not one.is_shared}
    # A new list for each turn: one that was emptied comes back with its old choice, and puts the
    # words in a second time, when its panel is left and opened again.
    key = f"case_template_{st.session_state.get(_TURN, 0)}"
    with st.container(key="answer_template"):
        st.selectbox(
            "Template",
            list(by_id),
            index=None,
            format_func=lambda id_: f"{by_id[id_].title}{' (own)' if id_ in own else ''}",
            placeholder="Put in a template",
            key=key,
            on_change=_put_in,
            args=(draft.case_id, key, by_id, _facts(who, opened)),
        )


def _facts(who: Identity, opened: Opened) -> dict[str, str]:
    case = opened.case.consultation
    with read() as session:
        me, person = users.get(session, who.user_id), users.get(session, opened.case.user_id)
        facts = {"first name": person.first_name, "my name": f"{me.first_name} {me.last_name}"}
    if case.body_site:
        facts["place"] = f"the {BODY_SITES[case.body_site].lower()}"
    if case.duration:
        facts["duration"] = DURATIONS[case.duration].lower()
    return facts


@guarded(Role.DERMATOLOGIST)
def _put_in(
    who: Identity, case_id: UUID, key: str, by_id: dict[UUID, Template], facts: dict[str, str]
) -> None:
    chosen = by_id.get(st.session_state.get(key, UUID(int=0)))
    if chosen is None:
        return
    draft = typed_last(who, case_id)
    words = templates.filled(chosen.text, facts)
    put(who, draft, text=f"{draft.text.rstrip()}\n\n{words}" if draft.text.strip() else words)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def safety_nets(who: Identity, draft: Draft) -> None:
    """Usual safety nets, each put in by a press."""
    with st.container(horizontal=True, gap="small", key="answer_nets"):
        for number, (title, _) in enumerate(templates.SAFETY_NETS):
            st.button(
                f"Safety net: {title.lower()}",
                key=f"case_net_{number}",
                on_click=_put_net,
                args=(draft.case_id, number),
            )


@guarded(Role.DERMATOLOGIST)
def _put_net(who: Identity, case_id: UUID, number: int) -> None:
    draft = typed_last(who, case_id)
    words = templates.SAFETY_NETS[number][1]
    put(who, draft, net=f"{draft.net.rstrip()}\n{words}" if draft.net.strip() else words)


def keep_templates(who: Identity, draft: Draft) -> None:
    with st.expander("Templates", icon=":material/library_add:"):
        hear(PLACE)
        names = ", ".join(f"[{name}]" for name in templates.PLACEHOLDERS)
        st.caption(f"{names} are filled in by themselves; anything else in brackets is for you.")
        st.text_input(
            "Keep the answer above as a template named",
            max_chars=templates.LONGEST_TITLE,
            key="case_template_title",
        )
        st.toggle("For all dermatologists", key="case_template_shared")
        st.button(
            "Keep as a template", key="case_template_keep", on_click=_add, args=(draft.case_id,)
        )
        with read() as session:
            _own(templates.listed(session, who))


def _own(listed: Sequence[Template]) -> None:
    for one in listed:
        if not one.is_mine:
            continue
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.text(f"{one.title}{' (shared)' if one.is_shared else ''}", width="stretch")
            with st.popover("Change"):
                _change(one)
            st.button(
                "Remove",
                key=f"case_template_gone_{one.template_id}",
                on_click=_remove,
                args=(one.template_id,),
            )


def _change(one: Template) -> None:
    st.text_input(
        "Name",
        value=one.title,
        max_chars=templates.LONGEST_TITLE,
        key=_field("title", one.template_id),
    )
    st.text_area(
        "Words",
        value=one.text,
        height=260,
        max_chars=templates.LONGEST,
        key=_field("text", one.template_id),
    )
    st.button(
        "Keep the change",
        key=f"case_template_change_{one.template_id}",
        on_click=_keep_change,
        args=(one.template_id,),
    )


def _field(name: str, template_id: UUID) -> str:
    return f"case_template_{name}_{template_id}"


@guarded(Role.DERMATOLOGIST)
def _add(who: Identity, case_id: UUID) -> None:
    title = str(st.session_state.get("case_template_title", ""))

    def add() -> None:
        with transaction() as session:
            templates.add(
                session,
                who,
                title=title,
                text=typed_last(who, case_id).text,
                is_shared=bool(st.session_state.get("case_template_shared")),
            )

    if told(PLACE, add):
        tell(PLACE, f"“{title}” is among the templates.")


@guarded(Role.DERMATOLOGIST)
def _keep_change(who: Identity, template_id: UUID) -> None:
    title, text = (
        str(st.session_state.get(_field(name, template_id), "")) for name in ("title", "text")
    )

    def change() -> None:
        with transaction() as session:
            templates.change(session, who, template_id, title=title, text=text)

    if told(PLACE, change):
        tell(PLACE, f"“{title}” is changed, for every answer from now on.")


@guarded(Role.DERMATOLOGIST)
def _remove(who: Identity, template_id: UUID) -> None:
    def remove() -> None:
        with transaction() as session:
            templates.remove(session, who, template_id)

    told(PLACE, remove)
