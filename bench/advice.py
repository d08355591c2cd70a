"""What advice for one analysis costs: milliseconds of generated people and scores.

From scores and answers to the JSON that is kept.

    .venv/bin/python -m bench.advice [--people 2000]

Writes advice.json beside this file. Processor time as well as time on the clock, since machines
are shared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from pipeline.advice.engine import advise
from pipeline.advice.knowledge import FOLDER, load
from pipeline.advice.outcome import as_json
from tests.pipeline.advice import people


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    many = parser.parse_args(arguments).people
    load_before = os.getloadavg()[0]
    chance = random.Random(1)
    drawn = [(*people.scores(chance), people.person(chance)) for _ in range(many)]
    started = time.perf_counter()
    load(FOLDER)
    loading = time.perf_counter() - started
    as_json(advise(*drawn[0]))  # the first one turns the knowledge into its look-ups
    clock, processor = [], []
    for face, regions, person in drawn:
        before = time.perf_counter(), time.process_time()
        as_json(advise(face, regions, person))  # as it is kept with the check
        clock.append((time.perf_counter() - before[0]) * 1000)
        processor.append((time.process_time() - before[1]) * 1000)
    figures = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "load_before": round(load_before, 1),
        "people": many,
        "ms_to_read_the_knowledge_once": round(loading * 1000, 1),
        "ms_on_the_clock": _spread(clock),
        "ms_of_processor": _spread(processor),
    }
    text = json.dumps(figures, indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n")
    print(text)


def _spread(ms: list[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(ms, [50, 95, 99])
    return {name: round(float(v), 3) for name, v in (("p50", p50), ("p95", p95), ("p99", p99))}


if __name__ == "__main__":
    main(sys.argv[1:])
