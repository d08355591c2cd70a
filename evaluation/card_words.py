"""How figures are written in the card."""

from __future__ import annotations

from collections.abc import Sequence

from core.metrics import FACTS, Metric

NOTHING = "–"


def name(metric: str) -> str:
    """A metric as a sign: hydration's figures are of dryness signs."""
    return "dryness signs" if metric == Metric.HYDRATION else FACTS[Metric(metric)].name.lower()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    if value is None or value != value:
        return NOTHING
    return f"{value:{'+' if signed else ''}.{digits}f}"


def percent(share: float | None, digits: int = 0) -> str:
    if share is None or share != share:
        return NOTHING
    return f"{100 * share:.{digits}f} %"
