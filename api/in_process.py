"""Moving windows in the memory of this process, for `limits`."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque

from limits.storage import MemoryStorage

_MOST_KEYS = 50_000  # whoever was not heard of for longest is forgotten first


class InProcess(MemoryStorage):
    """The library's own, for moving windows alone.

    The library's starts a thread at nearly every hit to clear up behind it and waits for that to
    begin, which held the event loop for milliseconds; here each hit clears up a little. Time is
    monotonic: a clock that is set back locks nobody out.
    """

    STORAGE_SCHEME: list[str] = []  # noqa: RUF012 # not to be had by address

    def __init__(self) -> None:
        super().__init__()
        self._hits: OrderedDict[str, deque[float]] = OrderedDict()  # least recently used first
        self._lock = threading.Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` hits for the key in the last `expiry` seconds; False: there is no room."""
        now = time.monotonic()
        with self._lock:
            hits = self._within(key, now - expiry)
            if len(hits) + amount > limit:
                return False
            hits.extend([now] * amount)
            self._hits[key] = hits
            self._hits.move_to_end(key)
            self._forget(now - expiry)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest hit that counts was, in seconds since 1970, and how many count."""
        now = time.monotonic()
        with self._lock:
            hits = self._within(key, now - expiry)
            oldest = hits[0] if hits else now
            return time.time() - (now - oldest), len(hits)

    def _within(self, key: str, since: float) -> deque[float]:
        hits = self._hits.get(key) or deque()
        while hits and hits[0] <= since:
            hits.popleft()
        return hits

    def _forget(self, since: float) -> None:
        """The first two in line, if they are over; and the first of too many."""
        for _ in range(2):
            key, hits = next(iter(self._hits.items()))
            if hits and hits[-1] > since and len(self._hits) <= _MOST_KEYS:
                return
            del self._hits[key]
