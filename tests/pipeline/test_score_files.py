"""`run.py score`: a record for every file, whatever it is."""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image

from core.errors import Unavailable
from core.metrics import Metric, Region
from models.scorer import Scorer
from pipeline import examine, score_files
from tests.pipeline.portraits import ASTRONAUT, EvenScorer, portraits


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        score_files, "Examiner", lambda threads: examine.Examiner(threads, scorer=EvenScorer())
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "faces"
    (folder / "b").mkdir(parents=True)
    shutil.copy(ASTRONAUT, folder / "b" / "face.JPG")
    Image.new("RGB", (300, 300), (120, 120, 120)).save(folder / "a_wall.png")
    (folder / "c_text.jpg").write_text("this is no photo")
    (folder / "notes.txt").write_text("not listed")
    (folder / ".hidden.jpg").write_text("not listed")
    return folder


def scored(*arguments: object) -> list[dict[str, Any]]:
    out = next(a for a in arguments if str(a).endswith(".jsonl"))
    assert score_files.main([str(a) for a in arguments]) == 0
    return [json.loads(line) for line in Path(str(out)).read_text("utf-8").splitlines()]


@pytest.mark.usefixtures("stand_in")
def test_every_file_has_a_record_of_what_happened(folder: Path, tmp_path: Path) -> None:
    records = scored(folder, "--out", tmp_path / "scores.jsonl")
    assert [Path(r["file"]).name for r in records] == ["a_wall.png", "face.JPG", "c_text.jpg"]
    wall, face, text = records
    assert wall["status"] == "rejected"
    assert "No face was found" in wall["reasons"][0]
    assert text["status"] == "error"
    assert "not a JPEG, PNG, WEBP or HEIC" in text["reasons"][0]
    assert text["metrics"] == {}
    assert face["status"] == "scored"
    assert face["reasons"] == []
    assert set(face["metrics"]) == {metric.value for metric in Metric}
    assert set(face["regions"]) == {region.value for region in Region}
    assert set(face["metrics"]["redness"]) == {
        "value",
        "low",
        "high",
        "evidence",
        "abstained_because",
    }
    assert face["metrics"]["redness"]["value"] == pytest.approx(30)
    assert face["metrics"]["pores"]["value"] is None
    assert "pixels wide" in face["metrics"]["pores"]["abstained_because"]
    assert set(face["counts"]) == {"spots", "blemishes"}  # too small a face for pores
    assert 0 <= face["quality"]["smile"] <= 1
    assert face["quality"]["face_width"] == pytest.approx(91, abs=4)
    assert face["model_version"] == "even"
    assert face["ms"]["opening"] > 0
    assert isinstance(face["ita"], float)


@pytest.mark.usefixtures("stand_in")
def test_the_table_holds_the_same_as_the_records(folder: Path, tmp_path: Path) -> None:
    (folder / "=cmd.jpg").write_text("a name that a spreadsheet would run")
    records = scored(folder, "--out", tmp_path / "scores.jsonl")
    assert score_files.main([str(folder), "--out", str(tmp_path / "scores.csv")]) == 0
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(records) == 4
    face = next(row for row in rows if row["status"] == "scored")
    record = next(r for r in records if r["status"] == "scored")
    assert float(face["redness.value"]) == record["metrics"]["redness"]["value"]
    assert face["pores.value"] == ""
    assert face["pores.abstained_because"] == record["metrics"]["pores"]["abstained_because"]
    assert float(face["nose.spots.high"]) == record["regions"]["nose"]["spots"]["high"]
    assert int(face["spots.count"]) == record["counts"]["spots"]
    assert face["pores.count"] == ""
    assert float(face["quality.exposure"]) == record["quality"]["exposure"]


@pytest.mark.usefixtures("stand_in")
def test_a_name_that_starts_as_a_formula_is_made_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("=cmd.jpg").write_text("x")
    assert score_files.main(["=cmd.jpg", "--out", "scores.csv"]) == 0
    assert "'=cmd.jpg" in Path("scores.csv").read_text("utf-8")


