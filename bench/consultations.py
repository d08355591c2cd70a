"""The dermatologists' queue and a case, with 100,000 consultations against 100.

    .venv/bin/python -m bench.consultations [--consultations 100000]

A PostgreSQL of its own, with the product's settings. Two databases with the same 20 dermatologists:
in both 40 % of the consultations wait, so that a page is full in either; as many as 20 people can
work on are in hand; the rest is answered or closed. Every person has two scored checks with a photo
each. Where few do not fill a page, both sides show as many lines as there are. Measured is
everything that a page asks of the database, a transaction a page, both databases in turn; the
pictures of a case are files of one person, of which there are as many in either. Writes
consultations.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.own_server import migrated, own_server, vacuum_analyze
from core.consultations import BodySite, Priority
from core.metrics import Metric, Region
from core.people import Identity, Role
from core.postgres import EmbeddedPostgres
from data import absences, case_queue, consultations, database, reviews
from data.case_queue import Filters, Which
from pipeline.consultations import claims
from pipeline.reviews import reading, second

FEW = 100
ROUNDS = 100
WARM_UP = 30
GOAL = 1.3
_METRICS = {"regions": ["face", *Region], "metrics": list(Metric)}

_PEOPLE = """
INSERT INTO users (user_id, email, password_hash, first_name, last_name, role)
SELECT gen_random_uuid(), role || n || '@example.org', 'x', 'First' || n, 'Last' || n, role
FROM (SELECT 'user' AS role, generate_series(1, :people) AS n
      UNION ALL SELECT 'dermatologist', generate_series(1, 20)) AS someone
"""
_CONSENTS = """
INSERT INTO consents (consent_id, user_id, purpose, wording)
SELECT gen_random_uuid(), user_id, 'dermatologist', '1' FROM users WHERE role = 'user'
"""
_CONSULTATIONS = """
WITH people AS (SELECT user_id, consent_id, row_number() OVER () AS n
                FROM consents),
     doctors AS (SELECT user_id, row_number() OVER () AS n FROM users WHERE role <> 'user'),
     many AS (SELECT i, CASE WHEN i % 10 < 4 THEN 'pending'
                             WHEN i % 10 = 4 AND i < 600 THEN 'claimed'
                             WHEN i % 10 < 7 THEN 'answered' ELSE 'closed' END AS state,
                     random() * interval '24 hours' AS ago
              FROM generate_series(1, :many) AS i)
INSERT INTO consultations (second_opinion_for, escalated_missed_at,
    consultation_id, user_id, consent_id, question, body_site, priority,
    state, claimed_by, claimed_at, last_active_at, answered_by, due_at, next_escalation_at,
    created_at, updated_at, answered_at, closed_at)
SELECT CASE WHEN i % 20 = 1 THEN 'user' END, CASE WHEN i % 20 = 2 THEN now() END,
    gen_random_uuid(), people.user_id, people.consent_id, 'Is it harmless?',
    (ARRAY['forehead', 'nose', 'cheeks', 'neck'])[1 + (hashint4(i) & 3)],
    CASE WHEN hashint4(i + 1) % 20 = 0 THEN 1 ELSE 3 END, state,
    CASE WHEN state <> 'pending' THEN doctors.user_id END,
    CASE WHEN state <> 'pending' THEN now() END, CASE WHEN state <> 'pending' THEN now() END,
    CASE WHEN state IN ('answered', 'closed') THEN doctors.user_id END,
    now() - ago + interval '24 hours',
    CASE WHEN state IN ('pending', 'claimed') THEN now() - ago + interval '36 hours' END,
    now() - ago, now(), CASE WHEN state IN ('answered', 'closed') THEN now() END,
    CASE WHEN state = 'closed' THEN now() END
FROM many JOIN people ON people.n = 1 + i % :people JOIN doctors ON doctors.n = 1 + i % 20
"""
_VIEWS = """
INSERT INTO consultation_photos (consultation_id, view, user_id, missing_reason)
SELECT consultation_id, view, user_id, 'I cannot take it alone.'
FROM consultations, unnest(ARRAY['overview', 'close_up', 'side']) AS view
"""
_MESSAGES = """
INSERT INTO consultation_messages
    (message_id, consultation_id, user_id, author, author_id, kind, text)
SELECT gen_random_uuid(), consultation_id, user_id, 'dermatologist', answered_by, 'answer', 'Yes.'
FROM consultations WHERE answered_by IS NOT NULL
"""
_SECOND_READINGS = """
INSERT INTO second_readings (consultation_id, user_id)
SELECT consultation_id, user_id FROM consultations WHERE hashtext(consultation_id::text) % 10 = 0
"""
_CHECKS = (
    """
INSERT INTO photos (photo_id, user_id, sha256, size, width, height, original_format, object_key,
    wrapped_key)
SELECT gen_random_uuid(), user_id, 'x', 1, 1, 1, 'JPEG', gen_random_uuid()::text, 'x'::bytea
FROM consents, generate_series(1, 2)
""",
    """
