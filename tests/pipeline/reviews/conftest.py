from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from core.people import Identity
from data.progress import Seen
from pipeline import intake, record
from tests import people
from tests.consulting import claimed
from tests.stand_in import examination, photo_that


@dataclass(frozen=True)
class World:
    """Ada has a scored check and asks about it; Grace has claimed the case."""

    ada: Identity
    grace: Identity
    check: UUID
    case: UUID


@pytest.fixture
def world(var: object, session: Session) -> World:
    return world_of(session)


def world_of(session: Session) -> World:
    """Another person and another dermatologist each time."""
    ada = people.signed_in(session)
    check = intake.submit(session, ada, [photo_that("is scored")])
    begun = record.start(session, check)
    assert begun is not None
    assert record.record(session, begun, [Seen(examination())])
    grace, case = claimed(session, ada, analysis_id=check)
    return World(ada, grace, check, case)
