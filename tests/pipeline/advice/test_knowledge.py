"""What ships is complete, and a bad row is refused with its file and name."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.advice.knowledge import FOLDER, BadKnowledge, knowledge, load
from pipeline.advice.schema import SUGGESTIBLE, Scope

Change = Callable[[list[dict[str, Any]]], object]


def test_every_row_of_the_table_is_there() -> None:
    known = knowledge()
    assert [each.row for each in known.ingredients.values()] == list(range(1, 42))
    assert list(known.rules) == [f"R{n}" for n in range(1, 13)]
    assert list(known.red_flags) == [f"F{n}" for n in range(1, 18)]
    assert len(known.interactions) == 8
    grades = Counter(each.evidence.value for each in known.ingredients.values())
    assert grades == {"A": 11, "B": 8, "C": 9, "D": 8, "consensus": 2, "X": 3}


def test_no_prescription_is_among_what_may_be_suggested() -> None:
    scopes = {i.scope for i in knowledge().ingredients.values() if i.role in SUGGESTIBLE}
    assert scopes == {Scope.COSMETIC, Scope.OTC_DRUG}


def row(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(each for each in rows if each["id"] == name)


BAD: dict[str, tuple[str, Change, str]] = {
    "a row without a source": (
        "ingredients",
        lambda rows: row(rows, "retinol").update(sources=[]),
        r"ingredients\.yaml, row retinol: sources",
    ),
    "a source nobody knows": (
        "rules",
        lambda rows: row(rows, "R5").update(sources=["my-cousin"]),
        r"rules\.yaml, row R5: there is no source my-cousin",
    ),
    "a rule about an unknown ingredient": (
        "rules",
        lambda rows: row(rows, "R3").update(about=["moon-dust"]),
        r"rules\.yaml, row R3: there is no ingredient moon-dust",
    ),
    "a contraindication of an unknown ingredient": (
        "contraindications",
        lambda rows: row(rows, "eczema").update(targets=["moon-dust"]),
        r"contraindications\.yaml, row eczema: there is no ingredient moon-dust",
    ),
    "a cycle": (
        "rules",
        lambda rows: row(rows, "R1").update(builds_on=["R8"]),
        r"rules\.yaml, row R1: a cycle, R1 → R8 → R3 → R1",
    ),
    "a duplicate": (
        "ingredients",
        lambda rows: rows.append(row(rows, "retinol")),
        r"ingredients\.yaml, row retinol: its id stands there twice",
    ),
    "a row number twice": (
        "ingredients",
        lambda rows: row(rows, "retinol").update(row=4),
        r"ingredients\.yaml, row 4: its row stands there twice",
    ),
    "a G row graded B": (
        "ingredients",
        lambda rows: row(rows, "pha").update(evidence="B"),
        r"row pha: .*never graded A or B",
    ),
    "a prescription that could be suggested": (
        "ingredients",
        lambda rows: row(rows, "retinol").update(scope="rx"),
        r"row retinol: .*must not be suggested",
    ),
    "a harmful one that could be suggested": (
        "ingredients",
        lambda rows: row(rows, "retinol").update(evidence="X"),
        r"row retinol: .*grade X",
    ),
    "a field that we do not know": (
        "red_flags",
        lambda rows: row(rows, "F1").update(colour="red"),
        r"red_flags\.yaml, row F1: colour",
    ),
    "a fact that nobody can state": (
        "contraindications",
        lambda rows: row(rows, "eczema").update(when=["left_handed"]),
        r"row eczema: when",
    ),
}


@pytest.mark.parametrize(("file", "change", "sentence"), BAD.values(), ids=list(BAD))
def test_a_bad_row_is_refused(tmp_path: Path, file: str, change: Change, sentence: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "knowledge")
    path = folder / f"{file}.yaml"
    document = yaml.safe_load(path.read_text())
    change(document[file])
    path.write_text(yaml.safe_dump(document))
    with pytest.raises(BadKnowledge, match=sentence):
        load(folder)


def test_a_source_that_is_only_an_address_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "knowledge")
    path = folder / "sources.yaml"
    path.write_text(path.read_text() + '  blog: {authors: "https://blog.example/post"}\n')
    with pytest.raises(BadKnowledge, match=r"sources\.yaml, row blog: .*address"):
        load(folder)


def test_the_same_key_twice_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "knowledge")
    path = folder / "sources.yaml"
    path.write_text(path.read_text() + "  aad-2024: {authors: Somebody else}\n")
    with pytest.raises(BadKnowledge, match="twice: aad-2024"):
        load(folder)
