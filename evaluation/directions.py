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
from evaluation.looking import Pixels, Seen, examine, frankly, place, signs
from models.scorer import MAPPED

DARK = -10.0  # ITA in degrees below which faces are told apart

_FILTER = "smoothing filter"

Change = dict[Metric, float]  # points of signs, of the metrics measured before and after


@dataclass(frozen=True)
class Job:
    portrait: people.Portrait
    number: int


@dataclass(frozen=True)
class Moved:
    """What adding did to one face; what the product withholds is asked for all the same."""

    ita: float | None
    before: Change  # amounts of signs
    change: Mapping[str, Change]  # by name of what was added or done
    withheld: Mapping[str, frozenset[Metric]]  # of those, what the product does not show


def names() -> list[str]:
    of_signs = [f"{added.SIGN_OF[m]} {s}" for m in MAPPED for s in added.STRENGTHS]
    return [*of_signs, *added.OTHER_CHANGES]


def move(tools: Tools, job: Job) -> Moved | None:
    """None when the photo itself is refused."""
    pixels = people.read(job.portrait.path)
    try:
        placed = place(tools, pixels)
    except PhotoRejected:
        return None
    seen, before = _asked(tools, pixels)
    if seen.rejected:
        return None
    layers = added.layers(placed, job.number)
    pictures = {
        f"{added.SIGN_OF[m]} {strength}": added.with_sign(pixels, placed, layers, m, strength)
        for m in MAPPED
        for strength in added.STRENGTHS
    }
    for name, made in added.OTHER_CHANGES.items():
        pictures[name] = made(pixels, placed, job.number)
    change, withheld = {}, {}
    for name, picture in pictures.items():
        shown, after = _asked(tools, picture)
        change[name] = {m: after[m] - before[m] for m in MAPPED if m in after and m in before}
        withheld[name] = frozenset(m for m in MAPPED if m not in shown.values)
    return Moved(seen.ita, before, change, withheld)


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
        "withheld": {
            name: _named(
                {m: float(np.mean([m in f.withheld[name] for f in moved])) for m in MAPPED}
            )
            for name in names()
        },
        "smoothing_filter": {m.value: _filtered(moved, m) for m in MAPPED},
        "between_people_sd": _named(
            {m: float(np.std([f.before[m] for f in moved if m in f.before])) for m in MAPPED}
        ),
    }


def _asked(tools: Tools, pixels: Pixels) -> tuple[Seen, Change]:
    """What the product shows, and the amounts of all signs, also of those that it withholds."""
    seen = examine(tools, pixels)
    values = dict(seen.values)
    if not seen.rejected and any(m not in values for m in MAPPED):
        values = frankly(tools, pixels) | values
    return seen, signs(values)


def _means(moved: Sequence[Moved], name: str) -> Change:
    found = {m: [f.change[name][m] for f in moved if m in f.change[name]] for m in MAPPED}
    return {m: float(np.mean(values)) for m, values in found.items() if values}


def _filtered(moved: Sequence[Moved], metric: Metric) -> dict[str, float | None]:
    """What the filter does to a score, and what of that the product shows.

    The photo without the filter is the truth: errors are against its score, in points.
    """
    rows = [f for f in moved if metric in f.change[_FILTER]]
    every = [f.change[_FILTER][metric] for f in rows]
    shown = [f.change[_FILTER][metric] for f in rows if metric not in f.withheld[_FILTER]]
    return {
        "change": _mean(every),
        "lowered": _mean([float(c < 0) for c in every], 3),
        "error_of_all": _mean([abs(c) for c in every]),
        "error_of_shown": _mean([abs(c) for c in shown]),
        "withheld": _mean([float(metric in f.withheld[_FILTER]) for f in rows], 3),
    }


def _mean(values: Sequence[float], digits: int = 2) -> float | None:
    return round(float(np.mean(values)), digits) if values else None


def _named(values: Mapping[Metric, float]) -> dict[str, float | None]:
    return {m.value: round(v, 2) if np.isfinite(v) else None for m, v in values.items()}
