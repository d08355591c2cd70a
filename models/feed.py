"""Batches ahead of the training, in a thread: OpenCV and NumPy let go of the interpreter.

Which samples make a batch follows from the seed and the step alone: shards are taken in at fixed
steps, and when one is late the training waits for it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from pathlib import Path

import numpy as np

from models.batches import Batch, assemble
from models.samples import PHANTOMS, Producer, Shard, load

PAIRS = 16  # samples of a batch; each comes in two pictures
KEPT = 160  # shards in memory, about 13 MB each
USES = 5.0  # how often a sample is seen before a new one takes its place
FIRST = 6  # shards before the first step


def shards_before(step: int) -> int:
    """How many shards the batches from `step` on are drawn from."""
    return FIRST + int(step * PAIRS / USES / PHANTOMS)


class Feed:
    def __init__(
        self, folder: Path, seed: int, start: int, backdrops: Path | None, processes: int
    ) -> None:
        self._folder, self._seed = folder, seed
        self._producers = Producer(folder, seed, backdrops, processes)
        self._step = start
        self._queue: queue.Queue[Batch | BaseException] = queue.Queue(4)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._fill()
        except BaseException as error:
            self._put(error)

    def _fill(self) -> None:
        shards: deque[Shard] = deque(maxlen=KEPT)
        number = max(0, shards_before(self._step) - KEPT)
        while not self._stopping.is_set():
            wanted = shards_before(self._step)
            self._producers.want(wanted + 2)
            while number < wanted and (shard := load(self._folder, self._seed, number)):
                shards.append(shard)
                number += 1
            if number < wanted:
                self._producers.check()
                time.sleep(0.1)
                continue
            random = np.random.default_rng((self._seed, self._step))
            chosen = [
                (shards[int(random.integers(len(shards)))], int(random.integers(PHANTOMS)))
                for _ in range(PAIRS)
            ]
            self._put(assemble(chosen, random))
            self._step += 1

    def _put(self, batch: Batch | BaseException) -> None:
        while not self._stopping.is_set():
            try:
                self._queue.put(batch, timeout=0.5)
                return
            except queue.Full:
                continue

    def next(self) -> Batch:
        batch = self._queue.get()
        if isinstance(batch, BaseException):
            raise batch
        return batch

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._producers.stop()
