"""The parts of the Advice page around the steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from core.red_flags import Urgency
from dashboard.widgets.routine_steps import grade, lines
from dashboard.words_of_scores import day_and_time
from pipeline.advice.outcome import Advice, LeftOut, WhyNot
from pipeline.recommendations import Because, Earlier, Recommendations

_STYLE = """
<style>
.said { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.9rem; }
.said li { margin: 0; } .said p { margin: 0.1rem 0; line-height: 1.45; }
.said small { opacity: 0.8; font-size: 0.85rem; line-height: 1.4; display: block; }
.course { list-style: none; margin: 0 0 0 0.5rem; padding: 0; display: grid; gap: 0.9rem;
  border-left: 2px solid color-mix(in srgb, light-dark(#1f6b5e, #7ccbb9) 55%, transparent); }
.course li { position: relative; margin: 0; padding-left: 1.1rem; }
.course li::before { content: ""; position: absolute; left: calc(-0.36rem - 1px); top: 0.4rem;
  width: 0.72rem; height: 0.72rem; border-radius: 50%; background: light-dark(#1f6b5e, #7ccbb9); }
.course b { display: block; } .course p { margin: 0.1rem 0 0; line-height: 1.45; }
.counts { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0; padding: 0; list-style: none; }
.counts li { margin: 0; padding: 0.15rem 0.7rem; border-radius: 1rem; font-size: 0.95rem;
  background: color-mix(in srgb, light-dark(#1f6b5e, #7ccbb9) 14%, transparent); }
</style>
"""
_MADE = {
    Because.CHECK: "It was made with the result",
    Because.ANSWERS: "It was made anew when your answers changed",
    Because.FLAGS: "It was made anew when your safety answers changed",
    Because.VERSION: "It was made anew when what we know changed",
}


def what_counts(advice: Advice) -> None:
    """The concerns, or plainly that there is nothing to do beyond the base."""
    if not advice.concerns:
        st.success(
            "Nothing to add. No score is clearly beyond the point where something new would be "
            "worth it, so the base routine is all: cleanse, moisturise, protect.",
            icon=":material/check:",
        )
        return
    chips = "".join(f"<li>{escape(c.reasons[0])}</li>" for c in advice.concerns)
    st.html(f'{_STYLE}<ul class="counts">{chips}</ul>')
    has_new = any(step.is_new_active for step in (*advice.morning, *advice.evening))
    st.caption(
        "These count, since their whole likely range is beyond the limit. "
        + ("" if has_new else "Nothing new is added for them; why stands below.")
    )


def for_you(advice: Advice) -> None:
    """What this person has to know whatever the scores say, and what was left out for them."""
    for told in advice.notices:
        st.warning(f"**{told.title}.** {told.text}", icon=":material/priority_high:")
    left_out = [each for each in advice.why_not if each.kind is LeftOut.PERSON]
    if left_out:
        st.subheader("Left out for you", anchor=False)
        st.caption("It would help with what counts, but something you told us speaks against it.")
        _listed(left_out)
    paused = [each for each in advice.kept if not each.carry_on]
    goes_on = [each for each in advice.kept if each.carry_on]
    if paused or goes_on:
        st.subheader("What you use now", anchor=False)
        _said((each.name, each.text, each.citations) for each in (*paused, *goes_on))


def course(advice: Advice) -> None:
    """The slow start, and what to expect when."""
    rows = [(f"Week {start.week}", start.what) for start in advice.plan]
    rows += [(told.title, told.text) for told in advice.expect]
    items = "".join(f"<li><b>{escape(when)}</b><p>{escape(what)}</p></li>" for when, what in rows)
    st.html(f'{_STYLE}<ol class="course">{items}</ol>')


def alternatives(advice: Advice) -> None:
    """Everything else that was considered, and why it is not in the routine."""
    choices = [each for each in advice.why_not if each.kind is LeftOut.CHOICE]
    untold = [each for each in advice.why_not if each.kind is LeftOut.NOT_TOLD]
    if untold:
        with st.expander(f"Left out until you tell us more ({len(untold)})"):
            _listed(untold)
    if choices:
        with st.expander(f"Why not something else? ({len(choices)})"):
            _listed(choices)
    if advice.may_discuss:
        with st.expander(f"What a dermatologist may discuss ({len(advice.may_discuss)})"):
            st.caption(
                "These need a prescription. We name them and never suggest them; whether one is "
                "right for you, only a doctor can say."
            )
            _said(
                (each.name, f"For {each.about}. {grade(each.evidence)}.", each.citations)
                for each in advice.may_discuss
            )
    with st.expander("What this routine follows"):
        _said((told.title, told.text, told.citations) for told in advice.rules)


def how_it_was_made(found: Recommendations, before: Sequence[Earlier]) -> None:
    with st.expander("How this advice was made"):
        engine, _, known = found.version.partition("/")
        st.markdown(
            f"{_MADE[found.because]}, on {day_and_time(found.made_at)}, by version {engine} of "
            f"our rules from the knowledge of {known.partition('+')[0]}. The same scores and "
            "answers always give the same advice. "
            + ("It rests on what you told of your health." if found.with_answers else "")
        )
        if before:
            made = ", ".join(day_and_time(each.made_at) for each in before[:5])
            st.markdown(f"Earlier advice for this check is kept: {made}.")


def where_to_turn(found: Recommendations) -> None:
    """Raised red flags come first; no score and no advice clears them."""
    for each in found.turn_to:
        text = f"**{each.title}.** {each.text}"
        if each.urgency in (Urgency.EMERGENCY, Urgency.SAME_DAY):
            st.error(text, icon=":material/emergency:")
        else:
            st.warning(text, icon=":material/medical_services:")
    if found.advice is None:
        st.markdown(
            "Until somebody qualified has seen it there is no advice here: what you told us "
            "matters more than any routine."
        )
    if found.turn_to:
        st.page_link("pages/safety.py", label="What you told us, and how to close it")


def _listed(found: Sequence[WhyNot]) -> None:
    """By reason: many have the same one, and then only who says the reason is named."""
    by_reason: defaultdict[str, list[WhyNot]] = defaultdict(list)
    for each in found:
        by_reason[" ".join(each.because)].append(each)
    _said(
        (
            ", ".join(each.name for each in of_one),
            reason,
            _of_all(of_one),
        )
        for reason, of_one in by_reason.items()
    )


def _of_all(found: Sequence[WhyNot]) -> tuple[str, ...]:
    common = set.intersection(*(set(each.citations) for each in found))
    return tuple(cited for cited in found[0].citations if cited in common)


def _said(rows: Iterable[tuple[str, str, Sequence[str]]]) -> None:
    st.html(f'{_STYLE}<ul class="said">{lines(rows)}</ul>')
