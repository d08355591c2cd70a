"""The list of notifications: filters, marking, and the way to what each is about."""

from __future__ import annotations

from math import ceil
from urllib.parse import parse_qsl
from uuid import UUID

import streamlit as st

from core.notifications import FACTS, Kind, kinds_for
from core.people import Identity
from dashboard.identity import guarded
from dashboard.widgets.bell import NEWS_SINCE, PAGES
from dashboard.widgets.notice import hear, told
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time
from data import notifications
from data.database import read, transaction
from data.notifications import News

ON_A_PAGE = 20
_PLACE = "news"
_ICONS = {
    Kind.MORNING_ROUTINE: "wb_sunny",
    Kind.EVENING_ROUTINE: "bedtime",
    Kind.CHECK_DUE: "photo_camera",
    Kind.RESULT_READY: "face",
    Kind.REAL_CHANGE: "show_chart",
    Kind.DERMATOLOGIST_REPLIED: "forum",
    Kind.CONSULTATION_UPDATE: "forum",
    Kind.CONSULTATION_OVERDUE: "schedule",
    Kind.TRIAL_ENDED: "science",
    Kind.CASE_WAITING: "inbox",
    Kind.CASE_ESCALATED: "priority_high",
    Kind.MODEL_DRIFT: "query_stats",
    Kind.NEW_SIGN_IN: "login",
    Kind.PASSWORD_CHANGED: "key",
    Kind.PHOTO_ACCESSED: "visibility",
}


def news_list(who: Identity) -> None:
    """Everything the person was told, newest first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = st.segmented_control("Show", ["All", "Unread"], default="All", required=True)
        kinds = st.multiselect(
            "Of which kind",
            kinds_for(who.role),
            format_func=lambda kind: FACTS[kind].name,
            placeholder="Every kind",
        )
    unread_only = which == "Unread"
    with read() as session:
        unread = notifications.unread(session, who.user_id)
        _, total = notifications.listed(
            session, who.user_id, kinds=kinds, unread_only=unread_only, limit=1
        )
    st.session_state[NEWS_SINCE] = unread
    hear(_PLACE)
    if unread:
        st.button("Mark all as read", icon=":material/done_all:", on_click=_mark_all)
    if not total:
        _empty(is_filtered=unread_only or bool(kinds))
        return
    pages = ceil(total / ON_A_PAGE)
    page = st.session_state.get("news_page", 1) if pages > 1 else 1
    with read() as session:
        shown, _ = notifications.listed(
            session,
            who.user_id,
            kinds=kinds,
            unread_only=unread_only,
            limit=ON_A_PAGE,
            offset=(min(page, pages) - 1) * ON_A_PAGE,
        )
    for news in shown:
        _row(news)
    if pages > 1:
        st.pagination(pages, key="news_page")


def _row(news: News) -> None:
    is_read, id_ = news.read_at is not None, news.notification_id
    with (
        st.container(border=True, key=f"news_{'read' if is_read else 'unread'}_{id_}"),
        st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ),
    ):
        with st.container(gap="xxsmall", width="stretch", key=f"news_text_{id_}"):
            title = plain(news.title)
            st.markdown(
                f":material/{_ICONS[news.kind]}: {title if is_read else f'**{title}**'}"
                + ("" if is_read else " :green-badge[new]")
            )
            st.markdown(plain(news.message))
            st.caption(f"{FACTS[news.kind].name} · {day_and_time(news.created_at)}")
        with st.container(horizontal=True, width="content", gap="small"):
            path, _, query = (news.link or "").partition("?")
            page = st.session_state.get(PAGES, {}).get(path.removeprefix("/"))
            if page is not None and st.button("Open", key=f"open_{id_}"):
                _mark(id_, read_=True)
                st.switch_page(page, query_params=dict(parse_qsl(query)))
            st.button(
                "Mark as unread" if is_read else "Mark as read",
                key=f"mark_{id_}",
                type="tertiary",
                on_click=_mark,
                args=(id_,),
                kwargs={"read_": not is_read},
            )


def _empty(*, is_filtered: bool) -> None:
    if is_filtered:
        st.info("Nothing here fits these filters.")
    else:
        st.info("Nothing yet. Results, changes, answers and reminders will stand here.")


@guarded()
def _mark(who: Identity, id_: UUID, *, read_: bool) -> None:
    def mark() -> None:
        with transaction() as session:
            notifications.mark(session, who.user_id, id_, read=read_)

    told(_PLACE, mark)


@guarded()
def _mark_all(who: Identity) -> None:
    with transaction() as session:
        notifications.mark_all(session, who.user_id)
