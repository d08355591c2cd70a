"""Numbers on coloured cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard import plots
from dashboard.widgets import explorer_charts

SCALE: list[list[object]] = [[0, "#ffffff"], [1, "#000000"]]


@dataclass
class Cell:
    value: float


@pytest.mark.parametrize(
    ("share", "ink"), [(0, "#000000"), (0.4, "#000000"), (0.8, "#ffffff"), (1, "#ffffff")]
)
def test_the_ink_is_the_one_that_stands_out(share: float, ink: str) -> None:
    assert plots.ink(SCALE, share) == ink


def test_each_number_is_written_once_and_in_its_own_ink() -> None:
    figure = go.Figure()
    grid: Any = [[Cell(0), Cell(1)], [None, Cell(0.1)]]
    explorer_charts._heat(figure, grid, lambda cell: f"{cell.value}" if cell else "", SCALE, (0, 1))
    written = {
        trace.textfont.color: [text for row in trace.text for text in row if text]
        for trace in figure.data
    }
    assert written == {"#000000": ["0", "0.1"], "#ffffff": ["1"]}
