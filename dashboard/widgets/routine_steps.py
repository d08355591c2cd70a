"""The steps of an advised routine, in order: what, how much, when, why, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from dashboard.words_of_evidence import GRADES
from pipeline.advice.outcome import Phase, Step
from pipeline.advice.schedule import DAYS
from pipeline.advice.schema import WORDS_OF_G, Grade

STYLE = """
<style>
.steps { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.75rem; }
.steps > li { display: grid; grid-template-columns: 2.1rem 1fr; gap: 0.2rem 0.75rem; margin: 0;
  padding: 0.9rem 1rem; border-radius: 0.9rem;
  border: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
.steps > li.new { border-color: color-mix(in srgb, light-dark(#1f6b5e, #7ccbb9) 60%, transparent);
  background: color-mix(in srgb, light-dark(#1f6b5e, #7ccbb9) 6%, transparent); }
.steps .number { width: 2.1rem; height: 2.1rem; border-radius: 50%; display: grid;
  place-items: center; font-weight: 600; font-variant-numeric: tabular-nums;
  background: color-mix(in srgb, light-dark(#1f6b5e, #7ccbb9) 16%, transparent); }
.steps .what { display: grid; gap: 0.35rem; min-width: 0; }
.steps .what > b { font-size: 1.05rem; line-height: 1.3; padding-top: 0.3rem; }
.steps p { margin: 0; font-size: 0.95rem; line-height: 1.45; }
.steps .soft { opacity: 0.85; }
.steps .marks { display: flex; flex-wrap: wrap; gap: 0.35rem; }
.mark { font-size: 0.82rem; line-height: 1.5; padding: 0 0.55rem; border-radius: 1rem;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
.mark.new { border-color: transparent; font-weight: 600;
  background: color-mix(in srgb, light-dark(#1f6b5e, #7ccbb9) 20%, transparent); }
.mark.unverified { border-color: transparent;
  background: color-mix(in srgb, light-dark(#b26a00, #f2b45c) 22%, transparent); }
.weeks { display: grid; gap: 0.3rem; margin: 0.15rem 0; }
.weeks > div { display: grid; grid-template-columns: 6.2rem max-content; align-items: center;
  gap: 0.6rem; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.days { display: inline-grid; grid-template-columns: repeat(7, 1.55rem); gap: 0.15rem; }
.days i { font-style: normal; font-size: 0.78rem; height: 1.55rem; border-radius: 50%;
  display: grid; place-items: center; opacity: 0.75;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.days i.on { opacity: 1; font-weight: 600; border-color: transparent;
  color: light-dark(#fff, #10201c); background: light-dark(#1f6b5e, #7ccbb9); }
.steps summary { cursor: pointer; font-size: 0.9rem; padding: 0.25rem 0; width: max-content;
  border-radius: 0.4rem; text-decoration: underline; text-underline-offset: 0.2rem;
  text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
.steps dl { margin: 0.3rem 0 0; display: grid; gap: 0.1rem; font-size: 0.92rem; }
.steps dt { font-weight: 600; margin-top: 0.4rem; } .steps dd { margin: 0; }
@media (max-width: 640px) {
  .steps > li { padding: 0.8rem 0.75rem; gap: 0.2rem 0.6rem; }
  .weeks > div { grid-template-columns: 5.6rem max-content; gap: 0.4rem; }
  .days { grid-template-columns: repeat(7, 1.45rem); } .days i { height: 1.45rem; }
}
</style>
"""


def routine_steps(steps: Sequence[Step]) -> None:
    """A half of the day. A step opens to its cautions, its evidence and its sources."""
    rows = "".join(_step(number, step) for number, step in enumerate(steps, 1))
    st.html(f'{STYLE}<ol class="steps">{rows}</ol>')


def grade(letter: str) -> str:
    """As in “Evidence A: strong”."""
    found = Grade(letter)
    if found is Grade.CONSENSUS:
        return "Experts agree"
    return f"Evidence {found.value}: {GRADES[found].partition(':')[0]}"


def _step(number: int, step: Step) -> str:
    marks = [f'<span class="mark">{escape(grade(step.evidence))}</span>']
    if step.is_new_active:
        start = f"New: begin in week {step.phases[0].from_week}"
        marks.insert(0, f'<span class="mark new">{start}</span>')
    if step.verified == WORDS_OF_G:
        marks.append(f'<span class="mark unverified">{WORDS_OF_G.capitalize()}</span>')
    places = ", ".join(step.where)
    return (
        f"<li{' class=new' if step.is_new_active else ''}>"
        f'<span class="number" aria-hidden="true">{number}</span><div class="what">'
        f"<b>{escape(step.name)}</b><p>{escape(_sentence(step.amount))}</p>"
        f"<p>{escape(_sentence(places))}{_every_day(step.phases)}</p>{_weeks(step.phases)}"
        f'<p class="soft"><b>Why:</b> {escape("; ".join(step.reasons))}</p>'
        f'<div class="marks">{"".join(marks)}</div>'
        f"<details><summary>Cautions and sources</summary>{_details(step)}</details>"
        "</div></li>"
    )


def _every_day(phases: Sequence[Phase]) -> str:
    return " Every day." if _is_daily(phases) else ""


def _is_daily(phases: Sequence[Phase]) -> bool:
    return len(phases) == 1 and phases[0].from_week == 1 and len(phases[0].days) == len(DAYS)


def _weeks(phases: Sequence[Phase]) -> str:
    """On which days, from the slow start to the full pace."""
    if _is_daily(phases):
        return ""
    rows = []
    for phase, after in zip(phases, (*phases[1:], None), strict=True):
        last = "" if after is None else f"–{after.from_week - 1}"
        weeks = f"Weeks {phase.from_week}{last}" if last else f"From week {phase.from_week}"
        dots = "".join(f"<i{' class=on' if day in phase.days else ''}>{day[0]}</i>" for day in DAYS)
        days = ", ".join(phase.days)
        rows.append(
            f"<div><span>{weeks}</span>"
            f'<span class="days" role="img" aria-label="{days}">{dots}</span></div>'
        )
    return f'<div class="weeks">{"".join(rows)}</div>'


def _details(step: Step) -> str:
    grade_of = GRADES[Grade(step.evidence)]
    about = f" {step.about_evidence}" if step.about_evidence else ""
    said = [("Take care", [*step.cautions] or ["Nothing special is known."])]
    said.append(("Evidence", [f"{_sentence(grade_of)} Checked: {step.verified}.{about}"]))
    said.append(("Who says so", [*step.citations]))
    parts = (
        f"<dt>{title}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}"
        for title, lines in said
    )
    return f"<dl>{''.join(parts)}</dl>"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def lines(rows: Iterable[tuple[str, str, Sequence[str]]]) -> str:
    """Name, reason and sources of each, as HTML of ours."""
    return "".join(
        f"<li><b>{escape(name)}</b><p>{escape(text)}</p>"
        f"<small>{escape('; '.join(sources))}</small></li>"
        for name, text, sources in rows
    )
