"""Which pictures a case has, with their sizes and what a pixel of each is in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import View
from core.errors import NotFound
from data import reviews
from pipeline.reviews.face_scale import FaceScale, of_shot
from pipeline.reviews.reading import Opened


@dataclass(frozen=True)
class CasePicture:
    """A photo of a case: a view, one that came with a message, or one of the scored check."""

    photo_id: UUID
    view: View | None
    number: int  # from 1, among those of its kind
    is_of_check: bool
    width: int  # pixels
    height: int
    problems: tuple[str, ...]
    scale: FaceScale | None  # None: nothing in it says how large a pixel is


def of_case(session: Session, opened: Opened) -> tuple[CasePicture, ...]:
    """Each photo once, in the order to look at them; none where they may not be shown."""
    case, check = opened.case, opened.check
    shots = {shot.photo_id: shot for shot in check.shots} if check else {}
    views = [(photo.photo_id, photo.view, photo.problems) for photo in case.photos]
    sent = [(photo_id, None, ()) for message in case.messages for photo_id in message.attachments]
    of_check = [(photo_id, None, ()) for photo_id in shots]
    found: dict[UUID, CasePicture] = {}
    numbers = {True: 0, False: 0}
    for photo_id, view, problems in [*views, *sent, *of_check] if case.may_show else []:
        if photo_id is None or photo_id in found:
            continue
        try:
            width, height = reviews.photo_of(session, case.user_id, photo_id)
        except NotFound:  # deleted a moment ago
            continue
        is_of_check = view is None and photo_id in shots
        numbers[is_of_check] += view is None
        shot = shots.get(photo_id)
        found[photo_id] = CasePicture(
            photo_id,
            view,
            numbers[is_of_check] or 1,
            is_of_check,
            width,
            height,
            problems,
            None if shot is None else of_shot(shot),
        )
    return tuple(found.values())
