"""Do the scores of real faces move in the right direction, and only the right one?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import PhotoRejected
from core.metrics import Metric
from evaluation import added, people
from evaluation.crew import Tools
from evaluation.looking import examine, place, signs
from models.scorer import MAPPED

DARK = -10.0  # ITA in degrees below which faces are told apart

Change = dict[Metric, float]  # points of signs, of the metrics measured before and after


@dataclass(frozen=True)
class Job:
    portrait: people.Portrait
    number: int


@dataclass(frozen=True)
class Moved:
    """What adding did to one face."""

    ita: float | None
    before: Change  # amounts of signs
    change: Mapping[str, Change]  # by name of what was added or done


def names() -> list[str]:
    of_signs = [f"{added.SIGN_OF[m]} {s}" for m in MAPPED for s in added.STRENGTHS]
    return [*of_signs, *added.OTHER_CHANGES]


def move(tools: Tools, job: Job) -> Moved | None:
    """None when the photo itself is refused."""
    pixels = people.read(job.portrait.path)
    base = examine(tools, pixels)
    try:
        placed = place(tools, pixels)
    except PhotoRejected:
        return None
    if base.rejected:
        return None
    before = signs(base.values)
    layers = added.layers(placed, job.number)
    change = {
        f"{added.SIGN_OF[m]} {strength}": _change(
            tools, before, added.with_sign(pixels, placed, layers, m, strength)
        )
        for m in MAPPED
        for strength in added.STRENGTHS
    }
    for name, made in added.OTHER_CHANGES.items():
        change[name] = _change(tools, before, made(pixels, placed, job.number))
    return Moved(base.ita, before, change)


def summary(moved: Sequence[Moved]) -> dict[str, Any]:
    """Mean changes over faces, and of each sign how far the others went along with it.

    `others` is the largest mean change of another metric over the mean change of its own;
    `rises` the share of faces whose own metric rose.
    """
    dark = [m for m in moved if m.ita is not None and m.ita < DARK]
    own = {}
    for metric in MAPPED:
        name = f"{added.SIGN_OF[metric]} {added.STRENGTHS[-1]}"
        means = _means(moved, name)
        rises = [m.change[name][metric] > 0 for m in moved if metric in m.change[name]]
        rise = means.get(metric, float("nan"))
        other = max(
            (m for m in means if m is not metric), key=lambda m: abs(means[m]), default=None
        )
        own[metric.value] = {
            "change": round(rise, 2),
            "rises": round(float(np.mean(rises)), 3) if rises else None,
            "others": round(abs(means[other]) / rise, 3) if other and rise > 0 else None,
            "strongest_other": other.value if other else None,
        }
    return {
        "faces": len(moved),
        "dark_faces": len(dark),
        "strength": added.STRENGTHS[-1],
        "own": own,
        "mean_change": {name: _named(_means(moved, name)) for name in names()},
        "mean_change_dark": {name: _named(_means(dark, name)) for name in names()},
        "share_lowered": {
            name: _named({m: _share_below(moved, name, m) for m in MAPPED})
            for name in added.OTHER_CHANGES
        },
        "between_people_sd": _named(
            {m: float(np.std([f.before[m] for f in moved if m in f.before])) for m in MAPPED}
        ),
    }


def _change(tools: Tools, before: Change, pixels: added.Pixels) -> Change:
    after = signs(examine(tools, pixels).values)
    return {m: after[m] - before[m] for m in MAPPED if m in after and m in before}


def _means(moved: Sequence[Moved], name: str) -> Change:
    found = {m: [f.change[name][m] for f in moved if m in f.change[name]] for m in MAPPED}
    return {m: float(np.mean(values)) for m, values in found.items() if values}


def _share_below(moved: Sequence[Moved], name: str, metric: Metric) -> float:
    values = [f.change[name][metric] < 0 for f in moved if metric in f.change[name]]
    return float(np.mean(values)) if values else float("nan")


def _named(values: Mapping[Metric, float]) -> dict[str, float | None]:
    return {m.value: round(v, 2) if np.isfinite(v) else None for m, v in values.items()}
