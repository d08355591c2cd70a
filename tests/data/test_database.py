"""What an error of the database tells, and what it keeps to itself."""

from __future__ import annotations

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy import exc, text

from core.errors import Unavailable
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


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (psycopg.errors.DiskFull("no space left"), Unavailable),
        (psycopg.errors.UniqueViolation("somebody was faster"), ConnectorException),
    ],
    ids=["a full disk", "a mistake"],
)
def test_what_the_queue_meets_in_the_transaction_is_told_like_our_own(
    fresh_database: str, cause: Exception, told: type[Exception]
) -> None:
    engine = database._engine(fresh_database)
    with pytest.raises(told), database.use(engine), database.transaction():
        raise ConnectorException("of procrastinate") from cause
    engine.dispose()
