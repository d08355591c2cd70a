"""`run.py rescore`: score stored photos again with the version of the model in service.

Each check gets another row beside the old one (see `data.tables.AnalysisResult`), made by the
workers behind whatever people send meanwhile. What was asked stands in the database alone, so this
command may be killed and repeated at any time, also on several machines at once.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tqdm import tqdm

from core.analyses import Status, is_older
from core.errors import Unavailable
from core.launch import say
from data import queue, rescoring
from data.database import read, transaction
from pipeline import jobs
from pipeline.recalibration import proposals

BATCH = 100  # checks a transaction
_LOOK_EVERY = 1.0  # seconds
_UNFINISHED = (Status.QUEUED, Status.RUNNING)

NO_WORKER = (
    "No worker is running, so nothing is scored yet. Start the product: python3 run.py "
    "(this may go on meanwhile)."
)


@dataclass(frozen=True)
class Asked:
    """What one call has put into the queue."""

    queued: int
    left_out: int  # their person does not agree to analysis now
    withdrawn: int  # still waiting for another version, which nobody needs any more


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; ends the program when it is not understood."""
    parser = argparse.ArgumentParser(
        prog="run.py rescore",
        description="Score stored photos again with the version of the model in service. Earlier "
        "results stay. Safe to stop and to repeat.",
    )
    parser.add_argument("--no-wait", action="store_true", help="queue the checks, then end")
    return parser.parse_args(arguments)


def run(*, wait: bool) -> int:
    """Queue what is missing, follow the workers unless told not to; the exit status."""
    with read() as session:
        version = proposals.version_in_service(session)
    asked = queue_outdated(version)
    say(f"Model {version}: {_checks(asked.queued)} put into the queue.")
    if asked.left_out:
        say(f"{asked.left_out} left out: their people do not agree to analysis at present.")
    if asked.withdrawn:
        say(f"{asked.withdrawn} that waited for another version were taken back.")
    if wait:
        try:
            _follow(version)
        except KeyboardInterrupt:
            say("The workers go on. The same command shows again how far they are.")
            raise
    return 0


def queue_outdated(version: str) -> Asked:
    """Queue every check whose newest version is older than `version`, in transactions of BATCH.

    Repeated, it queues only what is missing.
    """
    with transaction() as session:
        withdrawn = rescoring.withdraw_others(session, wanted_version=version)
        older = [one for one in rescoring.versions(session) if is_older(one, than=version)]
        left_out = rescoring.left_out(session, older, wanted_version=version)
    queued = 0
    while True:
        with transaction() as session:
            made = rescoring.add(session, older, wanted_version=version, at_most=BATCH)
            for analysis_id in made:
                jobs.enqueue(session, analysis_id, priority=jobs.WHEN_IDLE)
        queued += len(made)
        if not made:
            return Asked(queued, left_out, withdrawn)


def _follow(version: str) -> None:
    """Show how far the workers are, until nothing waits any more."""
    before = now = _states(version)
    total = unfinished(now)
    if not total:
        return
    if not _has_workers():
        say(NO_WORKER)
    with tqdm(total=total, unit="check", file=sys.stderr, disable=None) as bar:
        while unfinished(now):
            time.sleep(_LOOK_EVERY)
            with contextlib.suppress(Unavailable):  # it comes back
                now = _states(version)
            bar.total = max(bar.total, unfinished(now))  # somebody else has queued more
            bar.update(bar.total - unfinished(now) - bar.n)
    scored, rejected, failed = (
        now[state] - before[state] for state in (Status.SCORED, Status.REJECTED, Status.FAILED)
    )
    say(f"New scores: {_checks(scored)}.")
    if rejected:
        say(f"{rejected} keep their old ones: the new version rejects all of their photos.")
    if failed:
        say(f"{failed} keep their old ones: their photos could not be examined; see the log.")


def _checks(number: int) -> str:
    return f"{number} check{'s' * (number != 1)}"


def unfinished(states: Counter[Status]) -> int:
    return sum(states[state] for state in _UNFINISHED)


def _states(version: str) -> Counter[Status]:
    with read() as session:
        return rescoring.states(session, wanted_version=version)


def _has_workers() -> bool:
    with read() as session:
        return queue.live_workers(session, within_seconds=jobs.DEAD_AFTER_SECONDS) > 0
