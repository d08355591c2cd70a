"""`run.py recalibrate`: fit the scores to dermatologists' blind grades, and propose the result."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from core.launch import say
from core.metrics import FACTS, Metric
from core.recalibration import Figures, Gain
from data.database import transaction
from pipeline.recalibration import proposals

NOTHING = "Nothing is proposed: no metric would gain. The lines above say why."


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; ends the program when it is not understood."""
    parser = argparse.ArgumentParser(
        prog="run.py recalibrate",
        description="Fit a rising curve for each metric to what dermatologists graded blind, of "
        "people who agree to model improvement. Shows what it gains for people whose grades were "
        "not fitted to. Changes nothing until an administrator accepts it on the page “Models”.",
    )
    return parser.parse_args(arguments)


def run() -> int:
    """Fit, print what was found, keep a proposal; the exit status."""
    with transaction() as session:
        proposal, figures = proposals.propose(session)
    for line in lines(figures):
        say(line)
    if proposal is None:
        say(NOTHING)
        return 0
    say(
        f"Proposed: version {proposal.version}. An administrator decides on the page “Models”; "
        "until then nothing changes."
    )
    return 0


def lines(figures: Mapping[Metric, Figures]) -> list[str]:
    """What a terminal shows of each metric, with its tones of skin below it."""
    said = []
    for metric, of in figures.items():
        name = FACTS[metric].name
        if of.gain is None:
            said.append(f"{name}: left out. {of.left_out_because}")
            continue
        verdict = "" if of.left_out_because is None else f" Left out. {of.left_out_because}"
        said.append(
            f"{name}: {_gain(of.gain)}, {of.grades} grades; the 90 % interval held "
            f"{of.coverage_before or 0:.0%} of them before, {of.coverage_after or 0:.0%} after."
            f"{verdict}"
        )
        said.extend(f"    {tone.replace('_', ' ')}: {_gain(g)}" for tone, g in of.by_tone.items())
    return said


def _gain(of: Gain) -> str:
    gain = of.gain
    return (
        f"mean error {of.mae_before:.1f} → {of.mae_after:.1f} points, gain {gain.value:+.1f} "
        f"({gain.low:+.1f} to {gain.high:+.1f}), {of.people} people"
    )
