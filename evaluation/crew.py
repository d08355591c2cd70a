"""Processes that hold the models and work through a list of jobs."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tqdm import tqdm

from models.landmarks import FaceNetworks
from models.manifest import Manifest
from models.scorer import Scorer
from pipeline.examine import Examiner

Job = TypeVar("Job")
Answer = TypeVar("Answer")


class AtAnyWidth(Scorer):
    """The weights as they are, asked without what an evaluation is to find.

    That is the least width of a face, and how much wider intervals are on light or dark skin.
    """

    def __init__(self, weights: Path) -> None:
        super().__init__(weights, threads=1)
        self.manifest: Manifest = self.manifest.model_copy(
            update={"least_face_width": {}, "interval_by_tone": {}}
        )
        self._by_tone[:] = 0


@dataclass(frozen=True)
class Tools:
    """What each process has: the network alone, and the whole pipeline around it."""

    scorer: Scorer
    examiner: Examiner
    networks: FaceNetworks

    @classmethod
    def load(cls, weights: Path, *, as_in_service: bool) -> Tools:
        scorer = Scorer(weights, threads=1) if as_in_service else AtAnyWidth(weights)
        return cls(scorer, Examiner(threads=1, scorer=scorer), FaceNetworks(threads=1))


class Crew:
    """`crew(work, jobs)` gives `work(tools, job)` of every job, in order.

    With one process everything is done in this one, as tests like it.
    """

    def __init__(self, weights: Path, processes: int, *, as_in_service: bool = False) -> None:
        """Raises Unavailable when the weights are missing or damaged."""
        self._tools = Tools.load(weights, as_in_service=as_in_service)
        self.version: str = self._tools.scorer.version
        self.manifest: Manifest = self._tools.scorer.manifest
        self._pool = (
            ProcessPoolExecutor(
                processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_load,
                initargs=(weights, as_in_service),
            )
            if processes > 1
            else None
        )

    def __call__(
        self, work: Callable[[Tools, Job], Answer], jobs: Sequence[Job], what: str
    ) -> list[Answer]:
        if self._pool is None:
            answers = (work(self._tools, job) for job in jobs)
        else:
            answers = (f.result() for f in [self._pool.submit(_work, work, job) for job in jobs])
        return list(tqdm(answers, what, len(jobs), file=sys.stderr, leave=False, disable=None))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


_tools: Tools | None = None


def _load(weights: Path, as_in_service: bool) -> None:
    global _tools
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    _tools = Tools.load(weights, as_in_service=as_in_service)


def _end_with(parent: int) -> None:
    """End when the process that gives out the jobs does, also when that was killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _work(work: Callable[[Tools, Job], Answer], job: Job) -> Answer:
    assert _tools is not None, "the process was started without models"  # noqa: S101
    return work(_tools, job)
