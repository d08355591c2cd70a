"""Counting in a moving window: in this process, or together with others in a Redis.

While Redis is away each process counts for itself, at once: no request waits for it longer than a
quarter of a second, and after one failure nobody asks it again for a few seconds.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence

import structlog
from limits import RateLimitItem
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from api.in_process import InProcess

log = structlog.get_logger(__name__)

_ANSWERS_WITHIN = 0.25  # seconds
_LEFT_ALONE = (1.0, 30.0)  # seconds after a failure: first, and at most; doubles

Counted = tuple[RateLimitItem, str, str]  # limit, kind, whose


class Rates:
    """`redis_url` None: in this process only."""

    def __init__(self, redis_url: str | None) -> None:
        self._own = MovingWindowRateLimiter(InProcess())
        self._together = _over_redis(redis_url) if redis_url else None
        self._lock = threading.Lock()
        self._left_alone_until = 0.0  # monotonic seconds
        self._wait = _LEFT_ALONE[0]

    @property
    def shared(self) -> bool:
        """Whether counting may wait for another machine."""
        return self._together is not None

    def hit(self, counted: Sequence[Counted]) -> float | None:
        """Count one request for each; None, or the seconds after which there is room again.

        The first that is full ends it: what comes after it is not counted.
        """
        together = self._together
        if together is not None and time.monotonic() >= self._left_alone_until:
            try:
                wait = _hit(together, counted)
            except (RedisError, OSError) as error:
                self._leave_alone(error)
            else:
                self._wait = _LEFT_ALONE[0]
                return wait
        return _hit(self._own, counted)

    def _leave_alone(self, error: Exception) -> None:
        with self._lock:
            now = time.monotonic()
            if now < self._left_alone_until:
                return  # somebody else has just found out
            self._left_alone_until = now + self._wait
            log.warning("redis_away", error=type(error).__name__, again_in=self._wait)
            self._wait = min(2 * self._wait, _LEFT_ALONE[1])


def _hit(limiter: MovingWindowRateLimiter, counted: Sequence[Counted]) -> float | None:
    for limit, kind, whose in counted:
        if not limiter.hit(limit, kind, whose):
            free_at = limiter.get_window_stats(limit, kind, whose).reset_time
            return max(1.0, math.ceil(free_at - time.time()))
    return None


def _over_redis(url: str) -> MovingWindowRateLimiter:
    storage = RedisStorage(
        url,
        key_prefix="skincare",
        socket_connect_timeout=_ANSWERS_WITHIN,
        socket_timeout=_ANSWERS_WITHIN,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type] # passed on to redis-py
    )
    return MovingWindowRateLimiter(storage)
