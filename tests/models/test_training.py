"""Building, learning and exporting, on a tiny network. TensorFlow takes 4 to 12 s to import."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from models import samples
from models.batches import MAP_SIGMA, Batch, assemble
from models.normalise import CHANNELS
from models.phantoms.fields import SIZE

# TensorFlow's own imports warn, and warnings are errors here
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

TINY = (4, 6, 8, 8)


@pytest.fixture(scope="module")
def batch() -> Batch:
    shard = samples.make(1, 0, count=4)
    return assemble([(shard, i) for i in range(4)], np.random.default_rng(1))


def test_a_batch_holds_each_phantom_twice_with_one_truth(batch: Batch) -> None:
    assert batch.picture.shape == (8, SIZE, SIZE, CHANNELS)
    assert batch.visible.shape == (8, SIZE // 4, SIZE // 4, 7)
    assert batch.amount.shape == (8, SIZE // 16, SIZE // 16, 7)
    for truth in (batch.visible, batch.skin, batch.amount, batch.weight):
        assert np.array_equal(truth[::2], truth[1::2])
    assert not np.array_equal(batch.picture[::2], batch.picture[1::2])
    assert MAP_SIGMA > 0


def test_pictures_and_maps_are_turned_alike() -> None:
    """Where a map says that there is a spot, the picture is darker, however it was turned."""
    shard = samples.make(3, 1, count=24)
    random = np.random.default_rng(2)
    found = []
    for i in range(24):
        one = assemble([(shard, i)], random, holes=False)
        spots = one.visible[0, ..., 5].repeat(4, 0).repeat(4, 1)
        if spots.std() > 0.15:
            green = one.picture[0, ..., 1]
            found.append(np.corrcoef(spots.ravel(), green.ravel())[0, 1])
    assert len(found) >= 4
    assert np.median(found) < -0.3


def test_steps_lower_the_loss(batch: Batch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tensorflow as tf

        from models.network import build
        from models.train import Training
    tf.keras.utils.set_random_seed(1)
    run = Training(build(widths=TINY), smoothing=0.9)
    losses = [float(run.step(batch, 5e-3)["total"]) for _ in range(25)]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.7 * losses[0]


def test_the_export_says_what_keras_says_and_a_broken_one_is_noticed() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from models.evaluate import load_model
        from models.export import TOLERANCE, convert, largest_difference
        from models.manifest import WEIGHTS, manifest
    model = load_model((WEIGHTS / manifest().file).with_suffix(".keras"))
    picture = np.random.default_rng(1).normal(0, 0.7, (1, 128, 96, CHANNELS)).astype(np.float32)
    content = convert(model, 128, 96)
    assert largest_difference(model, content, picture) < TOLERANCE
    assert largest_difference(model, content, picture * np.float32(np.nan)) == np.inf

    served = (WEIGHTS / manifest().file).read_bytes()
    picture = np.random.default_rng(1).normal(0, 0.7, (1, 960, 768, CHANNELS)).astype(np.float32)
    assert largest_difference(model, served, picture) < TOLERANCE


def test_training_stops_in_time_and_goes_on_from_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from models import train
        from models.network import build
    monkeypatch.setattr(train, "build", lambda: build(widths=TINY))
    monkeypatch.setattr(train, "FIRST", 1)
    monkeypatch.setattr(train, "PHANTOMS", 8)
    monkeypatch.setattr(samples, "PHANTOMS", 8)
    for number in range(40):  # small shards, so that none has to be made in the meantime
        path = samples._path(tmp_path / "shards", 5, number)
        path.parent.mkdir(exist_ok=True)
        np.savez(path, **vars(samples.make(5, 0, count=8)))

    arguments = ["--minutes", "0.05", "--seed", "5", "--out", str(tmp_path)]
    assert train.main(arguments) == 0
    first = json.loads((tmp_path / "state.json").read_text())
    assert first["seed"] == 5
    assert first["step"] > 0
    assert first["seconds"] > 3
    arguments[1] = str(first["seconds"] / 60 + 0.05)
    assert train.main([*arguments, "--resume"]) == 0
    second = json.loads((tmp_path / "state.json").read_text())
    assert second["step"] > first["step"]
    assert second["seconds"] > first["seconds"] + 2
    assert (tmp_path / "model.keras").stat().st_size > 10_000
