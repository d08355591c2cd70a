"""The face networks find real faces where they are."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import Unavailable
from models import face_task, landmarks
from tests.pipeline.portraits import astronaut, networks


def test_a_face_is_found_where_it_is() -> None:
    (face,) = networks().detect(astronaut())
    assert face.confidence > 0.8
    assert np.abs(face.centre - (222, 122)).max() < 15  # read off the photo
    right, left = face.eyes
    assert right[0] < left[0]  # the person's right eye is on the viewer's left


def test_landmarks_lie_on_the_face_also_when_the_head_is_level_or_not() -> None:
    (face,) = networks().detect(astronaut())
    level = networks().landmarks(astronaut(), face.centre, face.size * 1.5, 0.0)
    turned = networks().landmarks(astronaut(), face.centre, face.size * 1.5, 0.3)
    assert level.presence > 0.9
    assert level.points.shape == (478, 3)
    assert np.abs(level.points[:, :2] - turned.points[:, :2]).mean() < 3


def test_nothing_is_found_in_noise() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3)).astype(np.uint8)
    assert networks().detect(noise) == []


def test_another_model_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = face_task._task_file()
    monkeypatch.setattr(face_task, "_task_file", lambda: content + b"\x00")
    with pytest.raises(Unavailable, match="not the one"):
        landmarks.FaceNetworks()


def test_a_missing_wheel_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_task, "_WHEEL", "no-such-wheel")
    with pytest.raises(Unavailable, match="not installed"):
        landmarks.FaceNetworks()
