"""A folder of one's own photos against one's own labels, through the real pipeline."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.errors import InvalidInput
from core.metrics import Metric
from evaluation import added, page
from evaluation.command import main
from evaluation.labelled import Question, evaluate, table
from models.manifest import WEIGHTS, read_manifest
from pipeline import sandbox
from tests.evaluation.test_on_faces import placed
from tests.pipeline.portraits import astronaut

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five photos of one face with more and more spots, and three rows that give no score."""
    photos = tmp_path_factory.mktemp("photos")
    layers = added.layers(placed(), 0)
    rows = []
    for number, strength in enumerate(STRENGTHS):
        pixels = added.with_sign(astronaut(), placed(), layers, Metric.SPOTS, strength)
        Image.fromarray(pixels).save(photos / f"{number}.png")
        rows.append((f"{number}.png", strength, "spotted" if strength > 0.4 else "clear", "her"))
    (photos / "text.jpg").write_text("no photo")
    Image.fromarray(np.full((300, 300, 3), 128, np.uint8)).save(photos / "grey.png")
    rows += [(name, 0, "clear", "nobody") for name in ("text.jpg", "grey.png", "gone.jpg")]
    with (photos / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "spots", "kind", "who"), *rows])
    return photos


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those in service, for faces of every width: the one that every machine has is small."""
    copy = tmp_path_factory.mktemp("weights")
    shutil.copy(WEIGHTS / read_manifest().file, copy)
    manifest = read_manifest().model_copy(update={"least_face_width": {}})
    (copy / "manifest.json").write_text(manifest.model_dump_json())
    return copy


@pytest.fixture(scope="module")
def answer(folder: Path, weights: Path) -> Iterator[dict[str, Any]]:
    question = Question(
        folder, folder / "labels.csv", "file", ("spots", "kind"), ("kind",), "who", None
    )
    yield evaluate(question, weights, processes=1)
    sandbox.stop()


def test_scores_follow_a_label_that_is_in_the_picture(answer: dict[str, Any]) -> None:
    found = answer["targets"]["spots"]["metrics"]["spots"]
    assert found["photos"] == len(STRENGTHS)
    assert found["spearman"]["value"] > 0.85
    of_kinds = answer["targets"]["kind"]["metrics"]["spots"]
    assert of_kinds["auc"]["value"] == 1.0
    assert answer["targets"]["kind"]["positive"] == "spotted"


def test_photos_that_give_no_score_are_listed_with_the_reason(answer: dict[str, Any]) -> None:
    counts = answer["photos"]
    assert (counts["rows"], counts["scored"]) == (8, 5)
    unreadable = {Path(one["file"]).name: one["why"] for one in counts["unreadable"]}
    assert "not a JPEG" in unreadable["text.jpg"]
    assert "No such file" in unreadable["gone.jpg"]
    assert "No face was found" in counts["rejected"][0]["why"]


def test_repeated_photos_of_one_person_give_the_spread_within_her(answer: dict[str, Any]) -> None:
    spots = answer["repeats"]["spots"]
    assert spots["people"] == 1
    values = [row["spots"] for row in answer["scores"]]
    assert spots["within_sd"] == pytest.approx(float(np.std(values, ddof=1)), abs=0.01)
    assert spots["sdc"] == pytest.approx(2.77 * spots["within_sd"], rel=0.01)


def test_everything_is_also_told_by_tone_and_by_the_columns_asked_for(
    answer: dict[str, Any],
) -> None:
    assert set(answer["groups"]) == {"kind", "tone"}
    assert answer["groups"]["kind"]["spotted"]["photos"] == 3
    medians = [answer["groups"]["kind"][k]["median"]["spots"] for k in ("clear", "spotted")]
    assert medians[0] < medians[1]


def test_the_answer_can_be_read_as_a_table_and_as_a_page(answer: dict[str, Any]) -> None:
    assert "5 of 8 photos scored, 2 could not be read, 1 were refused" in table(answer)
    shown = page.of_labels(answer)
    assert "Agreement with spots" in shown
    assert "text.jpg" in shown
    json.dumps(answer, allow_nan=False)


def test_a_folder_that_holds_none_of_the_photos_is_an_error(folder: Path, tmp_path: Path) -> None:
    question = Question(tmp_path, folder / "labels.csv", "file", (), (), None, None)
    with pytest.raises(InvalidInput, match="None of the 8 photos"):
        evaluate(question, WEIGHTS, processes=1)


def test_photos_and_labels_go_together_and_a_quick_run_never_goes_into_service(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--photos", str(folder)]) == 2
    assert "go together" in capsys.readouterr().out
    assert main(["--quick"]) == 2
    assert "--out FOLDER" in capsys.readouterr().out
