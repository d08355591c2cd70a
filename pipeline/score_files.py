"""`run.py score`: scores of photos on disk, by the same pipeline, without database or web.

A record (a line of JSONL) has: `file`; `status` scored, rejected or error, with `reasons`;
`metrics` and `regions`: value with low and high (90 % interval) in 0–100, `evidence`, or
`abstained_because`; `counts` of marks; `quality` as of core.examination.Quality (null: not known);
`ita` in degrees; `model_version`; `ms` of each stage. CSV has the same as `redness.value`,
`nose.redness.value`, `spots.count`, `quality.smile`, `ms.network`, …; nothing where a metric
abstains.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import math
import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from tqdm import tqdm

from core.errors import PhotoRejected, SkincareError
from core.examination import Examination, Quality, Score
from core.metrics import FACTS, Evidence, Metric, Region
from pipeline import overlay, photo
from pipeline.examine import Examiner

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".mpo", ".png", ".webp", ".heic", ".heif"})
_MOST_BYTES = 200 << 20
_STAGES = (
    "opening", "face", "alignment", "skin", "quality", "regions", "network", "veils",
    "scores", "maps",
)  # fmt: skip
_SCORE_COLUMNS = ("value", "low", "high", "abstained_because")

Record = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A file to score."""

    path: Path
    name: str  # unlike any other job's: where its maps go


