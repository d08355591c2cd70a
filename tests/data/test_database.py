"""What an error of the database tells, and what it keeps to itself."""

from __future__ import annotations

import pytest
from sqlalchemy import exc, text

from data import database


def test_an_error_does_not_repeat_what_a_person_wrote(fresh_database: str) -> None:
    engine = database._engine(fresh_database)
    with (
        pytest.raises(exc.DBAPIError) as caught,
        database.use(engine),
        database.transaction() as session,
    ):
        session.execute(text("SELECT CAST('x' || :note AS text), 1/0"), {"note": "violet otter"})
    engine.dispose()
    assert "violet otter" not in str(caught.value)
    assert "parameters hidden" in str(caught.value)
