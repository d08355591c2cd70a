"""Somebody with a canary in every field that can be written leaves nothing behind.

The ledger of erasures and the audit name them by a keyed pseudonym, on purpose: the first so that a
restored backup erases them again, the second because it must not change. The audit's details hold
ids of things that are gone, never words of people.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from core.mail import Letter
from core.metrics import Metric
from core.people import Identity, Purpose
from core.reviews import Verdict
from data import audit, belongings, mail
from data.database import read, transaction
from data.mail import Draft
from data.tables import CaseGrading, MetricGrade
from pipeline import consents, intake, jobs, leaving, profiles, sweep
from tests import everything_of, people, residue
from tests.consulting import claimed
from tests.data import care_things
from tests.stand_in import examination, photo_that

CANARY = f"Canary{secrets.token_hex(5)}"

PASSWORD = f"{CANARY} lamp otter"


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    """Her name, her address and every text of hers are canaries."""
    with transaction() as session:
        ada = people.signed_in(
            session,
            email=f"{CANARY}@example.org".lower(),
            first_name=CANARY,
            last_name=CANARY,
            password=PASSWORD,
        )
        for purpose in Purpose:
            consents.give(session, ada.user_id, purpose)
        profiles.put_picture(session, ada.user_id, photo_that("is scored"))
        check = intake.submit(session, ada, [photo_that("is scored")])
        intake.submit(session, ada, [photo_that("is rejected")])
    jobs.examine(check, lambda *_: examination())
    with transaction() as session:
        claimed(session, ada)  # staff were told that something waits
    with transaction() as session:
        care_things.make(session, ada.user_id, photo_of(ada))
        letter, id_ = Letter.ALREADY_REGISTERED, f"<{CANARY}>"
        mail.add(session, Draft(check, ada.user_id, letter, CANARY, id_, care_things.WEEK))
        assert everything_of.fill(session, ada.user_id, CANARY) == {"metric_grades"}
        grading = session.scalars(select(CaseGrading)).one()
        session.add(
            MetricGrade(
                grading_id=grading.grading_id,
                user_id=ada.user_id,
                metric=Metric.PORES,
                verdict=Verdict.CANNOT_TELL,
            )
        )
    return ada


def photo_of(ada: Identity) -> UUID:
    with read() as session:
        return UUID(str(session.scalar(text("SELECT min(photo_id::text) FROM photos"))))


def needles_of(ada: Identity) -> dict[str, set[str | bytes]]:
    """What would show that she was here: who she is, what she wrote, and the ids of her things."""
    words: set[str | bytes] = {CANARY, ada.email, str(ada.user_id), ada.user_id.hex}
    things: set[str | bytes] = set()
    with read() as session:
        words |= set(session.scalars(text("SELECT sha256 FROM photos")))
        things |= set(session.scalars(text("SELECT object_key FROM photos")))
        things |= {str(ada.session_id)}
        for name, (table, wanted) in belongings.belonging(ada.user_id).items():
            assert session.execute(select(table).where(wanted).limit(1)).first(), name
            for key in session.execute(select(*table.primary_key.columns).where(wanted)):
                things |= {str(part) for part in key if isinstance(part, UUID)}
    return {"words": words, "things": things - words}


def files_of(var: Path) -> set[Path]:
    return {file for file in (var / "photos").rglob("*") if file.is_file()}


def test_she_is_everywhere_before(ada: Identity, var: Path) -> None:
    """Otherwise the next tests would find nothing in whatever state things are."""
    with read() as session:
        found = {table for table, _ in residue.in_database(session, [CANARY])}
    assert len(found) > 30
    assert len(files_of(var)) >= 4


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "after the days of grace"])
def test_nothing_of_her_is_left(ada: Identity, var: Path, at_once: bool) -> None:
    needles = needles_of(ada)
    with transaction() as session:
        leaving.delete_account(session, ada, password=PASSWORD, at_once=at_once)
    if not at_once:
        with transaction() as session:
            session.execute(text("UPDATE erasures SET due_at = now()"))
        sweep.due_erasures()
    with read() as session:
        assert residue.in_database(session, needles["words"]) == set()
        left = residue.in_database(session, needles["things"])
        ledger = session.scalars(text("SELECT pseudonym FROM erasures")).all()
    assert {table for table, _ in left} <= {"audit_events"}
    assert files_of(var) == set()
    everything = needles["words"] | needles["things"]
    assert residue.in_files(var, everything) == set()
    assert ledger == [audit.of(ada.user_id)]