def main(arguments: list[str]) -> int:
    """The command line. 0 when every file was handled, be it as an error; 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="run.py score", description="Score photos of faces, without database or web."
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PHOTO_OR_FOLDER")
    parser.add_argument("--out", type=Path, required=True, help="FILE.jsonl or FILE.csv")
    parser.add_argument("--maps", type=Path, help="folder for pictures of where scores come from")
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    options = parser.parse_args(arguments)
    if options.out.suffix not in (".jsonl", ".csv"):
        parser.error("--out ends in .jsonl or .csv")
    if options.workers < 1:
        parser.error("--workers is at least 1")
    try:
        jobs = list_photos(options.paths)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with options.out.open("w", encoding="utf-8", newline="") as file:
            write = _csv_writer(file) if options.out.suffix == ".csv" else _json_writer(file)
            records = _scored(jobs, options.maps, options.workers)
            for record in tqdm(records, total=len(jobs), unit="photo", file=sys.stderr):
                write(record)
                file.flush()
    except OSError as error:
        parser.error(str(error))
    except SkincareError as error:  # no model: nothing can be scored
        parser.exit(1, f"run.py score: {error}\n")
    return 0


def list_photos(paths: list[Path]) -> list[Job]:
    """The files to score: those named, and every photo below a folder, sorted."""
    jobs: list[Job] = []
    names: set[str] = set()
    for path in paths:
        files = [(path, path.name)]
        if path.is_dir():
            files = [
                (file, str(file.relative_to(path)))
                for file in sorted(path.rglob("*"))
                if file.suffix.lower() in PHOTO_SUFFIXES
                and file.is_file()
                and not file.name.startswith(".")
            ]
        for file, name in files:
            unique, count = name, 1
            while unique in names:
                count += 1
                unique = f"{name}-{count}"
            names.add(unique)
            jobs.append(Job(file, unique))
    return jobs


def _scored(jobs: list[Job], maps: Path | None, workers: int) -> Iterator[Record]:
    """A record of each job, in order."""
    if workers == 1:
        score = _PhotoScorer(threads=os.cpu_count() or 1)
        yield from (score(job, maps) for job in jobs)
        return
    Examiner(threads=1)  # says at once, in this process, if a model is missing
    waiting = deque(jobs)
    while waiting:
        try:
            with _processes(workers) as pool:
                futures = [pool.submit(_in_process, job, maps) for job in waiting]
                for future in futures:
                    yield future.result()
                    waiting.popleft()
        except BrokenProcessPool:
            # One of several photos killed its process, as when memory runs out: the first that
            # is left has a process to itself, then the others go on together.
            yield _alone(waiting.popleft(), maps)


def _alone(job: Job, maps: Path | None) -> Record:
    try:
        with _processes(1) as pool:
            return pool.submit(_in_process, job, maps).result()
    except BrokenProcessPool:
        return _record(job, "error", ["The photo stopped the scoring process. Try a smaller one."])


def _processes(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_process,
        initargs=(max(1, (os.cpu_count() or 1) // count),),
    )


class _PhotoScorer:
    """Scores files one after the other; whatever a file does, the answer is a record."""

    def __init__(self, threads: int) -> None:
        self._examiner = Examiner(threads=threads)

    def __call__(self, job: Job, maps: Path | None) -> Record:
        started = time.perf_counter()
        try:
            with job.path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
            if len(content) > _MOST_BYTES:
                return _record(job, "error", ["The file is larger than 200 MB."])
            pixels = photo.decode(content).pixels
            opening = (time.perf_counter() - started) * 1000
            examination = self._examiner.examine(pixels)
            if maps is not None:
                _write_maps(examination, maps / job.name)
        except OSError as error:
            return _record(job, "error", [f"The file cannot be read: {error.strerror}."])
        except PhotoRejected as rejected:
            return _record(job, "rejected", list(rejected.reasons))
        except SkincareError as error:
            return _record(job, "error", [str(error)])
        return _record(job, "scored", [], examination, {"opening": opening})


_of_process: _PhotoScorer | None = None


def _start_process(threads: int) -> None:
    global _of_process
    _of_process = _PhotoScorer(threads)


def _in_process(job: Job, maps: Path | None) -> Record:
    if _of_process is None:
        raise RuntimeError("the process was not started by `_start_process`")
    return _of_process(job, maps)


def _write_maps(examination: Examination, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for metric in (None, *examination.maps.heat):
        name = "face" if metric is None else metric.value
        (folder / f"{name}.jpg").write_bytes(overlay.render(examination.maps, metric))


# ------------------------------------------------------------------------------ records


def _record(
    job: Job,
    status: str,
    reasons: list[str],
    examination: Examination | None = None,
    ms: dict[str, float] | None = None,
) -> Record:
    record: Record = {"file": str(job.path), "status": status, "reasons": reasons}
    if examination is None:
        empty: Record = {"metrics": {}, "regions": {}, "counts": {}, "quality": {}, "ita": None}
        return record | empty | {"model_version": None, "ms": {}}
    return record | {
        "metrics": {m.value: _plain(m, s) for m, s in examination.scores.items()},
        "regions": {
            region.value: {m.value: _plain(m, s) for m, s in scores.items()}
            for region, scores in examination.regions.items()
        },
        "counts": {metric.value: number for metric, number in examination.counts.items()},
        "quality": {
            # JSON has no not-a-number
            key: None if math.isnan(v) else round(v, 3)
            for key, v in asdict(examination.quality).items()
        },
        "ita": None if examination.ita is None else round(examination.ita, 1),
        "model_version": examination.model_version,
        "ms": {key: round(v, 1) for key, v in ((ms or {}) | dict(examination.ms)).items()},
    }


def _plain(metric: Metric, score: Score) -> Record:
    def rounded(number: float | None) -> float | None:
        return None if number is None else round(number, 2)

    return {
        "value": rounded(score.value),
        "low": rounded(score.low),
        "high": rounded(score.high),
        "evidence": FACTS[metric].evidence.value,
        "abstained_because": score.abstained_because,
    }


def _json_writer(file: TextIO) -> Callable[[Record], object]:
    return lambda record: file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _csv_writer(file: TextIO) -> Callable[[Record], object]:
    writer = csv.DictWriter(file, _columns())
    writer.writeheader()
    return partial(_write_row, writer)


def _columns() -> list[str]:
    """Every column there can be, so that rows can be written as they come."""
    columns = ["file", "status", "reasons", "ita", "model_version"]
    columns += [f"{metric}.{column}" for metric in Metric for column in _SCORE_COLUMNS]
    columns += [f"{m}.count" for m, facts in FACTS.items() if facts.evidence is Evidence.COUNTED]
    columns += [f"quality.{name}" for name in Quality.__dataclass_fields__]
    columns += [f"ms.{stage}" for stage in _STAGES]
    return columns + [
        f"{region}.{metric}.{column}"
        for region in Region
        for metric in Metric
        if metric is not Metric.SKIN_SCORE
        for column in _SCORE_COLUMNS
    ]


def _write_row(writer: csv.DictWriter[str], record: Record) -> None:
    row = {key: record[key] for key in ("file", "status", "ita", "model_version")}
    row["reasons"] = " ".join(record["reasons"])
    for metric, score in record["metrics"].items():
        row |= {f"{metric}.{column}": score[column] for column in _SCORE_COLUMNS}
    for region, scores in record["regions"].items():
        for metric, score in scores.items():
            row |= {f"{region}.{metric}.{column}": score[column] for column in _SCORE_COLUMNS}
    row |= {f"{metric}.count": number for metric, number in record["counts"].items()}
    for part in ("quality", "ms"):
        row |= {f"{part}.{key}": value for key, value in record[part].items()}
    writer.writerow({key: _no_formula(value) for key, value in row.items()})


def _no_formula(value: Any) -> Any:
    """A text that a spreadsheet would run, made plain: file names are anybody's."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
