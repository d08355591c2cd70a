"""The explorer's questions over the API."""

from __future__ import annotations

import io
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from plotly.graph_objects import Figure
from sqlalchemy import Connection

from core.analytics import Because, Fact
from core.metrics import Metric
from core.people import Role
from core.settings import settings
from data.database import transaction
from pipeline.analytics import reproduce
from pipeline.analytics.questions import Question
from tests import analytics_rows as rows
from tests.api.calling import Api, assert_problem, opened, person

TONES: dict[tuple[str, str], tuple[int, float] | Because] = {
    ("light", ""): (200, 30.0),
    ("dark", ""): (100, 40.0),
    ("tan", ""): Because.FEW,
}


@pytest.fixture(autouse=True)
def _released(var: Path, database: Connection) -> None:
    with transaction() as session:
        rows.partitions(session)
        rows.metric(session, "tone_band", TONES)


def test_a_suppressed_group_is_listed_without_numbers() -> None:
    ann = person(Role.ANALYST)
    with opened(settings()) as client:
        asked = "/analytics/figures?metric=redness&by=tone_band"
        answer = Api(client).get(asked, token=ann.access).json()
    assert answer["asked"] == "metric=redness&by=tone_band"
    tan = next(one for one in answer["figures"] if one["group"] == "tan")
    assert tan["suppressed_because"] == "few"
    assert tan["people"] is tan["value"] is tan["bins"] is None
    light = next(one for one in answer["figures"] if one["group"] == "light")
    assert light["low"] < light["value"] == 30.0 < light["high"]


def test_two_cohorts_and_the_budget() -> None:
    ann = person(Role.ANALYST)
    with opened(settings()) as client:
        asked = "/analytics/figures?metric=redness&tone_band=dark&b.tone_band=light"
        answer = Api(client).get(asked, token=ann.access).json()
    assert answer["difference"]["value"] == pytest.approx(10)


def test_three_facts_are_a_problem_that_names_them() -> None:
    ann = person(Role.ANALYST)
    with opened(settings()) as client:
        asked = "/analytics/figures?by=light&tone_band=dark&device=phone"
        answer = Api(client).get(asked, token=ann.access)
    assert_problem(answer, 422, "invalid-input")
    assert "device, light, skin tone" in answer.json()["detail"]


def test_the_program_asks_the_same_and_draws_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run as it is downloaded; only its request goes to the API of this test."""
    ann = person(Role.ANALYST)
    written: list[Figure] = []
    monkeypatch.setenv("SKINCARE_TOKEN", ann.access)
    monkeypatch.setattr(Figure, "write_html", lambda self, _: written.append(self))
    with opened(settings()) as client:

        def answer(request: urllib.request.Request) -> io.BytesIO:
            path = request.full_url.removeprefix("https://skin.example.org/api/v1")
            token = str(request.get_header("Authorization")).removeprefix("Bearer ")
            found = Api(client).get(path, token=token)
            assert found.status_code == 200, found.text
            return io.BytesIO(found.content)

        monkeypatch.setattr(urllib.request, "urlopen", answer)
        question = Question(metric=Metric.REDNESS, by=Fact.TONE_BAND)
        program = reproduce.as_python(question, "https://skin.example.org/")
        names: dict[str, Any] = {}
        exec(compile(program, "question.py", "exec"), names)  # noqa: S102
    assert list(names["shown"]["value"]) == [30.0, 40.0]
    assert "by skin tone?" in capsys.readouterr().out
    assert len(written) == 1
