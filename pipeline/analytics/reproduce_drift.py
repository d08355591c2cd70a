"""The drift board of one metric as a Python program that asks the API and reckons it again."""

from __future__ import annotations

from datetime import date

from core.metrics import Metric
from pipeline.analytics.drift import COMPARED_WITH, LEAST_DISTANCE, MOVED, WATCH
from pipeline.analytics.questions import Question, View, written
from pipeline.analytics.words import of_metric

_PROGRAM = '''"""Is {name} distributed as it was? Each week against the first eight of these.

Asked of {address}. Needs pandas, and an access token of POST /api/v1/auth/login:
    SKINCARE_TOKEN=… python drift.py
"""

import json
import math
import os
import urllib.request

import pandas as pd

ADDRESS = os.environ.get("SKINCARE_ADDRESS", {address!r})
QUESTION = {question!r}
COMPARED_WITH = {compared_with}  # weeks
WATCH, MOVED, LEAST_DISTANCE = {watch}, {moved}, {least_distance}


def shares(bins, people, usual=None):
    """Who is in hidden bins is spread as usual; evenly where nothing is usual yet."""
    known = [b for b in bins if b is not None]
    rest = max(0, people - sum(known)) if len(known) < len(bins) else 0
    usual = usual or [1] * len(bins)
    there = sum(u for u, b in zip(usual, bins) if b is None) or 1
    filled = [rest * u / there if b is None else b for u, b in zip(usual, bins)]
    return [f / (sum(filled) or 1) for f in filled]


def coarse(shares):
    return [sum(shares[i : i + 2]) for i in range(0, len(shares), 2)]


def board(figures):
    """A row for each week that is compared: stability index, distance, limits, verdict."""
    weeks = [f for f in figures if f["people"] is not None and f["bins"] is not None]
    before, after = weeks[:COMPARED_WITH], weeks[COMPARED_WITH:]
    if not after:
        return []
    people = sum(week["people"] for week in before)
    together = [
        None if all(b is None for b in bins) else sum(5 if b is None else b for b in bins)
        for bins in zip(*(week["bins"] for week in before))
    ]
    usual = shares(together, people)
    rows = []
    for week in after:
        now, then = coarse(shares(week["bins"], week["people"], usual)), coarse(usual)
        index = sum(
            (max(b, 1e-3) - max(a, 1e-3)) * math.log(max(b, 1e-3) / max(a, 1e-3))
            for a, b in zip(then, now)
        )
        total, distance = 0.0, 0.0
        for a, b in zip(then, now):
            total += a - b
            distance = max(distance, abs(total))
        limit = 1.628 * math.sqrt((week["people"] + people) / (week["people"] * people))
        chance = (len(now) - 1) * (1 / week["people"] + 1 / people)
        is_moved = index > MOVED + chance or distance > max(limit, LEAST_DISTANCE)
        verdict = "moved" if is_moved else "watch" if index > WATCH + chance else "stable"
        rows.append(
            {{
                "week": week["period_start"], "people": week["people"],
                "stability_index": index, "by_chance": chance,
                "ks_distance": distance, "ks_limit": limit, "verdict": verdict,
            }}
        )
    return rows


if __name__ == "__main__":
    request = urllib.request.Request(
        f"{{ADDRESS}}/api/v1/analytics/figures?{{QUESTION}}",
        headers={{"Authorization": f"Bearer {{os.environ['SKINCARE_TOKEN']}}"}},
    )
    with urllib.request.urlopen(request) as response:
        print(pd.DataFrame(board(json.load(response)["figures"])).to_string())
'''


def as_python(metric: Metric, since: date, address: str) -> str:
    """The program; `since` is the first week of those compared with."""
    return _PROGRAM.format(
        name=of_metric(metric).lower(),
        address=address.rstrip("/"),
        question=written(Question(view=View.TREND, metric=metric, since=since)),
        compared_with=COMPARED_WITH,
        watch=WATCH,
        moved=MOVED,
        least_distance=LEAST_DISTANCE,
    )
