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


def test_the_weights_in_service_are_those_that_the_manifest_names() -> None:
    content = (WEIGHTS / manifest().file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == manifest().sha256
    assert len(content) == manifest().bytes < 3_000_000
    assert manifest().trained_on.phantoms_version == phantoms.VERSION


def test_every_figure_of_the_manifest_is_the_evaluations() -> None:
    evaluation = json.loads((WEIGHTS / "evaluation.json").read_text())
    assert evaluation["phantoms"] >= 1000
    for metric in MAPPED:
        measured = evaluation["metrics"][metric.value]
        shown = manifest().figures[metric].model_dump()
        assert shown == {name: measured[name] for name in shown}
        assert manifest().interval_scale[metric] == measured["interval_scale"]
        assert manifest().shared_error[metric] == measured["shared_error"]
        assert manifest().sdc_same_view[metric] == measured["sdc_same_view"]
        assert manifest().sdc[metric] == evaluation["faces"]["sdc_with_expression"][metric.value]
        assert (
            manifest().least_face_width[metric]
            == (evaluation["faces"]["least_face_width"][metric.value])
        )


def test_the_network_is_worth_more_than_always_saying_the_median() -> None:
    for metric, figures in manifest().figures.items():
        assert figures.mae < 0.75 * figures.constant_mae, metric
        assert figures.spearman > 0.5, metric
        assert 0.85 <= figures.coverage <= 0.95, metric


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
