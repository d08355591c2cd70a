"""Shapes on photos: what is kept lies on the photo, whatever a browser sends."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotAllowed, NotFound
from core.reviews import Label, Shape, drawing
from data import reviews
from pipeline.consultations import claims
from pipeline.reviews import drawings, face_scale, reading
from pipeline.reviews.face_scale import FaceScale
from tests import people
from tests.consulting import question, staff
from tests.pipeline.reviews.conftest import World

WIDTH, HEIGHT = 3000, 4000
NUMBERS = st.floats(-100, 5000) | st.integers(-100, 5000)
PAIRS = st.lists(NUMBERS, min_size=2, max_size=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)
GEOMETRY = st.fixed_dictionaries(
    {"points": st.lists(PAIRS, max_size=6) | JSON},
    optional={"radii": PAIRS | JSON, "turn": NUMBERS | JSON},
)


@given(st.sampled_from(Shape), GEOMETRY)
@example(Shape.POINT, {"points": [[math.nan, 1]]})
@example(Shape.POINT, {"points": [[10**400, 1]]})
@example(Shape.ELLIPSE, {"points": [[5, 5]], "radii": [math.inf, 2]})
def test_whatever_is_sent_what_is_kept_lies_on_the_photo(
    shape: Shape, geometry: dict[str, Any]
) -> None:
    try:
        drawn = drawing(shape, geometry, WIDTH, HEIGHT)
    except InvalidInput:
        return
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn.points)
    if drawn.radii is not None:
        assert all(0.5 <= radius <= max(WIDTH, HEIGHT) for radius in drawn.radii)
    assert 0 <= drawn.turn < 180


INSIDE = st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT))


@given(
    st.builds(lambda p: (Shape.POINT, {"points": [p]}), INSIDE)
    | st.builds(
        lambda p, r, t: (Shape.ELLIPSE, {"points": [p], "radii": r, "turn": t}),
        INSIDE,
        st.tuples(st.floats(0.5, 900), st.floats(0.5, 900)),
        st.floats(-720, 720),
    )
    | st.builds(
        lambda p, s: (
            Shape.POLYGON,
            {"points": [p, (p[0], (p[1] + s) % HEIGHT), ((p[0] + s) % WIDTH, p[1])]},
        ),
        INSIDE,
        st.floats(10, 900),
    )
)
def test_what_is_drawn_comes_back_to_a_tenth_of_a_pixel(drawn: tuple[Shape, Any]) -> None:
    shape, sent = drawn
    kept = drawing(shape, sent, WIDTH, HEIGHT)
    for (x, y), (u, v) in zip(sent["points"], kept.points, strict=True):
        assert math.dist((x, y), (u, v)) <= 0.0708
    assert drawing(shape, kept.as_kept(), WIDTH, HEIGHT) == kept  # and stays what it is


@pytest.mark.parametrize(
    "points",
    [[], [[1, 1], [2, 2]], [[1, 1], [2, 2], [3, 3]], [[1, 1]] * 201, [[1, 1], [9, 1], [9, -1]]],
)
def test_a_polygon_encloses_something_on_the_photo(points: list[list[int]]) -> None:
    with pytest.raises(InvalidInput):
        drawing(Shape.POLYGON, {"points": points}, WIDTH, HEIGHT)


def _photo(session: Session, world: World) -> UUID:
    found = reading.open_(session, world.grace, world.case).case.photos[0].photo_id
    assert found is not None
    return found


def test_a_drawing_is_kept_with_its_label_and_can_be_taken_back_by_who_drew_it(
    session: Session, world: World
) -> None:
    photo = _photo(session, world)
    ellipse = {"points": [[150, 200]], "radii": [20, 10], "turn": 30}
    drawn = drawings.draw(
        session, world.grace, world.case, photo, Shape.ELLIPSE, Label.NAEVUS, ellipse
    )
    (found,) = reading.open_(session, world.grace, world.case).drawings
    assert (found.photo_id, found.label) == (photo, Label.NAEVUS)
    assert (found.drawing.points, found.drawing.radii) == (((150.0, 200.0),), (20.0, 10.0))
    drawings.take_back(session, world.grace, world.case, drawn)
    assert reading.open_(session, world.grace, world.case).drawings == ()
    with pytest.raises(NotFound):
        drawings.take_back(session, world.grace, world.case, drawn)
    assert reviews.count_drawings(session, world.case) == 1  # that it was there is kept


def test_nothing_is_drawn_beside_the_photo_or_on_anothers(session: Session, world: World) -> None:
    photo = _photo(session, world)
    beside = {"points": [[301, 10]]}  # it is 300 pixels wide
    with pytest.raises(InvalidInput, match="on the photo"):
        drawings.draw(session, world.grace, world.case, photo, Shape.POINT, Label.OTHER, beside)
    bea = people.signed_in(session)
    asked = question(session, bea, photos=True)
    claims.claim(session, world.grace, asked)
    on = {"points": [[10, 10]]}
    with pytest.raises(NotFound):
        drawings.draw(session, world.grace, asked, photo, Shape.POINT, Label.OTHER, on)
    for who in (staff(session), world.ada):
        with pytest.raises((NotFound, NotAllowed)):
            drawings.draw(session, who, world.case, photo, Shape.POINT, Label.OTHER, on)


@given(st.floats(0, 5000), st.floats(0.01, 1), st.floats(0.01, 0.2))
def test_a_length_lies_within_what_is_said_of_it(
    pixels: float, millimetres: float, spread: float
) -> None:
    likely, low, high = FaceScale(millimetres, spread).measured(pixels)
    assert 0 <= low <= likely <= high
    assert likely == pytest.approx(pixels * millimetres)
    assert high - likely >= 1.645 * spread * likely * 0.999


def test_three_millimetres_are_said_with_their_uncertainty() -> None:
    """A face 1000 pixels wide: 0.14 mm a pixel, so 22 pixels are about 3.1 mm."""
    scale = FaceScale(face_scale.FACE_WIDTH / 1000, face_scale.FACE_SPREAD)
    assert [round(mm, 1) for mm in scale.measured(22)] == [3.1, 2.5, 3.7]
