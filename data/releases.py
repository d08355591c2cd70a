"""Writing what is released: one period at a time, whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from psycopg import sql
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.analytics import Period
from data import bulk
from data.database import raw
from data.tables import AnalysisResult, ReleasedIngredient, ReleasedPeriod


def first_day(session: Session) -> date | None:
    """The day of the first check of all."""
    first = session.scalar(select(func.min(AnalysisResult.created_at)))
    return None if first is None else first.date()


def periods(session: Session, period: Period) -> set[date]:
    """The first days of the periods that are out."""
    return set(
        session.scalars(select(ReleasedPeriod.period_start).where(ReleasedPeriod.period == period))
    )


def quarters(session: Session) -> set[date]:
    """The first days of the quarters of which changes after an ingredient are out."""
    return set(session.scalars(select(ReleasedIngredient.period_start).distinct()))


def empty(session: Session, table: str) -> None:
    """Everything of a table that is about to be written anew."""
    raw(session).execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def replace(
    session: Session,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    start: date,
    **only: str,
) -> None:
    """These instead of what the table holds of a period. Readers see one or the other.

    `only` are further columns and values that say what is replaced.
    """
    session.execute(text("SELECT make_partition(:table, :day)"), {"table": table, "day": start})
    named = {"period_start": start, **only}
    where = sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in named.items()
    )
    raw(session).execute(sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), where))
    whole = ((*named.values(), *row) for row in rows)
    bulk.copy_rows(session, table, (*named, *columns), whole)


def is_out(session: Session, period: Period, start: date) -> None:
    """Say that the figures of a period are there, since now."""
    row = insert(ReleasedPeriod).values(period=period, period_start=start)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[ReleasedPeriod.period, ReleasedPeriod.period_start],
            set_={"released_at": func.now()},
        )
    )
