"""Labels of a folder of photos: what is told of each mistake in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidInput
from evaluation.labels import Labels, read_labels


def labels(tmp_path: Path, text: str, wanted: list[str]) -> Labels:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_labels(path, wanted)


def test_numbers_are_read_and_empty_cells_left_out(tmp_path: Path) -> None:
    found = labels(tmp_path, "file,grade\na.jpg,1\nb.jpg,\nc.jpg,2.5\nd.jpg,4\n", ["file", "grade"])
    target = found.target("grade")
    assert target.kind == "numbers"
    assert np.isnan(target.values[1])
    assert target.values[[0, 2, 3]].tolist() == [1, 2.5, 4]


@pytest.mark.parametrize(
    ("cells", "positive"), [("no,yes,yes", "yes"), ("0,1,1", "1"), ("1.0,2,2.0", "2.0")]
)
def test_two_kinds_are_told_and_the_later_one_is_positive(
    tmp_path: Path, cells: str, positive: str
) -> None:
    rows = "\n".join(f"{i}.jpg,{cell}" for i, cell in enumerate(cells.split(",")))
    target = labels(tmp_path, f"file,acne\n{rows}\n", ["acne"]).target("acne")
    assert target.kind == "two kinds"
    assert target.positive == positive
    assert target.values.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("file,age\na.jpg,3\n", "grade", "no column 'grade'. Its columns are: file, age"),
        ("file,grade\n", "grade", "has no rows"),
        ("file,grade\na.jpg,\n", "grade", "is empty"),
        ("file,grade\na.jpg,low\nb.jpg,mid\nc.jpg,high\n", "grade", "neither numbers nor two"),
    ],
)
def test_a_mistake_in_the_labels_is_named(
    tmp_path: Path, text: str, column: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        labels(tmp_path, text, [column]).target(column)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        read_labels(tmp_path / "none.csv", ["file"])
    odd = tmp_path / "odd.csv"
    odd.write_bytes(b"file,\xff\xfe\n1,2\n")
    with pytest.raises(InvalidInput, match="no CSV file in UTF-8"):
        read_labels(odd, ["file"])
