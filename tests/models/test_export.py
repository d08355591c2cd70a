"""Export puts nothing into service that differs from Keras, and invents no figure."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.metrics import Metric
from models import sources
from models.manifest import WEIGHTS, manifest, read_manifest
from models.scorer import MAPPED

# TensorFlow's own imports warn, and warnings are errors here
slow = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SIDE = 64  # pixels: the export's conversion takes long at the size in service


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A saved network that has learned nothing, with the state that training leaves beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from models.network import build
    build().save(tmp_path / "model.keras")
    state = {"seed": 3, "step": 10, "seconds": 6.0, "phantoms": 99, "start": "model.keras"}
    state["backdrops"] = [{"source": "a set", "licence": "CC BY 4.0", "people": 4}]
    before = state | {"step": 70, "start": None, "backdrops": []}
    (tmp_path / "state.json").write_text(json.dumps(state | {"before": before}))
    return tmp_path / "model.keras"


def exported_as(
    monkeypatch: pytest.MonkeyPatch, converted: Callable[[Any, Callable[..., Any]], Any]
) -> Any:
    """models.export at SIDE × SIDE; `converted` chooses the network that is converted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from models import export
        from models.network import build
    convert = export.convert
    monkeypatch.setattr(export, "SIZES", ((SIDE, SIDE), (2 * SIDE, SIDE)))
    monkeypatch.setattr(
        export, "convert", lambda model: convert(converted(model, build), SIDE, SIDE)
    )
    return export


class TestExporting:
    pytestmark = slow

    def test_a_conversion_that_differs_from_keras_leaves_what_is_in_service_alone(
        self, trained: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        export = exported_as(monkeypatch, lambda _, build: build())  # as if weights were left out
        service = trained.parent / "weights"
        service.mkdir()
        (service / "skin-0.9.tflite").write_bytes(b"in service")
        with pytest.raises(RuntimeError, match="LiteRT differs from Keras"):
            export.export(trained, "9.1", service)
        assert [file.name for file in service.iterdir()] == ["skin-0.9.tflite"]

    def test_an_export_replaces_the_weights_and_says_where_they_come_from_and_what_was_before(
        self, trained: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        export = exported_as(monkeypatch, lambda model, _: model)
        service = trained.parent / "weights"
        service.mkdir()
        (service / "manifest.json").write_bytes((WEIGHTS / "manifest.json").read_bytes())
        (service / "skin-0.9.tflite").write_bytes(b"in service")
        export.export(trained, "9.1", service)
        names = {file.name for file in service.iterdir()}
        assert names == {"manifest.json", "skin-9.1.tflite", "skin-9.1.keras"}
        made = read_manifest(service)
        of = made.trained_on
        assert (of.seed, of.steps, of.phantoms, of.minutes) == (3, 10, 99, 0.1)
        assert [(used.licence, used.people) for used in of.backdrops] == [("CC BY 4.0", 4)]
        assert of.before is not None
        assert (of.before.steps, of.before.backdrops) == (70, ())
        assert made.bytes == (service / made.file).stat().st_size
        assert made.history[-1].version == manifest().version
        assert made.history[-1].sdc == manifest().sdc
        export.export(trained, "9.1", service)  # exported again: no version before itself
        assert read_manifest(service).history == made.history

    def test_figures_are_those_measured_on_these_weights_or_said_not_to_be_measured(
        self, trained: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        export = exported_as(monkeypatch, lambda model, _: model)
        service, evaluation = trained.parent / "weights", trained.parent / "evaluation.json"
        document = {
            "weights": {"sha256": "of others"},
            "calibration": {"sdc": dict.fromkeys(MAPPED, 7.5), "sdc_method": "measured"},
        }
        evaluation.write_text(json.dumps(document))
        made = export.export(trained, "9.1", service, evaluation)
        assert made.sdc_method == "not measured yet"
        assert made.figures == {}

        content = (service / made.file).read_bytes()
        document["weights"] = {"sha256": hashlib.sha256(content).hexdigest()}
        evaluation.write_text(json.dumps(document))
        known = export.manifest_of(
            content, "9.1", json.loads((trained.parent / "state.json").read_text()), evaluation,
            service,
        )  # fmt: skip
        assert known.sdc_method == "measured"
        assert known.sdc[Metric.PORES] == 7.5


def test_sources_of_real_skin_are_told_by_number_of_people_never_by_name(tmp_path: Path) -> None:
    for name in ("001-neutral", "001-smiling", "022-neutral", "154m-neutral", "ann-neutral"):
        np.savez(tmp_path / f"{name}.npz", pixels=np.zeros(1))
    used = sources.described(tmp_path)
    assert [of["people"] for of in used] == [2, 1, 1]
    assert [of["licence"] for of in used] == ["CC BY 4.0", "CC BY 4.0", "not stated"]
    assert not any(name in json.dumps(used) for name in ("001", "022", "154", "ann"))


def test_a_folder_without_photos_is_no_source(tmp_path: Path) -> None:
    assert sources.described(tmp_path) == []
