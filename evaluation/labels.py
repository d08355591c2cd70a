"""A CSV file of labels: one row for each photo, one column for each thing that is known of it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput


@dataclass(frozen=True)
class Target:
    """What a score should agree with."""

    values: npt.NDArray[np.float64]  # (rows,); nan where nothing is said
    kind: str  # "numbers", or "two kinds": 1 is `positive`, 0 the other
    positive: str | None

    def rows(self, kept: Sequence[int]) -> Target:
        return replace(self, values=self.values[list(kept)])


@dataclass(frozen=True)
class Labels:
    path: Path
    columns: dict[str, list[str]]  # each as long as the file has rows

    def column(self, name: str) -> list[str]:
        return self.columns[name]

    def rows(self, kept: Sequence[int]) -> Labels:
        columns = {name: [values[i] for i in kept] for name, values in self.columns.items()}
        return replace(self, columns=columns)

    def target(self, name: str) -> Target:
        """The column as numbers, or as two kinds. Empty cells are left out."""
        cells = self.column(name)
        told = sorted({cell for cell in cells if cell})
        if not told:
            raise InvalidInput(f"Column {name!r} of {self.path} is empty.")
        numbers = [_number(cell) for cell in told]
        if all(np.isfinite(n) for n in numbers) and len(set(numbers)) != 2:
            values = np.array([_number(cell) for cell in cells])
            return Target(values, "numbers", None)
        if len(told) != 2 and len(set(numbers)) != 2:
            said = ", ".join(repr(cell) for cell in told[:5])
            raise InvalidInput(
                f"Column {name!r} of {self.path} holds neither numbers nor two kinds, but {said}"
                f"{' …' if len(told) > 5 else ''}. Give a column of numbers, or of two values."
            )
        # of two kinds, the larger number or the later word is what an AUC is about
        of_numbers = all(np.isfinite(n) for n in numbers)
        positive = max(told, key=lambda cell: (_number(cell) if of_numbers else 0.0, cell))
        same = {cell for cell in told if cell == positive or _number(cell) == _number(positive)}
        kinds = [np.nan if not cell else float(cell in same) for cell in cells]
        return Target(np.array(kinds), "two kinds", positive)


def read_labels(path: Path, wanted: Sequence[str]) -> Labels:
    """The `wanted` columns of a CSV file. Raises InvalidInput that names what is missing."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            there = list(reader.fieldnames or [])
            missing = [name for name in wanted if name not in there]
            if missing:
                raise InvalidInput(
                    f"{path} has no column {missing[0]!r}. Its columns are: {', '.join(there)}."
                )
            rows = list(reader)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{path} is no CSV file in UTF-8: {error}.") from error
    if not rows:
        raise InvalidInput(f"{path} has no rows.")
    return Labels(path, {name: [(row[name] or "").strip() for row in rows] for name in wanted})


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
