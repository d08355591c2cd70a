"""What dermatologists gave as a dataset: of whom, under which names, with which consents."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.metrics import Metric
from core.people import Identity, Purpose
from core.reviews import Drawing, Label, Scale, Shape
from data import reviews
from data.database import transaction
from pipeline import access_log, consents, grading_export, intake, jobs
from tests import people
from tests.consulting import question, staff
from tests.grading import graded
from tests.stand_in import MODEL_VERSION, examination, photo_that

WRITTEN = {"README.txt", "grades.csv", "severity.csv", "drawings.jsonl", "consents.csv"}


@pytest.fixture
def reader(var: Path, fresh_database: str) -> Identity:
    with transaction() as session:
        return staff(session, first_name="Grace", last_name="Hopper")


@pytest.fixture
def graded_person(reader: Identity) -> Callable[..., Identity]:
    """Make somebody with a scored photo, a question, a grading and a drawing."""

    def make(seed: int, *, agrees: bool = True) -> Identity:
        with transaction() as session:
            who = people.signed_in(session)
            if agrees:
                consents.give(session, who.user_id, Purpose.MODEL_IMPROVEMENT)
            check = intake.submit(session, who, [photo_that("is scored", seed=seed)])
        jobs.examine(check, lambda _jpeg, _on_stage: examination(40.0))
        with transaction() as session:
            case = who, question(session, who)
            graded(
                session,
                case,
                check,
                reader,
                {Metric.REDNESS: 55.0},
                severity={Scale.ACNE_IGA: "2"},
                version=MODEL_VERSION,
            )
            reviews.add_drawing(
                session,
                case[1],
                who.user_id,
                reader.user_id,
                photo_id=photo_of(session, check),
                label=Label.PAPULE,
                drawn=Drawing(Shape.POINT, ((10.0, 20.0),)),
            )
        return who

    return make


def photo_of(session: Session, check: UUID) -> UUID:
    found = session.scalar(
        text("SELECT photo_id FROM analysis_results WHERE id = :check"), {"check": check}
    )
    assert isinstance(found, UUID)
    return found


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_grades_stand_beside_what_the_model_said(
    tmp_path: Path, graded_person: Callable[..., Identity]
) -> None:
    graded_person(1)
    assert grading_export.run(tmp_path / "set", with_photos=False) == 0
    assert {file.name for file in (tmp_path / "set").iterdir()} == WRITTEN
    grades = table(tmp_path / "set", "grades.csv")
    redness = next(row for row in grades if row["metric"] == "redness")
    assert (redness["verdict"], redness["value"], redness["scored"]) == ("value", "55.0", "40.0")
    assert redness["model_version"] == MODEL_VERSION
    assert redness["is_blind"] == "1"
    assert float(redness["scored_low"]) < 40 < float(redness["scored_high"])
    pores = next(row for row in grades if row["metric"] == "pores")
    assert (pores["verdict"], pores["value"]) == ("cannot_tell", "")
    (severity,) = table(tmp_path / "set", "severity.csv")
    assert (severity["scale"], severity["level"]) == ("acne_iga", "2")
    (drawing,) = map(json.loads, (tmp_path / "set" / "drawings.jsonl").read_text().splitlines())
    assert (drawing["label"], drawing["shape"]) == ("papule", "point")
    assert drawing["person"] == redness["person"]
    assert "People: 1. Gradings: 1. Drawings: 1." in (tmp_path / "set" / "README.txt").read_text()


def test_only_who_agrees_is_in_it_and_who_takes_it_back_is_in_no_later_one(
    tmp_path: Path, graded_person: Callable[..., Identity]
) -> None:
    ada, _ = graded_person(1), graded_person(2, agrees=False)
    joan = graded_person(3)
    grading_export.run(tmp_path / "first", with_photos=True)
    assert len({row["person"] for row in table(tmp_path / "first", "grades.csv")}) == 2
    assert len(table(tmp_path / "first", "consents.csv")) == 2
    assert len(list((tmp_path / "first" / "photos").iterdir())) == 2
    with transaction() as session:
        consents.withdraw(session, ada.user_id, Purpose.MODEL_IMPROVEMENT)
    grading_export.run(tmp_path / "second", with_photos=True)
    for name in ("grades.csv", "severity.csv", "consents.csv"):
        assert len({row["person"] for row in table(tmp_path / "second", name)}) == 1
    assert len((tmp_path / "second" / "drawings.jsonl").read_text().splitlines()) == 1
    assert len(list((tmp_path / "second" / "photos").iterdir())) == 1
    with transaction() as session:
        consents.withdraw(session, joan.user_id, Purpose.MODEL_IMPROVEMENT)
        consents.give(session, joan.user_id, Purpose.MODEL_IMPROVEMENT)
    grading_export.run(tmp_path / "third", with_photos=False)
    ledger = table(tmp_path / "third", "consents.csv")
    assert [bool(row["withdrawn"]) for row in ledger] == [True, False]


def test_nothing_in_it_names_anybody_and_two_exports_cannot_be_joined(
    tmp_path: Path, graded_person: Callable[..., Identity], reader: Identity
) -> None:
    ada = graded_person(1)
    written = []
    for name in ("one", "two"):
        grading_export.run(tmp_path / name, with_photos=True)
        files = [file for file in (tmp_path / name).rglob("*") if file.is_file()]
        everything = b"".join([*(f.read_bytes() for f in files), *(f.name.encode() for f in files)])
        for who in (ada, reader):
            for secret in (str(who.user_id), who.user_id.hex, who.email):
                assert secret.encode() not in everything
        assert b"Hopper" not in everything
        written.append({row["person"] for row in table(tmp_path / name, "grades.csv")})
    assert written[0].isdisjoint(written[1])


def test_photos_are_for_the_owners_eyes_and_belong_to_their_check(
    tmp_path: Path, graded_person: Callable[..., Identity]
) -> None:
    graded_person(1)
    grading_export.run(tmp_path / "set", with_photos=True)
    (jpeg,) = (tmp_path / "set" / "photos").iterdir()
    assert jpeg.read_bytes().startswith(b"\xff\xd8")
    assert stat.S_IMODE(jpeg.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "set").stat().st_mode) == 0o700
    (row,) = table(tmp_path / "set", "checks.csv")
    assert row["photo"] == jpeg.stem
    assert row["check"] == table(tmp_path / "set", "grades.csv")[0]["check"]


def test_each_person_can_read_that_they_were_taken_along(
    tmp_path: Path, graded_person: Callable[..., Identity]
) -> None:
    ada, joan = graded_person(1), graded_person(2, agrees=False)
    grading_export.run(tmp_path / "set", with_photos=False)
    with transaction() as session:
        told = [one.what for one in access_log.read(session, ada.user_id, limit=9)]
        assert access_log.WORDS[grading_export.EXPORTED] in told
        assert access_log.read(session, joan.user_id, limit=9) == []


def test_a_folder_that_is_there_is_refused_and_a_failure_leaves_nothing(
    tmp_path: Path, graded_person: Callable[..., Identity], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = graded_person(1)
    with pytest.raises(Conflict, match="exists already"):
        grading_export.run(tmp_path, with_photos=False)

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(grading_export, "_ledger", full)
    with pytest.raises(OSError, match="space"):
        grading_export.run(tmp_path / "set", with_photos=False)
    assert [file.name for file in tmp_path.iterdir()] == ["var"]
    with transaction() as session:
        assert access_log.read(session, ada.user_id, limit=9) == []
