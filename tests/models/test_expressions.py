"""What the expression network says of landmarks, and of people who were asked to smile."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from models.expressions import ExpressionNetwork
from models.landmarks import FaceNetworks
from pipeline.expression import SMILING
from pipeline.face import find_face
from tests.pipeline.portraits import astronaut, portraits, read


@pytest.fixture(scope="module")
def networks() -> FaceNetworks:
    return FaceNetworks()


@pytest.fixture(scope="module")
def expression() -> ExpressionNetwork:
    return ExpressionNetwork()


def test_a_smile_is_seen_and_the_eyes_are_open(
    networks: FaceNetworks, expression: ExpressionNetwork
) -> None:
    seen = expression(find_face(astronaut(), networks).points)
    assert seen.smile > 0.7  # she smiles at us with all her teeth
    assert seen.blink < 0.4


def test_where_and_how_large_the_face_is_does_not_matter(
    networks: FaceNetworks, expression: ExpressionNetwork
) -> None:
    points = find_face(astronaut(), networks).points
    here = astuple(expression(points))
    assert astuple(expression(points * np.float32(7.3) + 500)) == pytest.approx(here, abs=0.01)


def test_a_mouth_without_a_smile_is_seen_to_have_none(
    networks: FaceNetworks, expression: ExpressionNetwork
) -> None:
    """The landmarks with the corners of the mouth put down and together."""
    points = find_face(astronaut(), networks).points.copy()
    smile = expression(points).smile
    mouth = [61, 291, 78, 308, 185, 409, 40, 270, 146, 375, 91, 321, 95, 324, 191, 415]
    middle = points[13, 0]
    points[mouth, 0] = middle + (points[mouth, 0] - middle) * np.float32(0.7)
    points[mouth, 1] += np.float32(6)
    assert expression(points).smile < smile - 0.3


@pytest.mark.slow
def test_people_who_were_asked_to_smile_are_told_from_the_same_people_at_rest(
    networks: FaceNetworks, expression: ExpressionNetwork
) -> None:
    neutral: list[bool] = []
    smiling: list[bool] = []
    for path in portraits("london", every=5):
        smile = expression(find_face(read(path), networks).points).smile
        (smiling if "smiling" in path.name else neutral).append(smile >= SMILING)
    assert sum(neutral) <= 1  # of 15
    assert np.mean(smiling) >= 0.5
