"""How well the amounts follow the truth on held-out phantoms, over all tones and by tone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from evaluation.agreement import spearman
from evaluation.phantom_sets import ANGLES, Patches, Tones
from models.scorer import MAPPED

Floats = npt.NDArray[np.float32]

TONES = (
    ("darker than -30", -90.0, -30.0),
    ("-30 to 10", -30.0, 10.0),
    ("10 to 28", 10.0, 28.0),
    ("28 to 41", 28.0, 41.0),
    ("41 to 55", 41.0, 55.0),
    ("lighter than 55", 55.0, 90.0),
)  # ITA, degrees: Chardon 1991, Del Bino 2013
DRAWS = 1000


def tone_of(angle: float) -> str:
    return next(name for name, low, high in reversed(TONES) if angle >= low)


def skill(patches: Patches, median: Floats) -> dict[str, dict[str, Any]]:
    """Errors in points, 0–100, by metric. `median` (7,) is what a constant would answer."""
    error = 100 * np.abs(patches.amount - patches.truth)
    constant = 100 * np.abs(median - patches.truth)
    return {
        m.value: {
            "mae": round(float(error[:, i].mean()), 3),
            "constant_mae": round(float(constant[:, i].mean()), 3),
            "spearman": round(spearman(patches.amount[:, i], patches.truth[:, i]), 4),
        }
        for i, m in enumerate(MAPPED)
    }


def by_tone(patches: Patches, median: Floats, seed: int = 1) -> dict[str, dict[str, Any]]:
    """Error by ITA bin with its bootstrap error, and the gap between the best and the worst bin.

    `gap` is worst less best over the mean of all, in percent; `gap_by_chance` is the same with the
    tones dealt out at random, mean of many times: even a perfectly fair model shows that much.
    """
    random = np.random.default_rng(seed)
    bins = np.array([[low <= t < high for t in patches.tone] for _, low, high in TONES])
    rows = [np.flatnonzero(inside) for inside in bins if inside.any()]
    names = [name for (name, _, _), inside in zip(TONES, bins, strict=True) if inside.any()]
    error = 100 * np.abs(patches.amount - patches.truth)
    constant = 100 * np.abs(median - patches.truth)
    means = np.stack([error[row].mean(0) for row in rows])
    drawn = np.stack([_redrawn(error[row], random) for row in rows])  # (bins, DRAWS, 7)
    by_chance = np.stack([_dealt(error, [len(r) for r in rows], random) for _ in range(200)])
    whole = error.mean(0)
    gap = 100 * np.ptp(means, axis=0) / whole
    gaps = 100 * np.ptp(drawn, axis=0) / whole
    found = {}
    for i, m in enumerate(MAPPED):
        found[m.value] = {
            "mae": _named(names, means[:, i]),
            "standard_error": _named(names, drawn[:, :, i].std(1)),
            "constant_mae": _named(names, [constant[row, i].mean() for row in rows]),
            "spearman": _named(
                names, [spearman(patches.amount[r, i], patches.truth[r, i]) for r in rows], 3
            ),
            "phantoms": {name: len(row) for name, row in zip(names, rows, strict=True)},
            "gap": round(float(gap[i]), 1),
            # reflected: redrawn bins spread more, so that redrawn gaps are too wide
            "gap_low": round(max(0.0, float(2 * gap[i] - np.quantile(gaps[:, i], 0.975))), 1),
            "gap_high": round(float(2 * gap[i] - np.quantile(gaps[:, i], 0.025)), 1),
            "gap_by_chance": round(100 * float(by_chance[:, i].mean() / whole[i]), 1),
        }
    return found


def mended(fitting: Patches, test: Patches) -> dict[str, dict[str, Any]]:
    """What a correction of the scores could do about errors that differ by tone: a bound.

    An oracle that knows the true tone replaces every score by the usual truth for it in that tone
    (never falling as the score rises). What is left of the gap is signal that the pictures lack.
    """
    bins, of_fitting = (np.array([tone_of(float(t)) for t in s.tone]) for s in (test, fitting))
    names = [name for name, _, _ in TONES if (bins == name).any() and (of_fitting == name).any()]
    found = {}
    for i, m in enumerate(MAPPED):
        error = 100 * np.abs(test.amount[:, i] - test.truth[:, i])
        left = error.copy()
        for name in names:
            here, known = bins == name, of_fitting == name
            usual = _usual(fitting.amount[known, i], fitting.truth[known, i], test.amount[here, i])
            left[here] = 100 * np.abs(usual - test.truth[here, i])
        as_is, then = ([e[bins == name].mean() for name in names] for e in (error, left))
        found[m.value] = {
            "mae": round(float(error.mean()), 2),
            "gap": round(100 * float(np.ptp(as_is) / error.mean()), 1),
            "bias": _named(
                names,
                [100 * (test.amount - test.truth)[bins == name, i].mean() for name in names],
            ),
            "mae_mended": round(float(left.mean()), 2),
            "gap_mended": round(100 * float(np.ptp(then) / left.mean()), 1),
        }
    return found


def counted(tone: Floats) -> dict[str, int]:
    """How many are of each tone."""
    names = [tone_of(float(angle)) for angle in tone]
    return {name: names.count(name) for name, _, _ in TONES if name in names}


def _usual(score: Floats, truth: Floats, asked: Floats) -> Floats:
    """Median truth of scores like the asked ones; needs no shape but that it never falls."""
    order = np.array_split(np.argsort(score), max(2, min(60, len(score) // 40)))
    at = [float(np.median(score[rows])) for rows in order if len(rows)]
    usual = [float(np.median(truth[rows])) for rows in order if len(rows)]
    return np.asarray(np.interp(asked, at, isotonic_regression(usual).x), np.float32)


def tone_only(found: Tones, seed: int = 1) -> dict[str, dict[str, float]]:
    """What pigment alone does to each score: rank correlations with ITA over all pictures.

    `score` is the network's answer, `truth` what can be seen in the picture (pale skin shows a
    gloss less than dark skin does), `error` the difference of the two.
    """
    angles = np.broadcast_to(np.array(ANGLES), found.amount.shape[:2])
    rows = {"score": found.amount, "truth": found.truth, "error": found.amount - found.truth}
    by_metric: dict[str, dict[str, float]] = {}
    for i, m in enumerate(MAPPED):
        of = by_metric[m.value] = {}
        for name, row in rows.items():
            of[name] = round(spearman(row[..., i].ravel(), angles.ravel()), 4)
        of["score_low"], of["score_high"] = _interval(found.amount[..., i], angles, seed)
        of["shift_dark_to_light"] = round(
            100 * float((found.amount[:, -1, i] - found.amount[:, 0, i]).mean()), 2
        )
    return by_metric


def _interval(score: Floats, angles: npt.NDArray[np.float64], seed: int) -> tuple[float, float]:
    """95 % of the rank correlation when pieces of skin are drawn anew."""
    random = np.random.default_rng(seed)
    draws = [random.integers(0, len(score), len(score)) for _ in range(200)]
    drawn = [spearman(score[rows].ravel(), angles[rows].ravel()) for rows in draws]
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return round(float(low), 3), round(float(high), 3)


def _redrawn(error: Floats, random: np.random.Generator) -> Floats:
    draws = [error[random.integers(0, len(error), len(error))].mean(0) for _ in range(DRAWS)]
    return np.stack(draws)


def _dealt(error: Floats, sizes: list[int], random: np.random.Generator) -> Floats:
    dealt = np.split(random.permutation(error), np.cumsum(sizes)[:-1])
    return np.asarray(np.ptp([part.mean(0) for part in dealt], axis=0), np.float32)


def _named(names: list[str], values: Any, digits: int = 2) -> dict[str, float]:
    return {name: round(float(v), digits) for name, v in zip(names, values, strict=True)}
