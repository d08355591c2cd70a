"""The pictures of a case: photos in full resolution to draw on, and checks to compare."""

from __future__ import annotations

import base64
from typing import Any, Protocol
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from core.consultations import State
from core.errors import SkincareError
from core.people import Identity, Role
from core.reviews import LABEL_NAMES, Label, Shape
from dashboard.identity import guarded
from dashboard.widgets.case_compare import compare
from dashboard.widgets.component import component_of
from dashboard.widgets.notice import hear, told
from dashboard.words import plain
from dashboard.words_of_consultations import VIEWS
from data.database import transaction
from pipeline.reviews import drawings, face_scale, photos, reading
from pipeline.reviews.photos import CasePicture
from pipeline.reviews.reading import Opened


class Door(Protocol):
    """By which a reader comes to a case: `pipeline.reviews.reading`, `second`, `break_glass`."""

    def open_(self, session: Session, staff: Identity, consultation_id: UUID, /) -> Opened: ...

    def photo(
        self, session: Session, staff: Identity, consultation_id: UUID, photo_id: UUID, /
    ) -> bytes: ...


ALIGNED = "aligned"
PLACE = "case_photos"
_MEASURING = {
    "in_90": face_scale.IN_90_OF_100,
    "clicked": face_scale.CLICKED,
    "iris": face_scale.IRIS_WIDTH,
    "iris_spread": face_scale.IRIS_SPREAD,
    "by_face": "Millimetres by the width of an adult face (140 mm ± 6 %), at the depth of the "
    "eyes, straight from the front. The range holds 9 of 10 cases. Scale by iris is surer.",
    "by_iris": "Millimetres by the iris that you marked (11.7 mm ± 4 %), at its depth. The range "
    "holds 9 of 10 cases.",
    "by_nothing": "No face was measured in this photo. Mark an iris to measure in millimetres.",
}


@st.fragment
@guarded(Role.DERMATOLOGIST, Role.ADMIN)  # each door says whom it lets in
def pictures(who: Identity, consultation_id: UUID, door: Door = reading) -> None:
    """Choose a picture and look at it. Asks anew each time, at the door, what may be shown."""
    try:
        with transaction() as session:
            opened = door.open_(session, who, consultation_id)
            found = photos.of_case(session, opened)
    except SkincareError as error:
        st.error(plain(str(error)))
        return
    _missing(opened)
    names = names_of(opened, found)
    if not names:
        st.session_state.pop("case_photo", None)
        return
    chosen = st.segmented_control(
        "Picture",
        list(names),
        default=next(iter(names)),
        format_func=names.__getitem__,
        required=True,
        label_visibility="collapsed",
        key="case_picture",
    )
    if chosen == ALIGNED:
        compare(who, opened)
        return
    picture = next(one for one in found if str(one.photo_id) == chosen)
    for problem in picture.problems:
        st.caption(f":material/lightbulb: {problem}")
    hear(PLACE)
    _viewer(who, door, opened, found, picture)


def names_of(opened: Opened, found: tuple[CasePicture, ...]) -> dict[str, str]:
    """What can be chosen: photos by their ids, then the aligned face of the check."""
    names = {str(one.photo_id): _name(one) for one in found}
    if opened.case.photos and opened.check is not None and opened.check.has_maps:
        names[ALIGNED] = "Compare checks" if opened.is_hidden else "Scores on the face"
    return names


def _name(picture: CasePicture) -> str:
    if picture.view is not None:
        return VIEWS[picture.view][0]
    kind = "Check photo" if picture.is_of_check else "Sent"
    return f"{kind} {picture.number}"


def _missing(opened: Opened) -> None:
    """Views that the person could not or did not want to show, each with the reason."""
    for photo in opened.case.photos:
        if photo.photo_id is None:
            name = VIEWS[photo.view][0]
            st.warning(f"{name} view missing: {plain(photo.missing_reason or 'no reason told')}")


def _viewer(
    who: Identity,
    door: Door,
    opened: Opened,
    found: tuple[CasePicture, ...],
    picture: CasePicture,
) -> None:
    case_id = opened.case.consultation.consultation_id
    state = st.session_state.setdefault("case_photo", {})
    if state.get("case") != case_id:
        state.clear()
        state["case"] = case_id
    data: dict[str, Any] = {
        "photo": {
            "id": str(picture.photo_id),
            "name": _name(picture),
            "width": picture.width,
            "height": picture.height,
            "scale": picture.scale
            and {"millimetres": picture.scale.millimetres, "spread": picture.scale.spread},
        },
        "photos": [str(one.photo_id) for one in found],
        "drawings": [
            {
                "id": str(one.annotation_id),
                "photo": str(one.photo_id),
                "shape": one.drawing.shape.value,
                "name": LABEL_NAMES[one.label],
                "mine": one.author_id == who.user_id,
                **one.drawing.as_kept(),
            }
            for one in opened.drawings
        ],
        "labels": [[label.value, LABEL_NAMES[label]] for label in Label],
        "may_draw": opened.case.is_mine and opened.case.consultation.state is not State.WITHDRAWN,
        "measuring": _MEASURING,
        "letters": door is reading,  # case_keys listens to them
    }
    # The photo goes to the browser once; it asks when it has it no more, as after a reload.
    sent: set[str] = state.setdefault("sent", set())
    if str(picture.photo_id) not in sent:
        try:
            with transaction() as session:
                jpeg = door.photo(session, who, case_id, picture.photo_id)
        except SkincareError as error:
            st.error(plain(str(error)))
            return
        data["photo"]["src"] = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
        sent.add(str(picture.photo_id))
    component_of("case_viewer", "viewer")(
        data=data,
        key="case_viewer",
        on_wanted_change=_wanted,
        on_drawn_change=_drawn,
        on_taken_back_change=_taken_back,
    )


def _wanted() -> None:
    """The browser has this photo no more."""
    sent = st.session_state.get("case_photo", {}).get("sent", set())
    sent.discard(_said("wanted"))


@guarded(Role.DERMATOLOGIST)
def _drawn(who: Identity) -> None:
    drawn, case_id = _said("drawn"), st.session_state.get("case_photo", {}).get("case")
    if not isinstance(drawn, dict) or case_id is None:
        return

    def draw() -> None:
        photo_id, shape, label = _parts(drawn)
        geometry = drawn.get("geometry")
        with transaction() as session:
            drawings.draw(
                session,
                who,
                case_id,
                photo_id,
                shape,
                label,
                geometry if isinstance(geometry, dict) else {},
            )

    told(PLACE, draw)


def _parts(drawn: dict[str, Any]) -> tuple[UUID, Shape, Label]:
    try:
        return UUID(str(drawn["photo"])), Shape(drawn["shape"]), Label(drawn["label"])
    except (KeyError, ValueError):
        raise SkincareError("This drawing was not understood.") from None


@guarded(Role.DERMATOLOGIST)
def _taken_back(who: Identity) -> None:
    case_id = st.session_state.get("case_photo", {}).get("case")

    def take_back() -> None:
        with transaction() as session:
            drawings.take_back(session, who, case_id, UUID(str(_said("taken_back"))))

    told(PLACE, take_back)


def _said(name: str) -> Any:
    """What the viewer has just said."""
    return getattr(st.session_state.get("case_viewer"), name, None)
