"""What the face viewer gets: pictures, marks and words of one check, or of two to compare."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from core.examination import Mark
from core.metrics import FACTS, Metric
from dashboard.widgets.metric_cards import signed
from dashboard.widgets.score_rows import EVIDENCE, region_rows
from dashboard.words_of_marks import how_many, what_is_shown
from dashboard.words_of_scores import (
    NOT_MEASURABLE,
    day_and_time,
    direction,
    likely,
    points,
    short_day,
)
from data.analyses import Analysis
from pipeline.change import Change
from pipeline.overlay import COLOURS, rounded, shown_as
from pipeline.pictures import Picture

_KINDS = {
    Metric.PORES: "points",
    Metric.FINE_LINES: "lines",
    Metric.SPOTS: "areas",
    Metric.BLEMISHES: "areas",
}


NO_PICTURE = Picture(b"", {}, {}, {})


@dataclass(frozen=True)
class Seen:
    """A check with its picture."""

    analysis: Analysis
    picture: Picture


def viewer_data(
    now: Seen,
    earlier: Seen | None,
    metrics: Sequence[Metric],
    *,
    first: Metric,
    outlines: bool,
    changes: Mapping[Metric, Change],
) -> dict[str, Any]:
    """JSON for components/face_viewer/viewer.js. `changes` is from `earlier` to `now`.

    What stands under `numbers` is HTML; what the pipeline wrote is escaped in it.
    """
    checks = [now] if earlier is None else [earlier, now]
    return {
        "id": "+".join(str(seen.analysis.analysis_id) for seen in checks),
        "first": first.value,
        "outlines": outlines,
        "checks": [_check(seen) for seen in checks],
        "metrics": [
            {
                "key": metric.value,
                "name": FACTS[metric].name,
                "shows": _shows(metric).value,
                "colour": "#" + bytes(COLOURS[_shows(metric)]).hex(),
                "kind": _KINDS.get(_shows(metric), "veil"),
                "caption": _caption(now, metric),
                "numbers": numbers(now, metric, earlier, changes.get(metric)),
            }
            for metric in metrics
        ],
    }


def _check(seen: Seen) -> dict[str, Any]:
    picture = seen.picture
    return {
        "name": day_and_time(seen.analysis.created_at),
        "photo": _address("jpeg", picture.crop),
        "veils": {metric.value: _address("png", veil) for metric, veil in picture.veils.items()},
        "marks": {
            metric.value: marks_path(marks, closed=metric is not Metric.FINE_LINES)
            for metric, marks in picture.marks.items()
        },
        "regions": path((rounded(o) for o in picture.outlines.values()), closed=True),
    }


def marks_path(marks: Iterable[Mark], *, closed: bool) -> str:
    return path((mark.outline for mark in marks), closed=closed)


def path(lines: Iterable[npt.NDArray[np.float32]], *, closed: bool) -> str:
    """Lines of (n, 2) pixels as one SVG path; a line of one point is a dot."""
    parts = []
    for line in lines:
        corners = "L".join(f"{x:.1f} {y:.1f}" for x, y in line.tolist())
        parts.append(f"M{corners}" + ("h0" if len(line) == 1 else "Z" if closed else ""))
    return "".join(parts).replace(".0", "")


def numbers(
    now: Seen, metric: Metric, earlier: Seen | None = None, change: Change | None = None
) -> str:
    """One metric of the check in words and rows of regions, as HTML."""
    score, facts = now.analysis.scores[metric], FACTS[metric]
    parts = []
    if score.value is None:
        parts.append(f"<h3>{facts.name}</h3>")
        reason = escape(score.abstained_because or "")
        parts.append(f"<p>{NOT_MEASURABLE} in this photo: {reason}</p>")
    else:
        parts.append(f"<h3>{facts.name} {points(score)}</h3>")
        parts.append(f"<p>{likely(score).capitalize()} · {direction(metric)}</p>")
    counted = _count(now, metric)
    if counted is not None:
        parts.append(f'<p class="count">{counted}</p>')
    if earlier is not None and change is not None:
        parts.append(f'<p class="change">{_against(now, earlier, metric, change)}</p>')
    parts.append(f'<p class="small">{facts.is_} {facts.is_not}</p>')
    parts.append(f'<p class="small">{EVIDENCE[facts.evidence]}</p>')
    return "".join(parts) + region_rows(now.analysis.regions, metric)


def _against(now: Seen, earlier: Seen, metric: Metric, change: Change) -> str:
    before, after = earlier.analysis.scores[metric], now.analysis.scores[metric]
    day = short_day(earlier.analysis.created_at)
    if change.delta is None:
        said = f"Against {day}: {change.verdict.value}."
    else:
        said = (
            f"Since {day}: from {points(before)} to {points(after)}, {signed(change)}, "
            f"<b>{change.verdict.value}</b>."
        )
    counts = _count(earlier, metric)
    then = f" Then: {counts[0].lower()}{counts[1:]}." if counts else ""
    return f"{said} {escape(change.because)}{then}"


def _count(seen: Seen, metric: Metric) -> str | None:
    """How many are marked in the picture; None for what is not counted or was not measured."""
    marks = seen.picture.marks.get(metric)
    if marks is None or metric not in _KINDS or seen.analysis.scores[metric].value is None:
        return None
    return how_many(metric, len(marks))


def _caption(seen: Seen, metric: Metric) -> str:
    if seen.analysis.scores[metric].value is None:
        return f"Nothing is marked: {FACTS[metric].name.lower()} could not be measured here."
    return what_is_shown(metric, marked=_shows(metric) in seen.picture.marks)


def _shows(metric: Metric) -> Metric:
    return shown_as(metric) or metric


def _address(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
