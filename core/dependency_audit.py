"""`python3 run.py audit-dependencies`: known vulnerabilities of every pinned library.

Asks OSV (https://google.github.io/osv.dev/post-v1-querybatch/), which holds PyPI's advisories.
Only names and versions of libraries leave this machine. What could not be asked about is a failure,
never a pass: an audit that could not look has found nothing out.
"""

from __future__ import annotations

import argparse
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.launch import say
from core.settings import ROOT

LISTS = ("requirements.txt", "requirements-dev.txt")
SERVICE = "https://api.osv.dev"
CLEAN, VULNERABLE, NOT_AUDITED = 0, 1, 2  # exit statuses

_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([A-Za-z0-9.!+_-]+)(?:\s*;.*)?")
_SECONDS = 30.0
_AT_ONCE = 500  # the service takes 1000 in one question


@dataclass(frozen=True, order=True)
class Pin:
    """A library in one version."""

    name: str
    version: str


class NotAudited(Exception):
    """Why the service's answer cannot be taken."""


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; ends the program when it is not understood."""
    parser = argparse.ArgumentParser(
        prog="run.py audit-dependencies",
        description="Look up known vulnerabilities of every pinned library. Exit status 0: none is "
        "known; 1: some are; 2: something could not be audited.",
    )
    parser.add_argument("--service", default=SERVICE, help=f"an OSV service (default {SERVICE})")
    return parser.parse_args(arguments)


def run(service: str, lists: Iterable[Path] | None = None) -> int:
    """Audit, and say what was found; the exit status."""
    pins, skipped = pinned(lists or [ROOT / name for name in LISTS])
    for line in skipped:
        say(f"Could not be audited, because it names no exact version: {line}")
    try:
        found = advisories(service, pins)
    except NotAudited as reason:
        say(f"Could not be audited: {len(pins)} libraries. {reason}")
        return NOT_AUDITED
    for pin, ids in found.items():
        say(f"{pin.name} {pin.version}: {', '.join(ids)}")
    if found:
        return VULNERABLE
    if skipped or not pins:
        say("Could not be audited completely: this is no pass.")
        return NOT_AUDITED
    say(f"{len(pins)} libraries audited; no vulnerability is known.")
    return CLEAN


def pinned(lists: Iterable[Path]) -> tuple[list[Pin], list[str]]:
    """The libraries of these lists, each version once; and lines that name no exact version."""
    pins, skipped = set(), []
    for file in lists:
        for raw in file.read_text(encoding="utf-8").splitlines():
            line = re.split(r"(?:^|\s)#", raw, maxsplit=1)[0].strip()
            match = _PIN.fullmatch(line)
            if match is not None:
                pins.add(Pin(match[1].lower(), match[2]))
            elif line:
                skipped.append(line)
    return sorted(pins), skipped


def advisories(service: str, pins: Sequence[Pin]) -> dict[Pin, list[str]]:
    """Ids of the advisories of each library that has some. Raises NotAudited."""
    found = {}
    for start in range(0, len(pins), _AT_ONCE):
        part = pins[start : start + _AT_ONCE]
        for pin, answer in zip(part, _asked(service, part), strict=True):
            vulnerabilities = answer.get("vulns") or []
            if vulnerabilities:
                found[pin] = sorted(str(one.get("id")) for one in vulnerabilities)
            elif answer.get("next_page_token"):  # more is to come, and nobody has looked at it
                raise NotAudited(f"The answer about {pin.name} is not complete.")
    return found


def _asked(service: str, pins: Sequence[Pin]) -> list[dict[str, Any]]:
    queries = [
        {"package": {"name": pin.name, "ecosystem": "PyPI"}, "version": pin.version} for pin in pins
    ]
    if not service.startswith(("https://", "http://127.0.0.1:")):
        raise NotAudited("The service's address must begin with https://")
    request = urllib.request.Request(  # noqa: S310 (the scheme was looked at)
        f"{service.rstrip('/')}/v1/querybatch",
        data=json.dumps({"queries": queries}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            results = json.loads(answer.read()).get("results")
    except urllib.error.HTTPError as error:
        raise NotAudited(f"The advisory service answered {error.code}.") from error
    except (OSError, ValueError, AttributeError) as error:
        raise NotAudited("The advisory service does not answer, or not as it should.") from error
    is_whole = isinstance(results, list) and len(results) == len(pins)
    if not is_whole or not all(isinstance(one, dict) for one in results):
        raise NotAudited("The advisory service did not answer about every library.")
    return list(results)
