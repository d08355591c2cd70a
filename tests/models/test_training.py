"""Batches, learning and the export, on a tiny network. TensorFlow takes 4 to 12 s to import."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import feed, samples
from models.batches import MAP_SIGMA, Batch, assemble
from models.manifest import WEIGHTS, manifest
from models.normalise import CHANNELS
from models.phantoms.fields import SIZE
from models.samples import Shard

# TensorFlow's own imports warn, and warnings are errors here
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

TINY = (4, 6, 8, 8)
SMALL = 8  # samples of a shard


@pytest.fixture(scope="module")
def shard() -> Shard:
    """SMALL phantoms; phantoms alone, so that the first draws of the series are none smoothed."""
    return samples.make(5, 0, count=SMALL)


@pytest.fixture(scope="module")
def batch(shard: Shard) -> Batch:
    chosen = [(shard, i) for i in np.flatnonzero(shard.kind == samples.PHANTOM)[:4]]
    return assemble(chosen, np.random.default_rng(1))


def tensorflow_modules() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tensorflow

        from models import network, train
    return tensorflow, network, train


def test_a_batch_holds_each_phantom_twice_with_one_truth(batch: Batch) -> None:
    assert batch.picture.shape == (8, SIZE, SIZE, CHANNELS)
    assert batch.visible.shape == (8, SIZE // 4, SIZE // 4, 7)
    assert batch.amount.shape == (8, SIZE // 16, SIZE // 16, 7)
    assert batch.veil.shape == (8, SIZE // 16, SIZE // 16, 3)
    for truth in (batch.visible, batch.amount, batch.kind):  # some are seen in two tones
        assert np.array_equal(truth[::2], truth[1::2])
    assert not np.array_equal(batch.picture[::2], batch.picture[1::2])
    assert MAP_SIGMA > 0


def test_what_nobody_labelled_is_told_from_no_veil(shard: Shard) -> None:
    known = np.zeros_like(shard.veil)
    known[:, :, 0, 0] = (200, samples.UNKNOWN, 0)
    labelled = Shard(**(vars(shard) | {"veil": known}))
    veil = assemble([(labelled, 0)], np.random.default_rng(1)).veil
    corner = [veil[0, y, x].tolist() for y in (0, -1) for x in (0, -1)]
    assert [1.0, -1.0, 0.0] in corner


def test_pictures_and_maps_are_turned_alike() -> None:
    """Where a map says that there is a spot, the picture is darker, however it was turned."""
    shard = samples.make(3, 1, count=24)
    random = np.random.default_rng(2)
    found = []
    for i in np.flatnonzero(shard.kind == samples.PHANTOM):
        one = assemble([(shard, int(i))], random, holes=False)
        spots = one.visible[0, ..., 5].repeat(4, 0).repeat(4, 1)
        if spots.std() > 0.15:
            green = one.picture[0, ..., 1]
            found.append(np.corrcoef(spots.ravel(), green.ravel())[0, 1])
    assert len(found) >= 3
    assert np.median(found) < -0.3


def test_steps_lower_the_loss(batch: Batch) -> None:
    tf, network, train = tensorflow_modules()
    tf.keras.utils.set_random_seed(1)
    run = train.Training(network.build(widths=TINY), smoothing=0.9)
    maps = [float(run.step(batch, 5e-3)["maps"]) for _ in range(25)]
    assert np.isfinite(maps).all()
    assert maps[-1] < 0.7 * maps[0]


def test_earlier_weights_are_taken_over_where_they_fit() -> None:
    _, network, _ = tensorflow_modules()
    earlier, later = network.build(widths=TINY), network.build(widths=TINY)
    layers = sum(bool(layer.get_weights()) for layer in later.layers)
    assert network.take_over(later, earlier) == layers
    picture = np.random.default_rng(1).normal(0, 0.7, (1, 64, 48, CHANNELS)).astype(np.float32)
    for name, said in earlier(picture, training=False).items():
        assert np.array_equal(said, later(picture, training=False)[name])
    wider = network.build(widths=(4, 6, 8, 12))
    assert 0 < network.take_over(wider, earlier) < layers


def test_the_export_says_what_keras_says_at_every_size_and_a_broken_one_is_noticed() -> None:
    tf, _, _ = tensorflow_modules()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from models.export import TOLERANCE, convert, largest_difference
    keras_file = (WEIGHTS / manifest().file).with_suffix(".keras")
    model = tf.keras.models.load_model(keras_file, compile=False)
    random = np.random.default_rng(1)
    picture = random.normal(0, 0.7, (1, 128, 96, CHANNELS)).astype(np.float32)
    content = convert(model, 128, 96)
    assert largest_difference(model, content, picture) < TOLERANCE
    assert largest_difference(model, content, picture * np.float32(np.nan)) == np.inf

    served = (WEIGHTS / manifest().file).read_bytes()
    for height, width in ((960, 768), (416, 352)):
        picture = random.normal(0, 0.7, (1, height, width, CHANNELS)).astype(np.float32)
        assert largest_difference(model, served, picture) < TOLERANCE


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shard: Shard) -> Path:
    """A folder to train a tiny network in; its shards are there, so that none has to be made."""
    _, network, train = tensorflow_modules()
    monkeypatch.setattr(train, "build", lambda: network.build(widths=TINY))
    monkeypatch.setattr(feed, "FIRST", 1)
    monkeypatch.setattr(feed, "PHANTOMS", SMALL)
    folder = tmp_path / "shards"
    folder.mkdir()
    for number in range(40):
        np.savez(samples._path(folder, 5, number), **vars(shard))
    return tmp_path


def trained(folder: Path, *more: str) -> Any:
    """Trains with seed 5 and gives what training left behind."""
    _, _, train = tensorflow_modules()
    arguments = ["--seed", "5", "--out", str(folder), "--processes", "1"]
    assert train.main([*arguments, *more]) == 0
    return json.loads((folder / "state.json").read_text())


def weights_in(folder: Path) -> list[np.ndarray]:
    tf, _, _ = tensorflow_modules()
    model = tf.keras.models.load_model(folder / "model.keras", compile=False)
    return [np.asarray(weights) for weights in model.get_weights()]


def test_training_stops_in_time_and_goes_on_from_where_it_was(tiny: Path) -> None:
    first = trained(tiny, "--minutes", "0.05")
    assert first["seed"] == 5
    assert first["step"] > 0
    assert first["seconds"] > 3
    second = trained(tiny, "--minutes", str(first["seconds"] / 60 + 0.03), "--resume")
    assert second["step"] > first["step"]
    assert second["seconds"] > first["seconds"] + 1


def test_a_run_of_given_steps_can_be_repeated_and_resuming_a_finished_one_changes_nothing(
    tiny: Path,
) -> None:
    """Sums over threads come in any order: weights of equal runs may differ by 1e-3."""
    first = trained(tiny, "--steps", "12")
    learned = weights_in(tiny)
    assert first["step"] == 12
    again = trained(tiny, "--steps", "12", "--resume")
    assert again["step"] == 12
    for restored, kept in zip(weights_in(tiny), learned, strict=True):
        np.testing.assert_array_equal(restored, kept)

    (tiny / "state.json").unlink()
    repeated = trained(tiny, "--steps", "12")
    for one, other in zip(weights_in(tiny), learned, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3, rtol=1e-3)
    assert np.allclose(repeated["error_by_tone"], first["error_by_tone"], atol=1e-3)


@pytest.mark.parametrize("length", [("--steps", "0"), ("--minutes", "0"), ("--steps", "-3")])
def test_training_for_no_time_is_refused_and_saves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], length: tuple[str, str]
) -> None:
    _, _, train = tensorflow_modules()
    assert train.main([*length, "--out", str(tmp_path)]) == 2
    assert "above 0" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
