"""Trials of simulated people with known effects: does the verdict keep what it promises?

    python -m bench.trials

writes bench/trials.json: coverage of the 90 % interval, false alarms by the number of metrics, and
power by the size of the effect, for noise that is white, correlated, or goes with a drift.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.trials.model import THRESHOLDS, Estimate, Measured, estimate, ramp

SEED = 20261123
PEOPLE = 400  # a scenario
EFFECTS = (0.0, 4.0, 8.0, 12.0, 16.0)  # points


@dataclass(frozen=True)
class World:
    """How the simulated people are; the analysis does not know it."""

    name: str
    effect: float = 0.0  # points
    rho: float = 4.0  # weeks until it is complete
    sd: float = 3.0  # of the measurement, points
    own: float = 2.0  # SD of the person's own ups and downs, points
    kept: float = 0.0  # correlation of those from one week to the next
    drift: float = 0.0  # points a week
    before: int = 4  # checks
    weeks: int = 10  # after; a check a week, one in six left out


WORLDS = (
    World("white noise"),
    World("white noise, three checks before, eight weeks", before=3, weeks=8),
    World("noise that stays for weeks", kept=0.6),
    World("large noise that stays for weeks", own=4.0, kept=0.7),
    World("a drift of 0.15 points a week", drift=0.15),
    World("a drift of 0.3 points a week, beyond what is expected", drift=0.3),
    World("an effect at once", rho=0.0),
    World("an effect that takes eight weeks", rho=8.0),
)


def person(world: World, random: np.random.Generator) -> list[Measured]:
    weeks = np.arange(-world.before, world.weeks + 1, dtype=float)
    weeks += random.uniform(-0.25, 0.25, weeks.size) + 0.5
    present = (random.random(weeks.size) > 1 / 6) | (weeks < 0)  # the baseline is complete
    own = np.zeros(weeks.size)
    state = random.normal(0, world.own)
    for number in range(weeks.size):
        own[number] = state
        state = world.kept * state + random.normal(0, world.own * np.sqrt(1 - world.kept**2))
    values = (
        random.uniform(35, 65)
        + world.drift * random.choice([-1, 1]) * weeks
        + world.effect * ramp(weeks, world.rho)
        + own
        + random.normal(0, world.sd, weeks.size)
    )
    return [
        Measured(float(week), float(np.clip(value, 0, 100)), world.sd)
        for week, value, there in zip(weeks, values, present, strict=True)
        if there
    ]


def simulated(world: World, people: int, seed: int = SEED) -> list[Estimate]:
    random = np.random.default_rng([seed, *world.name.encode(), round(world.effect * 10)])
    return [estimate(person(world, random)) for _ in range(people)]


def coverage(found: Sequence[Estimate], effect: float) -> float:
    return float(np.mean([each.low <= effect <= each.high for each in found]))


def false_alarms(found: Sequence[Estimate], metrics: int) -> float:
    """Share of trials without effect that call anything real; metrics are independent: the worst.

    Every metric of a trial is another simulated person.
    """
    alarm = np.array([each.probability >= THRESHOLDS[metrics] for each in found])
    trials = alarm[: len(alarm) // metrics * metrics].reshape(-1, metrics)
    return float(trials.any(axis=1).mean())


def power(found: Sequence[Estimate], metrics: int) -> float:
    """Share in which a rise that is there is called real, and a rise."""
    return float(np.mean([e.probability >= THRESHOLDS[metrics] and e.effect > 0 for e in found]))


def measured(people: int = PEOPLE) -> dict[str, Any]:
    rows = []
    for world in WORLDS:
        for effect in EFFECTS:
            size = people * (4 if effect == 0 else 1)
            found = simulated(replace(world, effect=effect), size)
            row: dict[str, Any] = {
                "world": asdict(replace(world, effect=effect)),
                "people": size,
                "coverage_of_90_percent_interval": round(coverage(found, effect), 3),
                "mean_width_of_interval": round(float(np.mean([e.high - e.low for e in found])), 1),
            }
            if effect == 0:
                row["false_alarms_by_metrics"] = {
                    str(k): round(false_alarms(found, k), 3) for k in THRESHOLDS
                }
                row["probability_quantiles"] = {
                    str(q): round(float(np.quantile([e.probability for e in found], q)), 3)
                    for q in (0.5, 0.9, 0.95, 0.974, 0.99)
                }
            else:
                row["power_by_metrics"] = {str(k): round(power(found, k), 3) for k in (1, 4)}
            rows.append(row)
    return {"seed": SEED, "thresholds": {str(k): v for k, v in THRESHOLDS.items()}, "rows": rows}


def main() -> None:
    begun = time.perf_counter()
    found = measured()
    one = [person(WORLDS[0], np.random.default_rng(n)) for n in range(50)]
    start = time.perf_counter()
    for checks in one:
        estimate(checks)
    found["ms_for_one_metric"] = round((time.perf_counter() - start) / len(one) * 1000, 1)
    found["seconds"] = round(time.perf_counter() - begun)
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(found, indent=1) + "\n")
    for row in found["rows"]:
        print(
            row["world"]["name"],
            row["world"]["effect"],
            row["coverage_of_90_percent_interval"],
            row.get("false_alarms_by_metrics") or row.get("power_by_metrics"),
        )


if __name__ == "__main__":
    main()
