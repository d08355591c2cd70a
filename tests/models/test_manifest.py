from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from core.errors import Unavailable
from models import phantoms
from models.manifest import NAME, WEIGHTS, manifest, read_manifest
from models.scorer import MAPPED

SCALES = ("interval_scale", "interval_by_tone")
EVALUATION = WEIGHTS.parent / "evaluation.json"


def test_the_weights_in_service_are_those_that_the_manifest_names() -> None:
    content = (WEIGHTS / manifest().file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == manifest().sha256
    assert len(content) == manifest().bytes < 3_000_000
    assert manifest().trained_on.phantoms_version == phantoms.VERSION


def test_every_figure_of_the_manifest_was_measured_on_these_weights() -> None:
    evaluation = json.loads(EVALUATION.read_text())
    assert evaluation["weights"]["sha256"] == manifest().sha256
    shown = json.loads(manifest().model_dump_json())
    calibration = evaluation["calibration"]
    assert set(calibration) >= {"figures", *SCALES, "shared_error", "shot_error", "sdc"}
    assert {name: shown[name] for name in calibration} == calibration
    assert set(manifest().figures) == set(manifest().sdc) == set(MAPPED)


def test_the_network_is_worth_more_than_always_saying_the_median() -> None:
    for metric, figures in manifest().figures.items():
        assert figures.mae < 0.85 * figures.constant_mae, metric
        assert figures.spearman > 0.5, metric


def test_the_manifest_says_what_training_saw_and_which_versions_were_before() -> None:
    of = manifest().trained_on
    assert of.steps > 1000
    assert all(used.licence == "CC BY 4.0" and used.people > 0 for used in of.backdrops)
    assert [earlier.version for earlier in manifest().history] == ["1.0", "2.0", "2.1"]
    assert set(manifest().history[0].sdc) == set(MAPPED)


def test_a_missing_manifest_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"run\.py train"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("change", ["", "{}", '{"version": 1}', "\xff"])
def test_a_damaged_manifest_is_refused(tmp_path: Path, change: str) -> None:
    (tmp_path / NAME).write_text(change)
    with pytest.raises(Unavailable, match="damaged"):
        read_manifest(tmp_path)


def test_a_manifest_with_a_field_too_many_is_refused(tmp_path: Path) -> None:
    shutil.copy(WEIGHTS / NAME, tmp_path / NAME)
    content = json.loads((tmp_path / NAME).read_text())
    (tmp_path / NAME).write_text(json.dumps(content | {"displayed_bonus": 20}))
    with pytest.raises(Unavailable, match="damaged"):
        read_manifest(tmp_path)