@pytest.mark.usefixtures("stand_in")
def test_maps_are_written_beside_each_other(folder: Path, tmp_path: Path) -> None:
    maps = tmp_path / "maps"
    scored(folder, folder, "--out", tmp_path / "scores.jsonl", "--maps", maps)
    once, again = maps / "b" / "face.JPG", maps / "b" / "face.JPG-2"
    for place in (once, again):
        names = {file.name for file in place.iterdir()}
        assert {"face.jpg", "redness.jpg", "spots.jpg"} <= names
        assert "pores.jpg" not in names  # not measured on so small a face
        with Image.open(place / "redness.jpg") as image:
            assert image.size == (768, 960)


@pytest.mark.usefixtures("stand_in")
def test_a_missing_file_is_an_error_record(tmp_path: Path) -> None:
    (record,) = scored(tmp_path / "away.jpg", "--out", tmp_path / "scores.jsonl")
    assert record["status"] == "error"
    assert "No such file" in record["reasons"][0]


def test_wrong_usage_is_said_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        score_files.main([str(ASTRONAUT), "--out", str(tmp_path / "scores.xml")])
    assert stopped.value.code == 2
    assert ".jsonl or .csv" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_a_model_nothing_is_scored_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(threads: int) -> None:
        raise Unavailable("The model's weights are missing.")

    monkeypatch.setattr(score_files, "Examiner", missing)
    with pytest.raises(SystemExit) as stopped:
        score_files.main([str(ASTRONAUT), "--out", str(tmp_path / "scores.jsonl")])
    assert stopped.value.code == 1
    assert "weights are missing" in capsys.readouterr().err


@pytest.mark.slow
def test_two_processes_give_what_one_gives(folder: Path, tmp_path: Path) -> None:
    for name in ("d", "e", "f"):
        shutil.copy(ASTRONAUT, folder / f"{name}.jpg")
    one = scored(folder, "--out", tmp_path / "one.jsonl")
    two = scored(folder, "--out", tmp_path / "two.jsonl", "--workers", 2)
    assert [record["file"] for record in one] == [record["file"] for record in two]
    for first, second in zip(one, two, strict=True):
        assert first["status"] == second["status"]
        for metric, score in first["metrics"].items():
            if score["value"] is not None:
                assert second["metrics"][metric]["value"] == pytest.approx(score["value"], abs=0.5)


@pytest.mark.slow
def test_a_killed_process_costs_no_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel does when memory runs out: once, in mid-run."""
    for number in range(6):
        shutil.copy(ASTRONAUT, tmp_path / f"{number}.jpg")
    jobs = score_files.list_photos([tmp_path])
    records: list[dict[str, Any]] = []
    for record in score_files._scored(jobs, None, 2):
        if not records:
            for child in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):  # a decoder that has just ended
                    if "spawn_main" in " ".join(child.cmdline()):
                        child.kill()
        records.append(record)
    assert [record["status"] for record in records] == ["scored"] * 6


def test_the_real_model_answers_for_the_portrait_that_every_machine_has(tmp_path: Path) -> None:
    (record,) = scored(ASTRONAUT, "--out", tmp_path / "scores.jsonl")
    assert record["status"] == "scored"
    assert record["model_version"] == Scorer().version
    for score in record["metrics"].values():
        assert (score["value"] is None) != (score["abstained_because"] is None)
    assert record["metrics"]["pores"]["value"] is None
    assert np.isfinite(record["ita"])


def test_the_real_model_scores_a_large_sharp_face_in_everything(tmp_path: Path) -> None:
    (record,) = scored(portraits("canada")[0], "--out", tmp_path / "scores.jsonl")
    for score in record["metrics"].values():
        assert 0 <= score["low"] <= score["value"] <= score["high"] <= 100
    assert set(record["metrics"]) == {metric.value for metric in Metric}
