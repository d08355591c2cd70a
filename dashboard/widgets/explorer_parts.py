"""One answer on the page: its question, chart, figures, table, downloads; and saved views."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st

from core.analytics import Fact
from core.errors import TooMany
from core.people import Identity, Role
from dashboard import plots
from dashboard.identity import guarded
from dashboard.widgets import explorer_filters, notice
from dashboard.widgets.explorer_charts import chart
from dashboard.words import plain
from data.database import transaction
from data.saved_views import Kept
from pipeline.analytics import asking, drift, questions, reproduce, saved_views
from pipeline.analytics.lines import Answer, as_csv, rows
from pipeline.analytics.questions import Question, View, Where
from pipeline.analytics.words import of_metric, of_value

PLACE = "explorer"
_NO_MARKDOWN = str.maketrans(dict.fromkeys("[]*_`:$<>~#\\", " "))  # of a version's name
STAFF = (Role.ANALYST, Role.ADMIN)


def answered(who: Identity, question: Question, place: str) -> Answer:
    """The answer; the run ends with a sentence when the day's questions are used up.

    It stays with this tab, at its place, while the question does: drawing it again asks nothing.
    """
    key = (who.user_id, questions.written(question))
    found: Answer = _kept(place, key, lambda: asking.ask(who, question))
    return found


def weeks_of_drift(who: Identity) -> dict[str, list[drift.Week]]:
    """The same for the board of drift, which is one question a day and tab."""
    key = (who.user_id, datetime.now(UTC).date())
    found: dict[str, list[drift.Week]] = _kept("drift_answer", key, lambda: drift.weeks(who))
    return found


def _kept(place: str, key: object, ask: Callable[[], Any]) -> Any:
    known = st.session_state.get(place)
    if known is None or known[0] != key:
        try:
            known = (key, ask())
        except TooMany as error:
            st.warning(plain(str(error)))
            st.stop()
        st.session_state[place] = known
    return known[1]


def show(answer: Answer, *, can_click: bool = True) -> None:
    """The question in words, then everything that is known to it."""
    st.subheader(answer.asks.translate(_NO_MARKDOWN), anchor=False)
    can_click = can_click and is_clickable(answer.question)
    picture = st.session_state.get("x_picture") or "SVG"
    figure = chart(answer)
    hidden = [line for line in answer.lines if line.because is not None]
    if figure is None:
        if answer.lines:
            st.info(f"Nothing of this can be shown: {answer.lines[0].why}.")
        else:
            st.info(
                "Nothing is released for this yet. A week is released when it is over, a block "
                "of four weeks when all of it is."
            )
        return
    said = f"About {answer.people:,} people in the largest group"
    st.caption(f"{said}. Bars and bands: intervals of 95 %, with the noise for privacy in them.")
    st.plotly_chart(
        figure,
        theme=None,
        key=_key(answer.question),
        on_select=_on_select if can_click else "ignore",
        selection_mode="points",
        config=plots.config("skincare-statistics", picture.lower()),
        alt=answer.asks,
    )
    if can_click:
        st.caption(":material/ads_click: Click a point to look at that group alone.")
    if hidden:
        _say_hidden(answer)
    _difference(answer)
    _adjusted(answer)
    for note in answer.notes:
        st.caption(plain(note))
    table = pd.DataFrame(rows(answer)).dropna(axis="columns", how="all")
    figures = "1 figure" if len(table) == 1 else f"{len(table)} figures"
    with st.expander(f"Table · {figures}", icon=":material/table:"):
        st.dataframe(table, hide_index=True)
    _downloads(answer)


def is_clickable(question: Question) -> bool:
    if question.view is View.AGE_AND_TONE:
        return True
    return question.by is not None and question.view in (
        View.SPREAD,
        View.TREND,
        View.PHOTOS,
        View.RETURNING,
    )


def _key(question: Question) -> str:
    # A new question is a new chart: what was selected in the old one does not linger.
    return f"chart_{questions.written(question)}"


def _on_select() -> None:
    """What was clicked becomes the filter of everything."""
    shown = st.session_state.get("x_shown")
    if not isinstance(shown, str):
        return
    event = st.session_state.get(f"chart_{shown}")
    points = [] if event is None else event["selection"]["points"]
    data = next((p["customdata"] for p in points if p.get("customdata")), None)
    if data is None:
        return
    question = questions.read(shown)
    explorer_filters.fill(clicked(question, list(data)))


def clicked(question: Question, values: list[str | None]) -> Question:
    """The question after a click on a group: of that group alone."""
    if question.view is View.AGE_AND_TONE:
        age, tone = values[0], values[1]
        if age is None or tone is None:
            return question
        where: Where = {Fact.AGE_BAND: (age,), Fact.TONE_BAND: (tone,)}
        return questions.as_grouped(question, view=View.TREND, where=where, by=None, region="face")
    if question.by is None or values[0] is None:
        return question
    of_group = {**question.where, question.by: (values[0],)}
    return questions.as_grouped(question, where=of_group, by=None)


def _say_hidden(answer: Answer) -> None:
    hidden = [line for line in answer.lines if line.because is not None]
    names = [
        " · ".join(of_value(v) for v in (line.group, line.other) if v is not None)
        or of_metric(line.about)
        for line in hidden
    ]
    first = "; ".join(dict.fromkeys(names[:4]))
    more = "" if len(names) <= 4 else f" and {len(names) - 4} more"
    st.markdown(
        f":orange-badge[Not shown] {plain(first)}{more}: {hidden[0].why}. "
        + ("The table says why for each." if len(hidden) > 1 else "")
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _difference(answer: Answer) -> None:
    if answer.question.against is None:
        return
    found = answer.difference
    if found is None:
        st.markdown("The cohorts cannot be compared: one of them is too small to be shown.")
        return
    unit = answer.scale.unit
    is_real = found.low > 0 or found.high < 0
    verdict = "more than noise" if is_real else "within noise"
    st.markdown(
        f"**A less B: {_signed(found.value)} {plain(unit)}** "
        f"({_signed(found.low)} to {_signed(found.high)}), "
        f"{verdict}; p = {found.p:.2g}; {_signed(found.effect)} standard deviations between people."
    )


def _adjusted(answer: Answer) -> None:
    if not answer.changes:
        return
    st.markdown("**What adjusting did**")
    st.dataframe(
        pd.DataFrame(
            {
                "Group": of_value(change.group),
                "People": change.people,
                "As it is": round(change.before, 2),
                "Adjusted": round(change.after, 2),
                "Interval": f"{change.low:.2f} to {change.high:.2f}",
                "Changed by": round(change.after - change.before, 2),
            }
            for change in answer.changes
        ),
        hide_index=True,
    )


def _downloads(answer: Answer) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "CSV",
            as_csv(answer),
            file_name="skincare-statistics.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Python",
            reproduce.as_python(answer.question, identity_address()),
            file_name="question.py",
            mime="text/x-python",
            icon=":material/code:",
            on_click="ignore",
        )
        st.segmented_control(
            "The camera over the chart saves",
            ["SVG", "PNG"],
            default="SVG",
            required=True,
            key="x_picture",
        )


def identity_address() -> str:
    """Where this product is, as the browser says it."""
    url = st.context.url or ""
    return "/".join(url.split("/")[:3]) or "http://127.0.0.1:8501"


# ---------------------------------------------------------------- saved views


def saved(kept: list[Kept], question: Question) -> None:
    """A menu of what was kept; keep the present question by a name."""
    with st.popover("Saved views", icon=":material/bookmarks:"):
        for view in kept:
            with st.container(horizontal=True, key=f"view_{view.view_id.hex}"):
                st.button(
                    plain(view.name), key=f"open_{view.view_id}", on_click=_open, args=(view.query,)
                )
                st.button(
                    "Remove",
                    key=f"remove_{view.view_id}",
                    type="tertiary",
                    on_click=_remove,
                    args=(view.view_id,),
                )
        st.text_input("Name of this view", max_chars=saved_views.LONGEST_NAME, key="x_name")
        st.button("Save this view", on_click=_save, args=(question,))
    notice.hear(PLACE)


def _open(query: str) -> None:
    explorer_filters.fill(questions.read(query))


@guarded(*STAFF)
def _save(who: Identity, question: Question) -> None:
    name = str(st.session_state.get("x_name") or "")

    def act() -> None:
        with transaction() as session:
            saved_views.save(session, who, name, question)

    if notice.told(PLACE, act):
        st.session_state["x_name"] = ""
        notice.tell(PLACE, "The view is saved.")


@guarded(*STAFF)
def _remove(who: Identity, view_id: UUID) -> None:
    def act() -> None:
        with transaction() as session:
            saved_views.remove(session, who, view_id)

    notice.told(PLACE, act)
