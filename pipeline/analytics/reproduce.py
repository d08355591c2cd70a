"""A question as a Python program that asks it again over the API and draws what comes."""

from __future__ import annotations

from urllib.parse import parse_qsl

from pipeline.analytics import titles
from pipeline.analytics.questions import Question, written

_PROGRAM = '''"""{asks}

Asked of {address}. Needs pandas and plotly, and an access token of POST /api/v1/auth/login:
    SKINCARE_TOKEN=… python {name}
"""

import json
import os
import urllib.parse
import urllib.request

import pandas as pd
import plotly.express as px

ADDRESS = os.environ.get("SKINCARE_ADDRESS", {address!r})
QUESTION = {pairs}

request = urllib.request.Request(
    f"{{ADDRESS}}/api/v1/analytics/figures?{{urllib.parse.urlencode(QUESTION)}}",
    headers={{"Authorization": f"Bearer {{os.environ['SKINCARE_TOKEN']}}"}},
)
with urllib.request.urlopen(request) as response:
    answer = json.load(response)

table = pd.DataFrame(answer["figures"])
print(answer["question"])
print(*answer["notes"], sep="\\n")
print(table.drop(columns="bins", errors="ignore").to_string())

shown = table[table["value"].notna()].copy()
shown["above"] = shown["high"] - shown["value"]
shown["below"] = shown["value"] - shown["low"]
x = {x!r}
figure = px.scatter(
    shown, x=x, y="value", color={colour!r}, error_y="above", error_y_minus="below",
    hover_data=["people"], title=answer["question"], labels={{"value": answer["unit"]}},
)
figure.write_html("answer.html")
'''


def as_python(question: Question, address: str) -> str:
    """The program; `address` is the product's, as https://skin.example.org."""
    asks = titles.of(question)
    pairs = "[\n" + "".join(f"    {pair!r},\n" for pair in parse_qsl(written(question))) + "]"
    if not written(question):
        pairs = "[]"
    x, colour = _axes(question)
    return _PROGRAM.format(
        asks=asks,
        address=address.rstrip("/"),
        name="question.py",
        pairs=pairs,
        x=x,
        colour=colour,
    )


def _axes(question: Question) -> tuple[str, str]:
    match question.view.value:
        case "trend":
            return "period_start", "group" if question.by else "cohort"
        case "age_and_tone" | "together" | "returning":
            return "second_group", "group"
        case "ingredients":
            return "group", "about"
        case _:
            return "group", "cohort"
