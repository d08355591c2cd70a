"""A trial: its plan, how far it is, and what it says."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import streamlit as st

from core.care import LEAST_AFTER, LEAST_BASELINE, MOST_METRICS, TRIAL_WEEKS, Outcome, TrialState
from core.metrics import FACTS, Metric
from core.people import Identity, Role
from dashboard.charts import effects_chart
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words import plain
from dashboard.words_of_care import OUTCOMES
from dashboard.words_of_health import suggestible
from dashboard.words_of_scores import direction, local, short_day
from data.database import transaction
from pipeline.trials import conduct
from pipeline.trials.conduct import Shown
from pipeline.trials.judgement import Judged

PLACE = "trials"
_OTHER = ""
_COLOURS: dict[Outcome, Literal["primary", "orange"]] = {
    Outcome.BETTER: "primary",
    Outcome.WORSE: "orange",
}


def plan_form(preset: tuple[Metric, ...] = ()) -> None:
    """What to change and what to judge it by."""
    known = suggestible()
    with st.form("plan_trial", enter_to_submit=False):
        st.text_input(
            "What will you change?",
            max_chars=120,
            key="trial_change",
            placeholder="As in: niacinamide serum every morning",
        )
        st.selectbox(
            "What is in it (optional)",
            [_OTHER, *known],
            format_func=lambda each: known.get(each, "Not in the list, or something else"),
            key="trial_ingredient",
        )
        st.pills(
            f"Judge it by (1 to {MOST_METRICS} scores, chosen now)",
            [m for m in Metric if m is not Metric.ELASTICITY],
            selection_mode="multi",
            default=list(preset),
            format_func=lambda metric: FACTS[metric].name,
            key="trial_metrics",
        )
        st.slider("Weeks from the change to the verdict", *TRIAL_WEEKS, 10, key="trial_weeks")
        st.caption(
            "Each further score makes a false alarm likelier, so more of them ask for more "
            "certainty. Skin needs 8 weeks and more to show an effect."
        )
        st.form_submit_button("Plan this trial", type="primary", on_click=_plan)


@guarded(Role.USER)
def _plan(who: Identity) -> None:
    entered = st.session_state

    def plan() -> None:
        with transaction() as session:
            conduct.plan(
                session,
                who,
                change=entered["trial_change"],
                metrics=[Metric(each) for each in entered["trial_metrics"]],
                weeks=entered["trial_weeks"],
                ingredient=entered["trial_ingredient"] or None,
            )

    if told(PLACE, plan):
        tell(PLACE, "Planned. Change nothing yet: the checks before the change come first.")


def under_way(trial: Shown) -> None:
    """What to do next, without a look at the numbers."""
    with st.container(border=True, key="trial"):
        st.subheader(plain(trial.change), anchor=False)
        named = ", ".join(FACTS[metric].name for metric in trial.metrics)
        st.caption(f"Judged by: {named}. {trial.weeks} weeks from the change on.")
        if trial.state is TrialState.BASELINE:
            _baseline(trial)
        else:
            _running(trial)
        warnings(trial)
        with st.popover("Stop this trial"):
            if trial.state is TrialState.RUNNING:
                st.markdown(
                    "What was seen so far is then shown, without a verdict: who stops when the "
                    "numbers please finds changes that are not there."
                )
            st.button("Stop it now", on_click=_stop, args=(trial.trial_id,), key="stop_trial")


def _baseline(trial: Shown) -> None:
    done = min(trial.checks_before, LEAST_BASELINE)
    st.progress(
        done / LEAST_BASELINE,
        text=f"Baseline: {trial.checks_before} of at least {LEAST_BASELINE} checks",
    )
    st.markdown(
        "Go on as before and make a check on different days, in the same place and light. More "
        "checks before the change make the verdict surer."
    )
    if trial.checks_before >= LEAST_BASELINE:
        st.button(
            "I begin the change today",
            type="primary",
            on_click=_begin,
            args=(trial.trial_id,),
            key="begin_trial",
        )
    elif st.button("New check", type="primary", key="trial_check"):
        st.switch_page("pages/new_check.py")


def _running(trial: Shown) -> None:
    if trial.began_at is None or trial.ends_at is None:
        return
    now = local(trial.ends_at).now(local(trial.ends_at).tzinfo)
    share = (now - trial.began_at) / (trial.ends_at - trial.began_at)
    week = min(trial.weeks, int((now - trial.began_at).days / 7) + 1)
    st.progress(min(1.0, max(0.0, share)), text=f"Week {week} of {trial.weeks}")
    st.markdown(
        f"Begun on {short_day(trial.began_at)}; the verdict comes on {short_day(trial.ends_at)}. "
        f"{trial.checks_before} checks before the change, {trial.checks_after} since. A check a "
        "week is best; change nothing else meanwhile."
    )
    if trial.checks_after < LEAST_AFTER:
        st.caption(f"A verdict needs at least {LEAST_AFTER} checks after the change.")
    st.caption("The numbers wait for the end: looking early makes chance look like an effect.")


def warnings(trial: Shown) -> None:
    """What makes the verdict less sure."""
    if trial.meanwhile:
        with st.container(border=True):
            st.markdown(
                ":material/call_split: **Something else changed in this time**, so what is seen "
                "may be due to that:"
            )
            for what in trial.meanwhile[:8]:
                st.text(f"– {what}")
    if trial.left_out:
        st.caption(f"{trial.left_out} checks by another version of the model are left out.")


def finished(trial: Shown, *, gently: bool) -> None:
    """What it says, metric by metric."""
    hear(f"{PLACE}_{trial.trial_id}")
    is_stopped = trial.state is TrialState.STOPPED
    when = "" if trial.finished_at is None else short_day(trial.finished_at)
    st.caption(
        f"{'Stopped early' if is_stopped else 'Ended'} on {when}. {trial.checks_before} checks "
        f"before the change, {trial.checks_after} after."
    )
    if is_stopped:
        st.markdown("Stopped before its time, so **no verdict**: the ranges are what was seen.")
    warnings(trial)
    for each in trial.judged:
        _judged(each, gently=gently, is_stopped=is_stopped)
    drawn = [each for each in trial.judged if each.effect is not None]
    if drawn and not gently:
        st.altair_chart(
            effects_chart(drawn),
            alt="The change of each score with its 90 % interval; left of zero it fell.",
        )
        st.caption(
            "Dot: the likeliest change in points. Bar: it is in this range in nine of ten cases. "
            "A change is called real from a probability of "
            f"{drawn[0].threshold:.0%} on, so that at most one of ten trials of something without "
            "effect calls anything real. It says that the skin changed, not what changed it."
        )
    st.button(
        "Delete this trial",
        on_click=_remove,
        args=(trial.trial_id,),
        type="tertiary",
        key=f"delete_{trial.trial_id}",
    )


def _judged(each: Judged, *, gently: bool, is_stopped: bool) -> None:
    word = "No verdict" if is_stopped and each.effect is not None else OUTCOMES[each.outcome]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{FACTS[each.metric].name}**", width="content")
        st.badge(word, color=_COLOURS.get(each.outcome, "gray"))
    if each.effect is None or each.low is None or each.high is None or each.probability is None:
        st.caption(f"Measured {each.before} times before and {each.after} times after the change.")
    elif not gently:
        st.markdown(
            f"{_signed(each.effect)} points, likely {_signed(each.low)} to {_signed(each.high)}; "
            f"a real change with a probability of **{_share(each.probability)}** "
            f"({direction(each.metric)})."
        )


def _share(probability: float) -> str:
    """Never certainty."""
    return "over 99 %" if probability > 0.99 else f"{probability:.0%}"


def _signed(points: float) -> str:
    rounded = round(points)
    return "±0" if rounded == 0 else f"{rounded:+d}".replace("-", "−")


@guarded(Role.USER)
def _begin(who: Identity, trial_id: UUID) -> None:
    def begin() -> None:
        with transaction() as session:
            conduct.begin(session, who, trial_id)

    if told(PLACE, begin):
        tell(PLACE, "Begun. Note it in your diary if you change anything else.")


@guarded(Role.USER)
def _stop(who: Identity, trial_id: UUID) -> None:
    def stop() -> None:
        with transaction() as session:
            conduct.stop(session, who, trial_id)

    if told(PLACE, stop):
        tell(PLACE, "Stopped. What was seen stands below.")


@guarded(Role.USER)
def _remove(who: Identity, trial_id: UUID) -> None:
    def remove() -> None:
        with transaction() as session:
            conduct.remove(session, who, trial_id)

    if told(PLACE, remove):
        tell(PLACE, "Deleted. Your checks are still there.")
