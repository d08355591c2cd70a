"""The list of faults names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_test_that_the_list_names_exists() -> None:
    named = re.findall(r"`([\w/.]+\.py)::(\w+)`", (HERE / "README.md").read_text())
    assert len(named) > 20
    gone = [
        f"{file}::{test}"
        for file, test in named
        if f"def {test}(" not in (HERE / file).resolve().read_text()
    ]
    assert gone == []


def test_the_list_has_twenty_faults() -> None:
    numbers = re.findall(r"^\| (\d+) \|", (HERE / "README.md").read_text(), re.M)
    assert numbers == [str(number) for number in range(1, 21)]
