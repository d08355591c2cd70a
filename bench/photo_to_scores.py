"""From a kept 12-megapixel photo to scores and maps: `python -m bench.photo_to_scores [PHOTO]`.

PHOTO is a sharp portrait (by default one of ../shared/faces/canada, CC BY 4.0, not part of the
project). It is enlarged to 3000 × 4000, given a sensor's noise, saved as a phone would, taken in as
an upload, and scored again and again in a warm process as a worker does: from the JPEG that is
kept (after its decryption) to scores and packed maps. Writes bench/photo_to_scores.json.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import platform
import sys
import time
from collections import defaultdict
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from core.settings import ROOT
from pipeline import photo, sandbox
from pipeline.examine import Examiner
from pipeline.overlay import pack_maps

PORTRAIT = ROOT.parent / "shared" / "faces" / "canada" / "images" / "008f.jpg"
SIZE = (3000, 4000)
PHOTOS, WARM_UP = 50, 5
PHOTOS_EACH = 25  # in the runs with one and two processes
CORES = os.cpu_count() or 1


def phone_photo(portrait: Path) -> bytes:
    """The portrait as a 12-megapixel JPEG."""
    with Image.open(portrait) as image:
        large = image.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    noise = np.random.default_rng(0).normal(0, 3, (SIZE[1], SIZE[0], 3))
    pixels = np.clip(np.asarray(large) + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90, subsampling=2)
    return file.getvalue()


def by_stage(content: bytes) -> dict[str, Any]:
    """Milliseconds of each stage and of the whole, median and 95th percentile."""
    examiner = Examiner(threads=CORES)
    times: defaultdict[str, list[float]] = defaultdict(list)
    kept = photo.accept(content).jpeg
    for number in range(WARM_UP + PHOTOS):
        started = time.perf_counter()
        examination = examiner.examine_kept(kept)
        examined = time.perf_counter()
        pack_maps(examination.maps)
        ended = time.perf_counter()
        if number >= WARM_UP:
            for stage, ms in examination.ms.items():
                times[stage].append(ms)
            times["packing maps"].append((ended - examined) * 1000)
            times["all"].append((ended - started) * 1000)
    for _ in range(PHOTOS // 5):
        started = time.perf_counter()
        photo.accept(content)
        times["(web) accepting: decode, clean, encode"].append(
            (time.perf_counter() - started) * 1000
        )
    process = psutil.Process()
    children = sum(child.memory_info().rss for child in process.children(recursive=True))
    return {
        "model": examiner.model_version,
        "face_width": round(examination.quality.face_width),
        "ms": {stage: _percentiles(values) for stage, values in times.items()},
        "memory_mb": {
            "scoring process": process.memory_info().rss >> 20,
            "its sandbox, waiting": children >> 20,
        },
    }


def photos_a_second(content: bytes, processes: int) -> float:
    """Photos scored a second by so many warm processes that share the cores."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(processes + 1)
    workers = [
        spawn.Process(target=_score_many, args=(content, max(1, CORES // processes), barrier))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    started = time.perf_counter()
    barrier.wait()
    elapsed = time.perf_counter() - started
    for worker in workers:
        worker.join()
    return processes * PHOTOS_EACH / elapsed


def _score_many(content: bytes, threads: int, barrier: Barrier) -> None:
    examiner = Examiner(threads=threads)
    kept = photo.accept(content).jpeg
    for number in range(WARM_UP + PHOTOS_EACH):
        if number == WARM_UP:
            barrier.wait()
        pack_maps(examiner.examine_kept(kept).maps)
    barrier.wait()


def _percentiles(values: list[float]) -> dict[str, float]:
    return {
        "p50": round(float(np.quantile(values, 0.5)), 1),
        "p95": round(float(np.quantile(values, 0.95)), 1),
    }


def main() -> None:
    portrait = Path(sys.argv[1]) if len(sys.argv) > 1 else PORTRAIT
    if not portrait.exists():
        sys.exit(f"{portrait} is not there: name a sharp portrait of one face.")
    content = phone_photo(portrait)
    load = os.getloadavg()[0]
    figures: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}",
        "load_before": round(load, 2),
        "photo": {"pixels": list(SIZE), "bytes": len(content)},
        **by_stage(content),
        "photos_a_second": {
            f"{count} process{'es' if count > 1 else ''}": round(photos_a_second(content, count), 2)
            for count in (1, 2)
        },
    }
    sandbox.stop()
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(target.read_text("utf-8"))


if __name__ == "__main__":
    main()
