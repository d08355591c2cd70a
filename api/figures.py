"""The web process's figures for Prometheus. No label names or tells apart people."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()

_REQUESTS = Counter(
    "skincare_api_requests",
    "Requests to the API that were answered.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
_SECONDS = Histogram(
    "skincare_api_request_seconds",
    "Seconds until a request to the API was answered.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer. `status` is 0 when the connection broke before one."""
    _REQUESTS.labels(method, route, str(status)).inc()
    _SECONDS.labels(method, route).observe(seconds)
