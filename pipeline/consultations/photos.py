"""Photos of a case: a first look with what could be better, keeping them, opening one's own.

The look is for any photo of skin, with or without a face: the gate that scores pass through looks
for eyes and lips and needs the whole machinery of the worker.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt
from PIL import Image
from sqlalchemy.orm import Session

from core.errors import UnreadablePhoto
from core.settings import settings
from data import consultations as kept
from data import vault
from pipeline import photo_keeping
from pipeline.photo import AcceptedPhoto, accept, open_stored

LEAST_SIDE = 900  # pixels of the shorter side: a lesion of 5 mm in a close-up then has some 50
# Blur of the whole picture, 0 (sharp) to 1; see `blur`. Seven faces in focus had 0.30 to 0.36,
# blurred by a Gaussian of 1 pixel of 1024 up to 0.53, of 2 pixels at least 0.64.
MOST_BLUR = 0.60
# Levels, of 255, of the brightest twentieth: a white wall, an eye's white, a highlight of skin.
# The middle of the picture would call dark skin a dark photo.
LEAST_BRIGHT = 105
MOST_BURNT = 0.20  # share of pixels at full white
_LOOKED_AT = 1024  # pixels of the longer side
_SIDE = 320  # of the small picture

SMALL = "Only {width} × {height} pixels: fine detail may be lost."
NOT_SHARP = "Not sharp."
DARK = "Dark."
BURNT = "Parts are burnt out to white."
WHAT_HELPS = {
    SMALL: "Send the original, not a copy from a messenger.",
    NOT_SHARP: "Hold the phone still, a hand's width further away, and tap on the skin to focus.",
    DARK: "Face a window by day, without flash.",
    BURNT: "Step out of direct sun, and switch the flash off.",
}

Grey = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """What was seen of a chosen photo, before anything of it is kept."""

    jpeg: bytes  # small, for the page
    width: int  # pixels of the photo, upright
    height: int
    sha256: str  # hex, of the file
    problems: tuple[str, ...]  # what the dermatologist is told when it is sent nevertheless
    what_helps: tuple[str, ...]  # one for each


def look_at(content: bytes) -> Look:
    """Open the file in the sandbox and judge it. Raises UnreadablePhoto with what to do."""
    accepted = _accepted(content)
    image = _reduced(accepted)
    found = problems(image, accepted.width, accepted.height)
    image.thumbnail((_SIDE, _SIDE))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    facts = {"width": accepted.width, "height": accepted.height}
    return Look(
        file.getvalue(),
        accepted.width,
        accepted.height,
        accepted.sha256,
        tuple(problem.format(**facts) for problem in found),
        tuple(WHAT_HELPS[problem] for problem in found),
    )


def problems(image: Image.Image, width: int, height: int) -> list[str]:
    """Keys of WHAT_HELPS. `image` is the photo reduced to some 1024 pixels; the rest its size."""
    grey = np.asarray(image.convert("L"), np.float32)
    found = []
    if min(width, height) < LEAST_SIDE:
        found.append(SMALL)
    if blur(grey) > MOST_BLUR:
        found.append(NOT_SHARP)
    if float(np.percentile(grey, 95)) < LEAST_BRIGHT:
        found.append(DARK)
    elif float(np.mean(grey >= 254)) > MOST_BURNT:
        found.append(BURNT)
    return found


def blur(grey: Grey) -> float:
    """How little a picture loses by being blurred once more, 0 (sharp) to 1 (nothing to lose).

    After Crété et al. 2007, “The blur effect”. `grey` is (height, width) float32, 0–255. It does
    not depend on contrast, so neither on how dark the skin is.
    """
    return max(_blur_along(grey, 0), _blur_along(grey, 1))


def _blur_along(grey: Grey, axis: int) -> float:
    window = 9
    padded = np.concatenate([np.zeros_like(grey.take([0], axis)), np.cumsum(grey, axis)], axis)
    length = grey.shape[axis]
    if length <= window + 1:
        return 0.0
    upper = padded.take(range(window, length + 1), axis)
    lower = padded.take(range(length - window + 1), axis)
    again = (upper - lower) / window
    margin = window // 2
    same = grey.take(range(margin, margin + again.shape[axis]), axis)
    before, after = np.abs(np.diff(same, axis=axis)), np.abs(np.diff(again, axis=axis))
    total = float(before.sum(dtype=np.float64))
    lost = float(np.maximum(0, before - after).sum(dtype=np.float64))
    return 1.0 if total == 0 else (total - lost) / total


def keep(session: Session, user_id: UUID, content: bytes) -> tuple[UUID, tuple[str, ...]]:
    """Keep a photo with this person's key: its id, and what could be better about it."""
    accepted = _accepted(content)
    found = problems(_reduced(accepted), accepted.width, accepted.height)
    photo_id = photo_keeping.keep(session, user_id, accepted)
    facts = {"width": accepted.width, "height": accepted.height}
    return photo_id, tuple(problem.format(**facts) for problem in found)


def own(session: Session, user_id: UUID, consultation_id: UUID, photo_id: UUID) -> bytes:
    """A photo of the person's own case as JPEG. NotFound for any other."""
    kept.get(session, user_id, consultation_id)
    photo = kept.photo_in(session, consultation_id, photo_id)
    return vault.read(session, user_id, vault.Kept(photo.object_key, photo.wrapped_key))


def smaller(jpeg: bytes, longest_side: int) -> bytes:
    """For looking at on a page. `jpeg` is one that we keep."""
    image = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    image.draft("RGB", (longest_side, longest_side))
    image.thumbnail((longest_side, longest_side))
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=88)
    return file.getvalue()


def _accepted(content: bytes) -> AcceptedPhoto:
    most = settings().photo_max_mb
    if len(content) > most * 2**20:
        raise UnreadablePhoto(
            f"The photo has {len(content) / 2**20:.0f} MB; {most} MB is the most we take. "
            "Save it at a smaller size and try again."
        )
    return accept(content)


def _reduced(accepted: AcceptedPhoto) -> Image.Image:
    longest = max(accepted.width, accepted.height)
    by = next((by for by in (8, 4, 2) if longest >= by * _LOOKED_AT), 1)
    image = Image.fromarray(open_stored(accepted.jpeg, reduced=by).pixels)
    image.thumbnail((_LOOKED_AT, _LOOKED_AT))
    return image
