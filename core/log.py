"""Logs: one JSON object a line on stderr; events and figures, never people.

Log ids, not e-mail addresses, names or notes. As a net under that rule, personal keys are
masked and anything that looks like an e-mail address is blotted out of every text, also in
tracebacks, where a database's message may quote a row.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

from core.settings import settings

MASK = "•••"

_PERSONAL_KEYS = frozenset(
    "email password password_hash first_name last_name name age note notes question message "
    "token ticket cookie secret authorization".split()
)
_E_MAIL = re.compile(r"[^\s@<>()\"',;:=]+@[^\s@<>()\"',;:=]+")
# PostgreSQL quotes the offending row after these words.
_ROW_QUOTED = re.compile(r"(DETAIL:|\[parameters:|Failing row contains).*?(?=\n\S|\\n|$)", re.S)

# Chatty or able to quote requests; their warnings still pass.
_QUIET = (
    "uvicorn.access",
    "httpx",
    "PIL",
    "watchdog",
    "procrastinate.worker",
    "procrastinate.blueprints",
    "fsspec",
    "matplotlib",
    "asyncio",
)


def without_people(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Structlog processor: mask personal keys, blot out e-mail addresses and quoted rows."""
    for key, value in event.items():
        event[key] = MASK if key in _PERSONAL_KEYS else _blotted(value)
    return event


def _blotted(value: Any) -> Any:
    if isinstance(value, str):
        return _E_MAIL.sub(MASK, _ROW_QUOTED.sub(rf"\1 {MASK}", value))
    if isinstance(value, dict):
        return {k: MASK if k in _PERSONAL_KEYS else _blotted(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_blotted(v) for v in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _blotted(str(value))


def configure(process: str) -> None:
    """Set up logging for this process: ours through structlog, libraries' through the same."""
    shared: list[Callable[..., Any]] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(process),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_people,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings().log_level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _named(process: str) -> Callable[..., Any]:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
        event["process"] = process
        return event

    return add
