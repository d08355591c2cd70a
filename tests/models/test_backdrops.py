"""Real skin in training: who may be in it, and what is done to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models import samples
from models.backdrops import Backdrop, Backdrops, cut
from models.people_split import is_held_out
from models.phantoms import optics
from models.phantoms.fields import SIZE
from models.phantoms.phantom import SIGNS
from models.samples import ADDED, PERSON, PHANTOM, SMOOTHED, TONED, UNKNOWN

FACES = Path(os.environ.get("SKINCARE_FACES", "../shared/faces"))
TRAINED = next(f"{n:03d}" for n in range(100) if not is_held_out(f"{n:03d}"))
HELD_OUT = next(f"{n:03d}" for n in range(100) if is_held_out(f"{n:03d}"))


def photo(seed: int, person: str = TRAINED, *, smiling: bool = False) -> Backdrop:
    """A stand-in for an aligned photo: skin-coloured, grained, landmarks where a face has some."""
    random = np.random.default_rng(seed)
    colour = np.array([196, 150, 128]) + random.normal(0, 6, (960, 768, 1))
    points = random.uniform((250, 300), (520, 660), (478, 2)).astype(np.float32)
    skin = np.zeros((960, 768), bool)
    skin[120:840, 100:668] = True
    return Backdrop(np.clip(colour, 0, 255).astype(np.uint8), skin, points, person, smiling)


def write(folder: Path, backdrop: Backdrop) -> None:
    expression = "smiling" if backdrop.smiling else "neutral"
    np.savez(
        folder / f"{backdrop.person}-{expression}.npz",
        pixels=backdrop.pixels,
        skin=backdrop.skin,
        points=backdrop.points,
        person=backdrop.person,
        expression=expression,
    )


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Backdrops:
    folder = tmp_path_factory.mktemp("backdrops")
    write(folder, photo(1))
    write(folder, photo(2, smiling=True))
    return Backdrops(folder)


def test_about_two_fifths_of_people_are_held_out_and_the_same_ones_always() -> None:
    ids = [f"{n:03d}" for n in range(1000)]
    assert 0.35 < np.mean([is_held_out(i) for i in ids]) < 0.45
    # Changing the rule would let people whom figures rest on into training
    some = [*(f"{n:03d}" for n in range(1, 13)), "003f", "010f", "019f", "020f", "022m"]
    assert [i for i in some if is_held_out(i)] == ["005", "007", "009", "010", "010f", "020f"]


def test_a_folder_with_somebody_held_out_is_refused(tmp_path: Path) -> None:
    write(tmp_path, photo(1, HELD_OUT))
    with pytest.raises(ValueError, match=HELD_OUT):
        Backdrops(tmp_path)


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"bench\.backdrops"):
        Backdrops(tmp_path)


def test_patches_are_mostly_skin_and_both_expressions_are_cut_at_one_landmark() -> None:
    photos = photo(1), photo(2, smiling=True)
    for seed in range(5):
        both = cut(photos, np.random.default_rng(seed))
        assert both is not None
        assert both[0].place == both[1].place
        for patch in both:
            assert patch.radiance.shape == (SIZE, SIZE, 3)
            assert patch.skin.mean() >= 0.7


def test_a_photo_without_enough_skin_gives_no_patch() -> None:
    bare = photo(1)
    bare.skin[:] = False
    bare.skin[:200, :200] = True
    assert cut((bare,), np.random.default_rng(1)) is None


@pytest.mark.parametrize("tone", [-40.0, 0.0, 60.0])
def test_repigmented_skin_is_darker_the_less_its_angle_and_keeps_its_texture(tone: float) -> None:
    patches = cut((photo(1),), np.random.default_rng(3))
    assert patches is not None
    patch = patches[0]
    changed = patch.repigmented(tone)
    darker = changed.reference.mean() < patch.reference.mean()
    assert darker == (tone < patch.tone)
    assert changed.tone == tone
    fine, same = (np.log(p.radiance[..., 1]).ravel() for p in (changed, patch))
    assert np.corrcoef(fine, same)[0, 1] > 0.95


def test_a_shard_with_real_skin_holds_every_kind_and_its_labels_say_what_is_known(
    real: Backdrops,
) -> None:
    shard = samples.make(4, 0, count=48, real=real)
    assert set(shard.kind) == {PHANTOM, ADDED, SMOOTHED, PERSON, TONED}
    phantoms, added = shard.kind == PHANTOM, shard.kind == ADDED
    assert phantoms.sum() > added.sum() > 0
    assert shard.visible[phantoms].any()
    assert shard.visible[added].any(axis=(1, 2, 3)).mean() > 0.8
    assert not shard.visible[~phantoms & ~added].any()
    hair, make_up, app = np.moveaxis(shard.veil, -1, 0)
    assert (shard.veil[phantoms] <= 200).all()
    assert (make_up[added] == UNKNOWN).all(), "nobody wrote down who wears make-up"
    assert (app[added] == 0).all()
    assert set(np.unique(hair[added])) <= {0, UNKNOWN}
    before, after = shard.veil[shard.kind == SMOOTHED].transpose(1, 0, 2, 3, 4)
    filtered = after[..., 2] > 0
    covered = (after[..., 1] != before[..., 1]) & (after[..., 1] > 0)
    assert (filtered.any(axis=(1, 2)) | covered.any(axis=(1, 2))).all()


def test_the_same_shard_is_made_again_and_order_does_not_matter(real: Backdrops) -> None:
    first = samples.make(4, 1, count=6, real=real)
    samples.make(4, 0, count=2, real=real)
    again = samples.make(4, 1, count=6, real=real)
    for name, value in vars(first).items():
        assert np.array_equal(value, getattr(again, name)), name


def test_what_was_added_is_where_the_pictures_differ(real: Backdrops) -> None:
    """Red signs on real skin: the second picture is redder where the label is high."""
    shard = samples.make(9, 0, count=32, real=real)
    redness = SIGNS.index("redness")
    found = []
    for i in np.flatnonzero(shard.kind == ADDED):
        label = shard.visible[i, ..., redness].astype(float)
        if label.std() < 15:
            continue
        linear = optics.to_linear(shard.pictures[i] / 255) + 0.004
        red = np.log(linear[..., 0]) - np.log(linear[..., 1])
        change = (red[1] - red[0]).reshape(32, 4, 32, 4).mean((1, 3))
        found.append(np.corrcoef(change.ravel(), label.ravel())[0, 1])
    assert found
    assert np.median(found) > 0.4


@pytest.mark.slow
def test_real_photos_become_backdrops_and_held_out_people_never(tmp_path: Path) -> None:
    if not FACES.is_dir():
        pytest.skip(f"the photos are not here: {FACES} (set SKINCARE_FACES)")
    code = "import sys, bench.backdrops as b; b.SETS = ('canada',); b.main(sys.argv[1:])"
    subprocess.run(
        [sys.executable, "-c", code, str(FACES), "--out", str(tmp_path)], check=True, timeout=120
    )
    people = {path.stem.rsplit("-", 1)[0] for path in tmp_path.glob("*.npz")}
    assert len(people) > 15
    assert not any(is_held_out(person) for person in people)
    backdrop = Backdrops(tmp_path).some(np.random.default_rng(1), 1)[0]
    assert backdrop.pixels.shape == (960, 768, 3)
    assert 0.2 < backdrop.skin.mean() < 0.8
    assert cut((backdrop,), np.random.default_rng(1)) is not None