INSERT INTO analysis_results (id, user_id, photo_id, status, stage, model_version, skin_score)
SELECT gen_random_uuid(), user_id, photo_id, 'scored', 'done', '2.1', 60 FROM photos
""",
    """
INSERT INTO shots (analysis_id, position, photo_id, is_scored)
SELECT id, 1, photo_id, true FROM analysis_results
""",
    """
INSERT INTO metric_scores (analysis_id, region, metric, value, low, high)
SELECT id, region, metric, 50, 40, 60
FROM analysis_results, unnest(CAST(:regions AS text[])) AS region,
    unnest(CAST(:metrics AS text[])) AS metric
""",
    """
UPDATE consultation_photos
SET photo_id = (SELECT photo_id FROM photos
                WHERE photos.user_id = consultation_photos.user_id LIMIT 1),
    missing_reason = NULL
WHERE view = 'overview' OR hashtext(consultation_id::text) % 2 = 0
""",
)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consultations", type=int, default=100_000)
    many = parser.parse_args(arguments).consultations
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with own_server("consultations") as (server, _):
        engines = [_filled(server, name, number) for name, number in (("few", FEW), ("many", many))]
        found = _measured(engines)
        for engine in engines:
            engine.dispose()
    ratios = {name: times["ratio"] for name, times in found.items()}
    result = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "load": [round(load, 1) for load in os.getloadavg()[:2]],
        "consultations": [FEW, many],
        "rounds": ROUNDS,
        "pages": found,
        "goal": GOAL,
        "goal_met": max(ratios.values()) <= GOAL,
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


def _filled(server: EmbeddedPostgres, name: str, many: int) -> Engine:
    engine = migrated(server, name)
    people = max(20, many // 10)
    with engine.begin() as connection:
        connection.execute(text(_PEOPLE), {"people": people})
        connection.execute(text(_CONSENTS))
        connection.execute(text(_CONSULTATIONS), {"people": people, "many": many})
        connection.execute(text(_VIEWS))
        connection.execute(text(_MESSAGES))
        connection.execute(text(_SECOND_READINGS))
        for rows in _CHECKS:
            connection.execute(text(rows), _METRICS if ":regions" in rows else {})
    vacuum_analyze()
    return engine


def _measured(engines: list[Engine]) -> dict[str, dict[str, Any]]:
    """Page → milliseconds of the middle round with few and with many, and their ratio."""
    pages = [_pages(engine) for engine in engines]
    found = {}
    for name in pages[0]:
        taken: list[list[float]] = [[], []]
        for turn in range(WARM_UP + ROUNDS):
            for which, engine in enumerate(engines):
                with database.use(engine):
                    began = time.perf_counter()
                    with database.transaction() as session:
                        pages[which][name](session)
                    if turn >= WARM_UP:
                        taken[which].append(1000 * (time.perf_counter() - began))
        few, many = (statistics.median(times) for times in taken)
        found[name] = {"few": round(few, 2), "many": round(many, 2), "ratio": round(many / few, 2)}
    return found


def _pages(engine: Engine) -> dict[str, Callable[[Session], object]]:
    with database.use(engine), database.transaction() as session:
        in_hand = session.execute(
            text(
                "SELECT consultation_id, claimed_by, user_id FROM consultations "
                "WHERE state = 'claimed' LIMIT 1"
            )
        ).one()
    who = Identity(in_hand.claimed_by, uuid4(), "doctor@example.org", "Doctor", Role.DERMATOLOGIST)
    case: UUID = in_hand.consultation_id
    person: UUID = in_hand.user_id

    def queue(wanted: Filters, lines: int = 26) -> Callable[[Session], object]:
        def ask(session: Session) -> None:
            above = case_queue.summary(session, who.user_id)
            case_queue.lines(session, who.user_id, wanted, limit=lines)
            claims.colleagues(session, who)
            second.is_waiting(session, who)
            absences.of(session, who.user_id, after=above.now)

        return ask

    def a_case(session: Session) -> None:
        opened = reading.open_(session, who, case)
        if not (opened.check and opened.earlier and opened.case.photos):
            raise RuntimeError("The case has no checks or photos: there is nothing to measure.")
        reviews.show(session, case, who.user_id, without_grade=True)
        reading.history(session, reading.open_(session, who, case))

    return {
        "queue": queue(Filters()),
        "queue, one place": queue(Filters(body_site=BodySite.NOSE), 10),
        "queue, no red flag": queue(Filters(priority=Priority.NORMAL)),
        "in my hands": queue(Filters(Which.MINE), 1),
        "answered by me": queue(Filters(Which.ANSWERED), 2),
        "queue, without a view": queue(Filters(is_missing=True), 10),
        "queue, late": queue(Filters(is_late=True), 5),
        "queue, second opinions": queue(Filters(is_second_opinion=True), 5),
        "case": a_case,
        "a person's list": lambda session: consultations.listed(session, person, limit=20),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
