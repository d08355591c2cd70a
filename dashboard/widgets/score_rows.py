"""Scores as rows: the number, the range it is likely in, and what it is and is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

import streamlit as st

from core.examination import Score
from core.metrics import FACTS, REGION_NAMES, SKIN_SCORE_WEIGHTS, Evidence, Metric, Region
from dashboard.words_of_scores import NOT_MEASURABLE, direction, likely, points

STYLE = """
<style>
.scores { display: grid; }
.scores > * { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.scores > :last-child { border-bottom: 0; }
.score { display: grid; grid-template-columns: 15rem 1fr 2.6rem 7rem; gap: 0.2rem 1rem;
  align-items: center; padding: 0.7rem 0.2rem; }
.score .name, .score b { font-weight: 600; }
.score small { display: block; font-size: 0.85rem; font-weight: 400; opacity: 0.8; }
.score .track { position: relative; height: 0.5rem; border-radius: 1rem;
  background: color-mix(in srgb, currentColor 12%, transparent); }
.score .range { position: absolute; top: 0; bottom: 0; border-radius: 1rem; min-width: 0.5rem;
  background: color-mix(in srgb, currentColor 38%, transparent); }
.score .at { position: absolute; top: -0.25rem; width: 0.28rem; height: 1rem; border-radius: 1rem;
  transform: translateX(-50%); background: currentColor; }
.score .value { font-size: 1.25rem; font-weight: 600; text-align: right;
  font-variant-numeric: tabular-nums; }
.score .likely { font-size: 0.9rem; opacity: 0.85; font-variant-numeric: tabular-nums; }
.score .because { grid-column: 2 / -1; font-size: 0.95rem; opacity: 0.9; }
.scores summary { cursor: pointer; list-style: none; border-radius: 0.5rem; }
.scores summary::-webkit-details-marker { display: none; }
.scores summary b::after { content: "+"; display: inline-block; width: 1.2rem; text-align: center;
  margin-left: 0.4rem; font-weight: 400; opacity: 0.7; }
.scores details[open] summary b::after { content: "–"; }
.scores summary:hover { background: color-mix(in srgb, currentColor 5%, transparent); }
.scores dl { margin: 0 0 0.9rem; padding: 0 0.2rem; display: grid;
  grid-template-columns: 15rem 1fr; gap: 0.3rem 1rem; font-size: 0.95rem; }
.scores dt { opacity: 0.8; } .scores dd { margin: 0; }
.narrow .score { grid-template-columns: 1fr 2.6rem 6.4rem; padding: 0.55rem 0.2rem; }
.narrow .score .track { grid-column: 1 / -1; grid-row: 2; }
.narrow .score .because { grid-column: 1 / -1; }
@media (max-width: 640px) {
  .score { grid-template-columns: 1fr 2.6rem 6.4rem; }
  .score .track { grid-column: 1 / -1; grid-row: 2; margin: 0.3rem 0; }
  .score .because { grid-column: 1 / -1; }
  .scores dl { grid-template-columns: 1fr; gap: 0.1rem; }
  .scores dd { margin-bottom: 0.5rem; }
}
.pairs { display: grid; grid-template-columns: 6.5rem 1fr; gap: 0.25rem 1rem; margin: 0.5rem 0 0;
  font-size: 0.95rem; }
.pairs dt { opacity: 0.8; } .pairs dd { margin: 0; }
.pairs-title { font-size: 0.95rem; font-weight: 600; }
.wide { overflow-x: auto; }
.wide table { border-collapse: collapse; width: 100%; font-size: 0.92rem;
  font-variant-numeric: tabular-nums; }
.wide th, .wide td { padding: 0.45rem 0.7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.wide th { font-weight: 600; } .wide th:first-child { text-align: left; }
.wide td small { opacity: 0.8; }
</style>
"""

EVIDENCE: dict[Evidence, str] = {
    Evidence.COUNTED: "Counted: each one is found and marked in the picture.",
    Evidence.MAPPED: "Mapped: seen at places that the picture shows.",
    Evidence.APPEARANCE_PROXY: "Appearance proxy, unvalidated: how the skin looks stands for "
    "something that a photo cannot measure.",
    Evidence.COMPOSITE: "Composite of the others, with the weights published below.",
}


def score_list(scores: Mapping[Metric, Score], order: Iterable[Metric]) -> None:
    """Every metric of the face. A row opens to what its number is and is not."""
    rows = []
    for metric in order:
        facts = FACTS[metric]
        name = f"<b>{facts.name}</b><small>{direction(metric)} · {facts.evidence.value}</small>"
        rows.append(
            f"<details><summary>{_row(name, scores.get(metric))}</summary><dl>"
            f"<dt>What it is</dt><dd>{facts.is_}</dd>"
            f"<dt>What it is not</dt><dd>{facts.is_not}</dd>"
            f"<dt>Evidence</dt><dd>{EVIDENCE[facts.evidence]}</dd></dl></details>"
        )
    st.html(f'{STYLE}<div class="scores">{"".join(rows)}</div>')


def region_list(regions: Mapping[Region, Mapping[Metric, Score]], metric: Metric) -> None:
    """One metric in every region."""
    st.html(STYLE + region_rows(regions, metric))


def region_rows(regions: Mapping[Region, Mapping[Metric, Score]], metric: Metric) -> str:
    """One metric in every region, as HTML that wants STYLE."""
    rows = "".join(
        f"<div>{_row(REGION_NAMES[region], of_region.get(metric))}</div>"
        for region, of_region in regions.items()
    )
    return f'<div class="scores narrow">{rows}</div>'


def region_table(regions: Mapping[Region, Mapping[Metric, Score]], order: Iterable[Metric]) -> None:
    """Every metric in every region; reasons for gaps stand below the table."""
    metrics = [metric for metric in order if metric is not Metric.SKIN_SCORE]
    head = "".join(f'<th scope="col">{FACTS[metric].name}</th>' for metric in metrics)
    body: list[str] = []
    reasons: dict[str, set[Region]] = {}  # why → where
    for region, of_region in regions.items():
        cells = []
        for metric in metrics:
            score = of_region.get(metric)
            if score is None or score.value is None:
                cells.append(f'<td aria-label="{NOT_MEASURABLE.lower()}">–</td>')
                reasons.setdefault((score and score.abstained_because) or "", set()).add(region)
            else:
                interval = likely(score).removeprefix("likely ")
                cells.append(f"<td>{points(score)} <small>({interval})</small></td>")
        body.append(f'<tr><th scope="row">{REGION_NAMES[region]}</th>{"".join(cells)}</tr>')
    st.html(
        f'{STYLE}<div class="wide" tabindex="0" role="region" aria-label="Scores by region">'
        f'<table><thead><tr><th scope="col">Region</th>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )
    for reason, where in reasons.items():
        if reason:
            names = ", ".join(REGION_NAMES[region] for region in Region if region in where)
            place = "everywhere" if len(where) == len(regions) > 1 else names
            st.text(f"– {NOT_MEASURABLE.lower()}, {place}: {reason}")


def weights() -> None:
    """How the skin score is made, whole."""
    rows = "".join(
        f'<tr><th scope="row">{FACTS[metric].name}</th><td>{direction(metric)}</td>'
        f"<td>{weight:.0%}</td></tr>"
        for metric, weight in SKIN_SCORE_WEIGHTS.items()
    )
    st.html(
        f'{STYLE}<div class="wide"><table><thead><tr><th scope="col">Score</th>'
        f'<th scope="col">Direction</th><th scope="col">Weight</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def pairs(title: str, said: Iterable[tuple[str, str]]) -> None:
    """What and how, in two columns. All of it our own words."""
    rows = "".join(f"<dt>{what}</dt><dd>{how}</dd>" for what, how in said)
    st.html(f'{STYLE}<b class="pairs-title">{title}</b><dl class="pairs">{rows}</dl>')


def _row(name: str, score: Score | None) -> str:
    """`name` is HTML of ours. What the pipeline wrote is escaped."""
    if score is None or score.value is None or score.low is None or score.high is None:
        reason = escape((score and score.abstained_because) or "")
        because = f"{NOT_MEASURABLE}: {reason}" if reason else NOT_MEASURABLE
        return (
            f'<div class="score"><span class="name">{name}</span>'
            f'<span class="because">{because}</span></div>'
        )
    return (
        f'<div class="score"><span class="name">{name}</span>'
        f'<span class="track" aria-hidden="true">'
        f'<span class="range" style="left:{score.low:.1f}%;width:{score.high - score.low:.1f}%">'
        f'</span><span class="at" style="left:{score.value:.1f}%"></span></span>'
        f'<span class="value">{points(score)}</span>'
        f'<span class="likely">{likely(score)}</span></div>'
    )
