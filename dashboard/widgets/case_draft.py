"""The answer as it is typed: kept a second after the last key, and there again after a reload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import streamlit as st

from core.errors import SkincareError
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.component import component_of
from dashboard.words_of_scores import local
from data.database import read, transaction
from pipeline.reviews import answers

_STATE = "case_draft"
TEXT, NET = "answer_text", "answer_net"


@dataclass
class Draft:
    """What stands in the two fields of one case in this tab."""

    case_id: UUID
    text: str
    net: str
    version: int = 0  # goes up when we put something into the fields
    saved: str = "nothing to save yet"
    problem: str | None = None


def draft_of(who: Identity, case_id: UUID) -> Draft:
    """The draft in this tab; the one that was kept, where the tab has none yet."""
    draft: Draft | None = st.session_state.get(_STATE)
    if draft is None or draft.case_id != case_id:
        with read() as session:
            kept = answers.draft(session, who, case_id)
        if kept is None:
            draft = Draft(case_id, "", "")
        else:
            draft = Draft(case_id, kept.text, kept.safety_net, saved=_saved(kept.saved_at))
        st.session_state[_STATE] = draft
    return draft


def forget_draft() -> None:
    st.session_state.pop(_STATE, None)


def field(draft: Draft, key: str, *, label: str, longest: int, placeholder: str = "") -> None:
    """One of the two fields, TEXT or NET."""
    text = draft.text if key == TEXT else draft.net
    component_of("answer_editor", "editor")(
        data={
            "label": label,
            "text": text,
            "version": _version(draft),
            "longest": longest,
            "placeholder": placeholder,
            "saved_text": text if draft.problem is None else None,
            "saved": draft.saved,
            "problem": draft.problem,
        },
        key=key,
        on_typed_change=_typed(key),
    )


def put(who: Identity, draft: Draft, *, text: str | None = None, net: str | None = None) -> None:
    """Put something else into the fields, and keep it."""
    draft.text = draft.text if text is None else text
    draft.net = draft.net if net is None else net
    draft.version += 1
    _keep(who, draft)


def typed_last(who: Identity, case_id: UUID) -> Draft:
    """The draft with what was typed since.

    One run may bring both the words and the click on Send, and the button's callback first.
    """
    draft = draft_of(who, case_id)
    for key in (TEXT, NET):
        _take(draft, key)
    return draft


def _typed(key: str) -> Callable[[], Any]:
    @guarded(Role.DERMATOLOGIST)
    def typed(who: Identity) -> None:
        draft = st.session_state.get(_STATE)
        if draft is not None and _take(draft, key):
            _keep(who, draft)

    return typed


def _take(draft: Draft, key: str) -> bool:
    """Put what was typed into the draft; not what was typed into an older version of it."""
    typed = getattr(st.session_state.get(key), "typed", None)
    if not isinstance(typed, Mapping) or typed.get("version") != _version(draft):
        return False
    text = typed.get("text")
    if not isinstance(text, str):
        return False
    if key == TEXT:
        draft.text = text
    else:
        draft.net = text
    return True


def _version(draft: Draft) -> str:
    return f"{draft.case_id}+{draft.version}"


def _keep(who: Identity, draft: Draft) -> None:
    try:
        with transaction() as session:
            kept = answers.save_draft(
                session, who, draft.case_id, text=draft.text, safety_net=draft.net
            )
            answers.spend_time(session, who, draft.case_id)
    except SkincareError as error:
        draft.problem = f"Not saved: {error}"
        return
    draft.saved, draft.problem = _saved(kept.saved_at), None


def _saved(at: datetime) -> str:
    return f"saved at {local(at):%H:%M}"
