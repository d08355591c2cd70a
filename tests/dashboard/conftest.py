from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from core.people import Identity
from data.database import transaction
from tests import people


@pytest.fixture
def ada(var: Path, database: Connection) -> Identity:
    """Somebody who is signed in, in a var folder of the test's own."""
    with transaction() as session:
        return people.signed_in(session)
