"""The page on capacity says what the measured figures say."""

from __future__ import annotations

from bench import capacity


def test_the_page_has_the_figures_of_today() -> None:
    page = capacity.PAGE.read_text()
    assert page == capacity.written(page), "run `python -m bench.capacity`"


def test_costs_are_those_of_the_files() -> None:
    found = capacity.costs()
    photo, storage = (capacity._read(name) for name in ("photo_to_scores", "storage"))
    assert found.scoring_s * photo["photos_a_second"]["2 processes"] == 2
    by_table = storage["check_rows_bytes_by_table"]
    assert abs(sum(by_table.values()) - found.row_bytes) < len(by_table) + 5
    assert found.object_bytes > found.row_bytes > 0


def test_twice_as_many_users_need_twice_as_much() -> None:
    found = capacity.costs()
    few, many = (capacity._needs(users, found) for users in (10**6, 2 * 10**6))
    amounts = [float(column["cores that score"].replace(",", "")) for column in (few, many)]
    assert abs(amounts[1] / amounts[0] - 2) < 0.1


def test_nobody_is_assumed_to_make_more_checks_than_visits() -> None:
    assert capacity.CHECKS_A_YEAR <= capacity.VISITS_A_DAY * 365
