"""Grading a case: each metric, and severity on published scales. Blind until it is given."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import streamlit as st

from core.metrics import FACTS, Direction, Metric
from core.people import Identity, Role
from core.reviews import GRADED, SCALES, Grade, Grading, Scale, Verdict
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time, likely, points
from data.database import transaction
from pipeline.reviews import grades, reading
from pipeline.reviews.reading import Opened

PLACE = "case_grade"
_CANNOT, _AGREE = "Cannot tell", "Agree"
_ENDS = {
    Direction.LOWER_IS_BETTER: "0 none · 100 most",
    Direction.HIGHER_IS_BETTER: "0 worst · 100 best",
}


def grade_panel(opened: Opened) -> None:
    case_id = opened.case.consultation.consultation_id
    hear(PLACE)
    if not opened.case.may_show:
        st.info("The person shows no photos: there is nothing to grade.")
        return
    if not opened.case.is_mine:
        _given(opened)
        return
    if opened.is_hidden:
        st.info(
            "**Blind.** The model's scores are hidden until you have graded: every metric, or "
            "that it cannot be told.",
            icon=":material/visibility_off:",
        )
    looked_at = None if opened.check is None else opened.check.analysis_id
    grade_form(opened, _keep, case_id, opened.is_hidden, looked_at)
    if opened.is_hidden:
        st.button(
            "Show the scores without grading",
            type="tertiary",
            icon=":material/visibility:",
            key="case_show_scores",
            help="What you grade afterwards counts as seen, not as blind.",
            on_click=_show,
            args=(case_id,),
        )
    _given(opened)


def grade_form(opened: Opened, keep: Callable[..., None], *arguments: object) -> None:
    """Every metric and scale; `keep` is called with the arguments when it is sent."""
    with st.form("grade_form", border=False, enter_to_submit=False):
        if opened.check is None:
            st.caption("There is no scored check. Severity can be graded nevertheless.")
        else:
            for metric in GRADED:
                _metric(opened, metric)
        st.markdown("##### Severity, whole face")
        for scale in Scale:
            _severity(scale)
        with st.container(key="case_main_action"):
            st.form_submit_button(
                "Keep the grades",
                type="primary",
                icon=":material/check:",
                on_click=keep,
                args=arguments,
            )


def _metric(opened: Opened, metric: Metric) -> None:
    """One row: what it is, what the model says where that is shown, and the reader's say."""
    facts = FACTS[metric]
    name, value, say = st.columns([4, 3, 5], vertical_alignment="center", gap="small")
    score = None if opened.is_hidden or opened.check is None else opened.check.scores[metric]
    name.markdown(f"**{facts.name}**  \n:gray[{_ENDS[facts.direction]}]")
    if score is not None:
        said = "not measured" if score.value is None else f"{points(score)} · {likely(score)}"
        name.caption(f"Model: {said}")
    value.number_input(
        f"{facts.name}, 0 to 100",
        0,
        100,
        value=None,
        step=5,
        placeholder="0–100",
        label_visibility="collapsed",
        key=_key(metric, "value"),
    )
    options = [_CANNOT] if score is None or score.value is None else [_AGREE, _CANNOT]
    say.pills(  # they go into two lines where it is narrow
        f"{facts.name}: or",
        options,
        label_visibility="collapsed",
        key=_key(metric, f"say_{len(options)}"),
    )


def _severity(scale: Scale) -> None:
    facts = SCALES[scale]
    levels = dict(facts.levels)
    st.selectbox(
        facts.name,
        [*levels, _CANNOT],
        index=None,
        format_func=lambda level: f"{level} · {levels[level]}" if level in levels else level,
        placeholder="Not graded",
        help=facts.source,
        key=_severity_key(scale),
    )


@guarded(Role.DERMATOLOGIST)
def _keep(who: Identity, case_id: UUID, was_hidden: bool, looked_at: UUID | None) -> None:
    given, severity = filled_in()

    def keep() -> None:
        with transaction() as session:
            grades.give(session, who, case_id, given, severity, looked_at=looked_at)

    if told(PLACE, keep):
        tell(PLACE, "Kept. The scores are shown now." if was_hidden else "Kept.")
        forget()
    st.session_state["case_all_again"] = True


def filled_in() -> tuple[dict[Metric, Grade], dict[Scale, str | None]]:
    """What the form says now; None for a scale that cannot be told."""
    given = {metric: grade for metric in GRADED if (grade := _grade(metric)) is not None}
    levels = {scale: st.session_state.get(_severity_key(scale)) for scale in Scale}
    return given, {
        scale: None if level == _CANNOT else level
        for scale, level in levels.items()
        if level is not None
    }


def forget() -> None:
    """An empty form, for the next grading."""
    for metric in GRADED:
        for key in ("value", "say_1", "say_2"):
            st.session_state.pop(_key(metric, key), None)
    for scale in Scale:
        st.session_state.pop(_severity_key(scale), None)


def _grade(metric: Metric) -> Grade | None:
    """A value goes before the rest; the model's own is put in where it is agreed with."""
    value = st.session_state.get(_key(metric, "value"))
    if value is not None:
        return Grade(Verdict.VALUE, float(value))
    says = {st.session_state.get(_key(metric, key)) for key in ("say_1", "say_2")}
    if _CANNOT in says:
        return Grade(Verdict.CANNOT_TELL)
    return Grade(Verdict.AGREE, 0.0) if _AGREE in says else None


@guarded(Role.DERMATOLOGIST)
def _show(who: Identity, case_id: UUID) -> None:
    def show() -> None:
        with transaction() as session:
            reading.show_without_grade(session, who, case_id)

    if told(PLACE, show):
        st.session_state["case_all_again"] = True


def _given(opened: Opened) -> None:
    """What was given so far, the newest first."""
    if not opened.gradings:
        return
    st.markdown("##### Given so far")
    for grading in opened.gradings:
        name = plain(grading.reader_name or "A colleague")
        blind = "blind" if grading.is_blind else "scores seen"
        with st.expander(f"{name}, {day_and_time(grading.graded_at)} · {blind}"):
            for line in _lines(grading):
                st.text(line)


def _lines(grading: Grading) -> list[str]:
    lines = []
    for metric, grade in grading.grades.items():
        said = "cannot tell" if grade.value is None else f"{grade.value:.0f}"
        agreed = " (agrees)" if grade.verdict is Verdict.AGREE else ""
        lines.append(f"{FACTS[metric].name}: {said}{agreed}")
    for scale, level in grading.severity.items():
        lines.append(f"{SCALES[scale].name}: {level or 'cannot tell'}")
    return lines


def _severity_key(scale: Scale) -> str:
    return f"severity_{scale.value}"


def _key(metric: Metric, what: str) -> str:
    return f"grade_{metric.value}_{what}"
