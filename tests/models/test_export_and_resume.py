"""Export puts nothing into service that differs from Keras; resuming restores what was learned."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import samples
from models.batches import assemble
from models.manifest import WEIGHTS, manifest, read_manifest

# TensorFlow's own imports warn, and warnings are errors here
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

TINY = (4, 6, 8, 8)
SIDE = 64  # pixels: the export's conversion takes long at the size in service


def test_the_same_seed_gives_the_same_batch_and_another_does_not() -> None:
    shard = samples.make(2, 0, count=3)

    def drawn(seed: int) -> np.ndarray:
        chosen = [(shard, i) for i in range(3)]
        return assemble(chosen, np.random.default_rng(seed)).picture

    assert np.array_equal(drawn(1), drawn(1))
    assert not np.array_equal(drawn(1), drawn(2))


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A saved network that has learned nothing, with the state that training leaves beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from models.network import build
    build().save(tmp_path / "model.keras")
    state = {"seed": 3, "step": 10, "seconds": 6.0, "phantoms": 99}
    (tmp_path / "state.json").write_text(json.dumps(state))
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
    monkeypatch.setattr(export, "HEIGHT", SIDE)
    monkeypatch.setattr(export, "WIDTH", SIDE)
    monkeypatch.setattr(
        export, "convert", lambda model: convert(converted(model, build), SIDE, SIDE)
    )
    return export


def test_a_conversion_that_differs_from_keras_leaves_what_is_in_service_alone(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exported_as(monkeypatch, lambda _, build: build())  # as if the weights were left out
    service = trained.parent / "weights"
    service.mkdir()
    (service / "skin-0.9.tflite").write_bytes(b"in service")
    with pytest.raises(RuntimeError, match="LiteRT differs from Keras"):
        export.export(trained, "1.1", WEIGHTS / "evaluation.json", service)
    assert [file.name for file in service.iterdir()] == ["skin-0.9.tflite"]


def test_an_export_equal_to_keras_replaces_the_weights_and_says_where_they_come_from(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exported_as(monkeypatch, lambda model, _: model)
    service = trained.parent / "weights"
    service.mkdir()
    (service / "skin-0.9.tflite").write_bytes(b"in service")
    export.export(trained, "1.1", WEIGHTS / "evaluation.json", service)
    names = {file.name for file in service.iterdir()}
    assert names == {"manifest.json", "evaluation.json", "skin-1.1.tflite", "skin-1.1.keras"}
    made = read_manifest(service)
    assert made.figures == manifest().figures
    assert (made.trained_on.seed, made.trained_on.steps, made.trained_on.phantoms) == (3, 10, 99)
    assert made.trained_on.minutes == 0.1
    assert made.bytes == (service / made.file).stat().st_size


def test_resuming_with_no_time_left_gives_back_the_network_that_was_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from models import train
        from models.evaluate import load_model
        from models.network import build
    monkeypatch.setattr(train, "build", lambda: build(widths=TINY))
    monkeypatch.setattr(train, "FIRST", 1)
    monkeypatch.setattr(train, "PHANTOMS", 8)
    shard = samples.make(5, 0, count=8)
    folder = tmp_path / "shards"
    folder.mkdir()
    for number in range(40):  # enough that none has to be made in the meantime
        np.savez(samples._path(folder, 5, number), **vars(shard))

    first = load_model(train.train(0.05, 5, tmp_path)).get_weights()
    state = (tmp_path / "state.json").read_text()
    again = load_model(train.train(0.05, 5, tmp_path, resume=True)).get_weights()
    assert json.loads((tmp_path / "state.json").read_text())["step"] == json.loads(state)["step"]
    for learned, restored in zip(first, again, strict=True):
        np.testing.assert_array_equal(restored, learned)
