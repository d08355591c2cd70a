"""Advice in words, for people to whom the numbers do no good."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.advice.outcome import Advice, Step

_NUMBERS = re.compile(r" \d+ \(\d+–\d+\)")  # as in “pores on nose 62 (54–70)”


def without_numbers(advice: Advice) -> Advice:
    """The same advice; reasons say what and where, not how much."""
    return replace(
        advice,
        concerns=tuple(replace(c, reasons=_plain(c.reasons)) for c in advice.concerns),
        morning=tuple(map(_step, advice.morning)),
        evening=tuple(map(_step, advice.evening)),
    )


def _step(step: Step) -> Step:
    return replace(step, reasons=_plain(step.reasons))


def _plain(reasons: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_NUMBERS.sub("", reason) for reason in reasons)
