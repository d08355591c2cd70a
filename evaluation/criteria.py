"""What was asked of the model, each goal with its figure and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.metrics import FACTS, Metric
from models.scorer import MAPPED

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Criterion:
    name: str
    goal: str
    figure: str  # the worst case, in words and numbers
    met: bool | None  # None: could not be measured here


def criteria(evaluation: Figures) -> list[dict[str, Any]]:
    found = [*_of_phantoms(evaluation["phantoms"])]
    if "faces" in evaluation:
        found += _of_faces(evaluation["faces"], evaluation["calibration"]["sdc"])
    return [asdict(criterion) for criterion in found]


def _of_phantoms(of: Figures) -> Iterator[Criterion]:
    for kind, words in (
        ("region", "of a region"),
        ("face", "of a face"),
        ("three_shots", "of three shots of a check"),
        ("difference", "of the difference between two checks"),
    ):
        yield _between(
            f"90 % intervals {words} hold the truth", of["coverage"][kind], 0.85, 0.95, kind
        )
        if kind == "region":
            yield _of_every_tone(of["coverage_by_tone"])
    gaps = {m: row["gap"] for m, row in of["by_tone"].items()}
    worst = max(gaps, key=lambda m: gaps[m])
    chance = of["by_tone"][worst]["gap_by_chance"]
    yield Criterion(
        "Error alike in every skin tone",
        "gap between best and worst ITA bin at most 10 % of the error, every metric",
        f"{_name(worst)} {gaps[worst]:.0f} % ({chance:.0f} % by chance alone); met by "
        f"{_few([m for m, gap in gaps.items() if gap <= 10])}",
        max(gaps.values()) <= 10,
    )
    ranks = {m: abs(row["score"]) for m, row in of["tone_only"].items()}
    worst = max(ranks, key=lambda m: ranks[m])
    yield Criterion(
        "Pigment alone does not move scores (phantoms)",
        "rank correlation of each score with ITA within ±0.1 when only tone changes",
        f"{_name(worst)} {ranks[worst]:.2f}; met by "
        f"{_few([m for m, rank in ranks.items() if rank < 0.1])}",
        max(ranks.values()) < 0.1,
    )


def _of_faces(of: Figures, sdc: Mapping[str, float]) -> Iterator[Criterion]:
    own = of["directions"]["own"]
    rising = {m: row["rises"] or 0.0 for m, row in own.items()}
    worst = min(rising, key=lambda m: rising[m])
    yield Criterion(
        "A sign added to real faces raises its own metric",
        "on every face, every sign",
        f"on {100 * rising[worst]:.0f} % of faces or more ({_name(worst)} the least)",
        min(rising.values()) >= 1.0,
    )
    # a sign that does not raise its own metric moves the others by more, whatever they do
    others = {m: np.inf if row["others"] is None else row["others"] for m, row in own.items()}
    worst = max(others, key=lambda m: others[m])
    yield Criterion(
        "… and moves the others by less than a third as much",
        "mean change of any other below 0.33 of its own",
        f"{_name(worst)} {others[worst]:.2f}; met by "
        f"{_few([m for m, share in others.items() if share < 1 / 3])}",
        max(others.values()) < 1 / 3,
    )
    change = of["directions"]["mean_change"]
    for metric in (Metric.PORES, Metric.FINE_LINES):
        row = of["directions"]["smoothing_filter"][metric.value]
        yield Criterion(
            f"A smoothing filter lowers {FACTS[metric].name.lower()}",
            "on at least 95 % of faces, were the score not withheld",
            f"{row['change']:+.1f} points on average, lowered on {100 * row['lowered']:.0f} %; "
            f"withheld on {100 * row['withheld']:.0f} %",
            row["lowered"] >= 0.95,
        )
    glint = change["glints"].get("pores")
    yield Criterion(
        "Glints do not raise pores",
        "mean change below a third of the smallest detectable change",
        "not shown" if glint is None else f"{glint:+.1f} of {sdc['pores']:.1f} points",
        None if glint is None else glint < sdc["pores"] / 3,
    )
    dry = change["shine 1.0"].get("hydration")
    yield Criterion(
        "Gloss does not lower dryness",
        "mean change above minus a third of the smallest detectable change",
        "not shown" if dry is None else f"{dry:+.1f} of {sdc['hydration']:.1f} points",
        None if dry is None else dry > -sdc["hydration"] / 3,
    )
    yield _unmoved(of["steadiness"])
    gate = of["gate"]["same_faces"]
    yield Criterion(
        "The gate refuses no tone more than another",
        "the same faces in every tone: gap at most 3 points, in every light",
        f"{gate['gap_as_it_is']:.0f} points as photographed, {gate['largest_gap']:.0f} at worst ("
        + max(gate["by_condition"], key=lambda c: gate["by_condition"][c]["gap"])
        + ")",
        gate["largest_gap"] <= 3,
    )
    ranks = {m: abs(row["spearman"]) for m, row in of["gate"]["scores_by_tone"].items()}
    worst = max(ranks, key=lambda m: ranks[m])
    yield Criterion(
        "Pigment alone does not move scores (real faces with other melanin)",
        "rank correlation of each score with ITA within ±0.1",
        f"{_name(worst)} {ranks[worst]:.2f}; met by "
        f"{_few([m for m, rank in ranks.items() if rank < 0.1])}",
        max(ranks.values()) < 0.1,
    )


def _of_every_tone(of: Mapping[str, Mapping[str, float]]) -> Criterion:
    cells = {(m, tone): share for m, row in of.items() for tone, share in row.items()}
    (m, tone), (n, other) = min(cells, key=cells.__getitem__), max(cells, key=cells.__getitem__)
    return Criterion(
        "… in every skin tone",
        "85–95 % of held-out phantoms' regions, every metric in every ITA bin",
        f"{100 * cells[m, tone]:.0f} % ({_name(m)}, {tone}) to "
        f"{100 * cells[n, other]:.0f} % ({_name(n)}, {other})",
        min(cells.values()) >= 0.85 and max(cells.values()) <= 0.95,
    )


def _unmoved(steady: Figures) -> Criterion:
    """Judged by the worst metric under the worst variation: a mean hides both."""
    cells = {
        (m, variation): share
        for variation, row in steady["by_variation"].items()
        for m, share in row.items()
        if share is not None
    }
    m, variation = min(cells, key=cells.__getitem__)
    missed = sum(share < 0.95 for share in cells.values())
    return Criterion(
        "Exposure, white balance, JPEG, scale, rotation and mirror move no score",
        "at least 95 % of scores move by less than their smallest detectable change, every metric "
        "under every variation",
        f"{100 * cells[m, variation]:.0f} % ({_name(m)}, {variation}); missed by {missed} of "
        f"{len(cells)}; {100 * steady['share']:.1f} % of all",
        cells[m, variation] >= 0.95,
    )


def _between(name: str, of: Mapping[str, float], low: float, high: float, _: str) -> Criterion:
    least, most = min(of, key=lambda m: of[m]), max(of, key=lambda m: of[m])
    return Criterion(
        name,
        f"{100 * low:.0f}–{100 * high:.0f} % of held-out phantoms, every metric",
        f"{100 * of[least]:.0f} % ({_name(least)}) to {100 * of[most]:.0f} % ({_name(most)})",
        low <= of[least] and of[most] <= high,
    )


def _name(metric: str) -> str:
    return "dryness signs" if metric == Metric.HYDRATION else FACTS[Metric(metric)].name.lower()


def _few(metrics: list[str]) -> str:
    if len(metrics) == len(MAPPED):
        return "all"
    return ", ".join(_name(m) for m in metrics) or "none"
