"""The web process's figures for Prometheus. No label names or tells apart people."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from core.analyses import Status
from core.errors import Unavailable
from data import load, mail, queue
from data.database import read
from pipeline import health
from pipeline.jobs import DEAD_AFTER_SECONDS, HOUSEKEEPING, PHOTOS

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, processor time, open files

QUEUES = (PHOTOS, HOUSEKEEPING)  # said even when they are empty

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
_REFUSED = Counter(
    "skincare_refused_full",
    "Pages, websockets and API requests that were refused because this process was full.",
    ("kind",),
    registry=REGISTRY,
)
for _kind in ("api", "page", "websocket"):
    _REFUSED.labels(_kind)  # 0 from the start: a rate needs a beginning
_LATE = Gauge(
    "skincare_event_loop_late_seconds",
    "How far this process is behind; from 0.5 on it refuses what is new.",
    registry=REGISTRY,
)


def refused(kind: str) -> None:
    """Count what was not let in."""
    _REFUSED.labels(kind).inc()


def event_loop_is_late(seconds: float) -> None:
    _LATE.set(seconds)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer. `status` is 0 when the connection broke before one."""
    _REQUESTS.labels(method, route, str(status)).inc()
    _SECONDS.labels(method, route).observe(seconds)


def exposition() -> bytes:
    """All figures in Prometheus' text format; those of the database as they are now."""
    return generate_latest(REGISTRY) + generate_latest(_of_now())


def _of_now() -> CollectorRegistry:
    now = CollectorRegistry()
    up = Gauge("skincare_database_up", "1 while the database answers.", registry=now)
    model = Gauge("skincare_model_present", "1 while the model's weights are there.", registry=now)
    model.set(health.has_model())
    try:
        with read() as session:
            backlogs = load.backlogs(session)
            live = load.live_sessions(session)
            mails = mail.figures(session)
            checks = load.checks_of_last_hour(session)
            retrying = load.retrying(session)
            workers = queue.live_workers(session, within_seconds=DEAD_AFTER_SECONDS)
    except Unavailable:
        up.set(0)
        return now
    up.set(1)
    sessions = Gauge("skincare_sessions_live", "Signed-in browsers and programs.", registry=now)
    sessions.set(live)
    waiting = Gauge("skincare_mails_waiting", "Mails that are not sent yet.", registry=now)
    waiting.set(mails.waiting)
    late = Gauge(
        "skincare_mail_oldest_seconds", "How long the first mail has been due.", registry=now
    )
    late.set(mails.oldest_seconds)
    lost = Gauge("skincare_mails_given_up", "Mails nobody took in 30 days.", registry=now)
    lost.set(mails.given_up)
    jobs = Gauge("skincare_queue_jobs", "Jobs in the queue.", ("queue", "state"), registry=now)
    oldest = Gauge(
        "skincare_queue_oldest_seconds",
        "How long the first in line has been due.",
        ("queue",),
        registry=now,
    )
    for name in (*QUEUES, *(backlogs.keys() - set(QUEUES))):
        backlog = backlogs.get(name, load.NOTHING)
        jobs.labels(name, "waiting").set(backlog.waiting)
        jobs.labels(name, "running").set(backlog.running)
        oldest.labels(name).set(backlog.oldest_seconds)
    _add_checks(now, checks)
    again = Gauge("skincare_jobs_retrying", "Jobs that broke and are tried again.", registry=now)
    again.set(retrying)
    alive = Gauge(
        "skincare_queue_workers",
        "Workers of queues that live; a process has several.",
        registry=now,
    )
    alive.set(workers)
    return now


def _add_checks(now: CollectorRegistry, checks: load.Checks) -> None:
    sent = Gauge(
        "skincare_checks_last_hour", "Checks of the last hour, by state.", ("status",), registry=now
    )
    for status in Status:
        sent.labels(status.value).set(checks.by_status.get(status.value, 0))
    seconds = Gauge(
        "skincare_model_seconds",
        "Computing time of a check that was scored within the last hour.",
        ("quantile",),
        registry=now,
    )
    for quantile, value in checks.model_seconds.items():
        seconds.labels(str(quantile)).set(value)
