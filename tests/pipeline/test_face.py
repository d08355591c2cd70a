"""Which face is scored, and how it is turned."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.errors import PhotoRejected
from pipeline.face import NO_FACE, SEVERAL_FACES, find_face
from tests.pipeline.portraits import Pixels, astronaut, networks, portraits, read


def test_a_photo_without_a_face_is_rejected_with_what_to_do() -> None:
    grey = np.full((300, 300, 3), 128, np.uint8)
    with pytest.raises(PhotoRejected) as rejected:
        find_face(grey, networks())
    assert rejected.value.reasons == (NO_FACE,)


def test_two_faces_of_equal_size_are_rejected() -> None:
    with pytest.raises(PhotoRejected) as rejected:
        find_face(np.hstack([astronaut(), astronaut()]), networks())
    assert rejected.value.reasons == (SEVERAL_FACES,)


def test_a_far_smaller_second_face_does_not_matter() -> None:
    both = astronaut().copy()
    both[380:508, 380:508] = _resized(astronaut(), 128)
    alone = find_face(astronaut(), networks()).width
    assert find_face(both, networks()).width == pytest.approx(alone, rel=0.02)


@pytest.mark.parametrize("degrees", [-25, -10, 10, 25])
def test_a_tilted_head_is_measured_and_does_not_look_turned(degrees: int) -> None:
    level = find_face(astronaut(), networks())
    turned = Image.fromarray(astronaut()).rotate(-degrees, Image.Resampling.BICUBIC)
    face = find_face(np.asarray(turned), networks())
    assert face.roll - level.roll == pytest.approx(degrees, abs=3)
    assert face.yaw == pytest.approx(level.yaw, abs=6)
    assert face.width == pytest.approx(level.width, rel=0.06)


def test_a_mirrored_face_is_turned_the_other_way() -> None:
    seen = find_face(astronaut(), networks())
    mirrored = find_face(np.ascontiguousarray(astronaut()[:, ::-1]), networks())
    assert seen.yaw == pytest.approx(-mirrored.yaw, abs=4)
    assert seen.roll == pytest.approx(-mirrored.roll, abs=3)


@pytest.mark.parametrize("size", [256, 1024, 3000])
def test_the_width_follows_the_photo(size: int) -> None:
    face = find_face(_resized(astronaut(), size), networks())
    expected = find_face(astronaut(), networks()).width * size / 512
    assert face.width == pytest.approx(expected, rel=0.05)


def test_a_small_face_in_a_large_photo_is_found() -> None:
    canvas = np.full((2000, 3000, 3), 90, np.uint8)
    canvas[700:1212, 1800:2312] = astronaut()
    face = find_face(canvas, networks())
    assert face.points[:, 0].mean() == pytest.approx(1800 + 222, abs=20)


def test_frontal_portraits_are_seen_as_frontal() -> None:
    faces = [find_face(read(path), networks()) for path in portraits("london", every=10)]
    assert abs(np.median([face.yaw for face in faces])) < 3
    assert abs(np.median([face.pitch for face in faces])) < 4
    assert max(abs(face.yaw) for face in faces) < 12


def _resized(pixels: Pixels, size: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS))
