"""Pages of plots: one file each, with Plotly inside, to be opened from disk or sent by mail."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from evaluation import plots_of_labels, plots_of_model
from evaluation.card_words import NOTHING

Document = Mapping[str, Any]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light; }}
body {{ margin: 0; background: #fbf8f3; color: #22302d;
  font: 16px/1.5 Figtree, system-ui, sans-serif; }}
main {{ max-width: 1080px; margin: 0 auto; padding: 24px 16px 64px; }}
h1 {{ font-size: 1.7rem; line-height: 1.2; margin: 0 0 4px; }}
h2 {{ font-size: 1.15rem; margin: 40px 0 4px; }}
p {{ max-width: 70ch; margin: 4px 0 10px; }}
.quiet {{ color: #58645f; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: .9rem; }}
th, td {{ text-align: left; vertical-align: top; padding: 6px 10px 6px 0;
  border-bottom: 1px solid #ddd3c4; }}
th {{ color: #58645f; font-weight: 600; }}
.yes {{ color: #1b6155; font-weight: 600; white-space: nowrap; }}
.no {{ color: #9c2f22; font-weight: 600; white-space: nowrap; }}
@media (max-width: 600px) {{
  .goals thead {{ display: none; }}
  .goals tr {{ display: block; border-bottom: 1px solid #ddd3c4; padding: 8px 0; }}
  .goals td {{ display: block; border: 0; padding: 1px 0; }}
}}
</style><script>{plotly}</script></head><body><main>
{body}
</main></body></html>
"""


def of_model(document: Document) -> str:
    """The model's own figures."""
    parts = [
        f"<h1>What the scores are worth: version {html.escape(document['version'])}</h1>",
        f'<p class="quiet">Measured {document["date"]}. '
        "Definitions and limits: models/MODEL_CARD.md.</p>",
        "<h2>What was asked for</h2>",
        _goals(document["criteria"]),
    ]
    if "carried_over_from" in document.get("faces", {}):
        parts.append(
            "<p><strong>No photos of people were there: what is said of people was measured with "
            f"version {html.escape(document['faces']['carried_over_from'])}.</strong></p>"
        )
    parts += [_section(*plot) for plot in plots_of_model.plots(document)]
    return _page(f"Skincare AI {document['version']}: evaluation", parts)


def of_labels(answer: Document) -> str:
    """A folder of photos against its labels."""
    counts = answer["photos"]
    parts = [
        "<h1>Scores against labels</h1>",
        f'<p class="quiet">Version {html.escape(answer["version"])}. {counts["scored"]} of '
        f"{counts['rows']} photos scored, {len(counts['unreadable'])} could not be read, "
        f"{len(counts['rejected'])} were refused.</p>",
    ]
    for title, words, head, rows in plots_of_labels.tables(answer):
        parts += [f"<h2>{html.escape(title)}</h2><p>{html.escape(words)}</p>", _table(head, rows)]
    parts += [_section(*plot) for plot in plots_of_labels.plots(answer)]
    return _page("Skincare AI: scores against labels", parts)


def _page(title: str, parts: Sequence[str]) -> str:
    return _PAGE.format(title=html.escape(title), plotly=get_plotlyjs(), body="\n".join(parts))


def _section(title: str, words: str, figure: go.Figure) -> str:
    figure.update_layout(
        template="plotly_white",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        colorway=plots_of_model.COLOURS,
        font={"family": "Figtree, system-ui, sans-serif", "size": 13, "color": "#22302d"},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        dragmode=False,
    )
    figure.update_xaxes(automargin=True, fixedrange=True)
    figure.update_yaxes(automargin=True, fixedrange=True)
    drawn = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        config={"responsive": True, "displaylogo": False, "displayModeBar": False},
    )
    return f"<h2>{html.escape(title)}</h2><p>{html.escape(words)}</p>{drawn}"


def _goals(criteria: Sequence[Mapping[str, Any]]) -> str:
    words = {
        True: '<td class="yes">met</td>',
        False: '<td class="no">not met</td>',
        None: "<td>not measured</td>",
    }
    rows = "".join(
        f"<tr><td>{html.escape(of['name'])}</td><td class='quiet'>{html.escape(of['goal'])}</td>"
        f"<td>{html.escape(of['figure'])}</td>{words[of['met']]}</tr>"
        for of in criteria
    )
    return (
        '<table class="goals"><thead><tr><th>asked for</th><th>goal</th><th>measured</th><th></th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return f"<p>{NOTHING}</p>"
    first = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
    rest = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    table = f"<table><thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table>"
    return f'<div class="wide">{table}</div>'
