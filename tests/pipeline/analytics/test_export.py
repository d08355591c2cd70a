"""The Parquet export: who is in it, who cannot be told. And the check of the roll-up."""

from __future__ import annotations

import stat
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.analytics import FLOOR, NOT_KNOWN, Fact
from core.errors import Conflict
from core.settings import settings
from data import dirty_days
from pipeline import tasks_analytics
from pipeline.analytics import check, export, rollup

LATER = datetime(2026, 4, 10, tzinfo=UTC)


def ask(folder: Path, question: str) -> list[tuple[object, ...]]:
    """What DuckDB says of the export, called `rows` in the question."""
    files = f"read_parquet('{folder}/*/people.parquet', hive_partitioning = true)"
    return duckdb.execute(question.replace("rows", files)).fetchall()


def test_duckdb_reads_the_same_means_as_the_scores_have(
    session: Session, population: int, tmp_path: Path
) -> None:
    assert export.run(tmp_path / "set", simulated=True) == 0
    [(weeks, people)] = ask(tmp_path / "set", "SELECT count(DISTINCT week), count(*) FROM rows")
    assert weeks == 8
    assert int(str(people)) > 1000
    week, mean, count = ask(
        tmp_path / "set",
        "SELECT week, avg(value), count(DISTINCT person) FROM rows WHERE metric = 'redness'"
        " AND region = 'face' GROUP BY week ORDER BY week LIMIT 1",
    )[0]
    left = session.execute(
        text(
            "SELECT avg(of_person), count(*) FROM (SELECT avg(s.value) AS of_person"
            " FROM analysis_results a JOIN metric_scores s ON s.analysis_id = a.id"
            " WHERE s.metric = 'redness' AND s.region = 'face' AND s.value IS NOT NULL"
            " AND a.created_at >= :since AND a.created_at < CAST(:since AS date) + 7"
            " GROUP BY a.user_id) people"
        ),
        {"since": str(week)},
    ).one()
    # those who shared their facts with too few are left out
    assert 0.8 * left[1] <= int(str(count)) <= left[1]
    assert float(str(mean)) == pytest.approx(left[0], abs=2.5)


def test_nobody_shares_what_can_be_known_of_them_with_fewer_than_ten(
    population: int, tmp_path: Path
) -> None:
    export.run(tmp_path / "set", simulated=True)
    known = ", ".join(fact.value for fact in export.TAKEN_AWAY)
    smallest = ask(
        tmp_path / "set",
        f"SELECT min(n) FROM (SELECT count(DISTINCT person) n FROM rows GROUP BY week, {known})",  # noqa: S608
    )
    assert int(str(smallest[0][0])) >= FLOOR


def test_nobody_can_be_followed_from_week_to_week_or_from_export_to_export(
    session: Session, population: int, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        export.run(tmp_path / name, simulated=True)
    twice = (
        "SELECT count(*) FROM (SELECT person FROM rows GROUP BY 1 HAVING count(DISTINCT week) > 1)"
    )
    assert ask(tmp_path / "one", twice) == [(0,)]
    names = [
        {name for (name,) in ask(tmp_path / which, "SELECT DISTINCT person FROM rows")}
        for which in ("one", "two")
    ]
    assert names[0].isdisjoint(names[1])
    ids = {str(one).replace("-", "") for one in session.scalars(text("SELECT user_id FROM users"))}
    everything = b"".join(f.read_bytes() for f in (tmp_path / "one").rglob("*") if f.is_file())
    assert not any(one.encode() in everything for one in ids)


def test_only_who_agrees_to_statistics_is_in_it(
    session: Session, population: int, tmp_path: Path
) -> None:
    session.execute(text("UPDATE consents SET withdrawn_at = now() WHERE purpose = 'statistics'"))
    export.run(tmp_path / "set", simulated=True)
    assert [file.name for file in (tmp_path / "set").iterdir()] == ["README.txt"]


def test_a_folder_that_is_there_is_refused_and_what_is_made_is_the_owners_alone(
    population: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Conflict, match="exists already"):
        export.run(tmp_path, simulated=True)
    export.run(tmp_path / "set", simulated=True)
    assert stat.S_IMODE((tmp_path / "set").stat().st_mode) == 0o700
    assert "simulated" in (tmp_path / "set" / "README.txt").read_text()

    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(export, "week", full)
    with pytest.raises(OSError, match="space"):
        export.run(tmp_path / "other", simulated=True)
    assert not list(tmp_path.glob("other*"))


@given(
    st.lists(st.tuples(*(st.integers(0, 3) for _ in export.TAKEN_AWAY)), max_size=120),
)
def test_whoever_stays_shares_all_their_facts_with_nine_others(
    people: list[tuple[int, ...]],
) -> None:
    columns = list(zip(*people, strict=True)) if people else [()] * len(export.TAKEN_AWAY)
    facts: dict[Fact, np.ndarray] = {
        fact: np.array([f"band {code}" for code in column], dtype="U16")
        for fact, column in zip(export.TAKEN_AWAY, columns, strict=True)
    }
    stays = export.generalise(facts)
    left = list(zip(*(facts[fact][stays].tolist() for fact in export.TAKEN_AWAY), strict=True))
    assert all(left.count(one) >= FLOOR for one in left)
    if len(people) >= FLOOR and len(set(people)) == 1:
        assert stays.all()
        assert NOT_KNOWN not in facts[Fact.TONE_BAND]


def test_the_check_finds_what_was_changed_behind_the_worker(
    session: Session,
    population: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    demonstration = settings().model_copy(update={"demonstration": True})
    monkeypatch.setattr(check, "settings", lambda: demonstration)
    rollup.run(now=LATER, simulated=True)
    assert check.run(simulated=True) == 0
    assert " 0 differ" in capsys.readouterr().out
    session.execute(
        text("UPDATE daily_metrics SET people = people + 1 WHERE day = '2026-03-10' AND fact = ''")
    )
    assert check.run(simulated=True) == 1
    assert "2026-03-10:" in capsys.readouterr().out
    tasks_analytics.check_statistics.func(0)  # of the worker, each week
    capsys.readouterr()
    assert check.run(simulated=True) == 0
    assert "1 wait" in capsys.readouterr().out
    rollup.run(now=LATER, simulated=True)
    assert check.run(simulated=True) == 0
    assert " 0 wait" in capsys.readouterr().out


def test_a_check_that_comes_between_looking_and_comparing_is_no_difference(
    session: Session, population: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollup.run(now=LATER, simulated=True)
    marked = dirty_days.marked

    def and_then_a_check_comes(session: Session) -> dict[date, list[int]]:
        found = marked(session)
        analysis = session.scalar(
            text(
                "SELECT id FROM analysis_results WHERE created_at >= '2026-03-10'"
                " AND created_at < '2026-03-11' AND status = 'scored' LIMIT 1"
            )
        )
        dirty_days.mark_check(session, UUID(str(analysis)), at_once=False)
        session.execute(text("DELETE FROM metric_scores WHERE analysis_id = :id"), {"id": analysis})
        return found

    monkeypatch.setattr(dirty_days, "marked", and_then_a_check_comes)
    assert check.run(simulated=True) == 0


def test_the_check_finds_a_day_whose_figures_are_gone(session: Session, population: int) -> None:
    rollup.run(now=LATER, simulated=True)
    session.execute(text("DELETE FROM daily_metrics WHERE day = '2026-03-10'"))
    assert list(check.compare(simulated=True).wrong) == [date(2026, 3, 10)]
