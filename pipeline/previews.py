"""A first look at a chosen photo, before anything of it is kept: a small picture and hints."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from pipeline.photo import AcceptedPhoto, accept, open_stored

_SIDE = 320  # pixels: sharp enough for a thumbnail on a phone's screen
_LEAST_SIDE = 900  # of the photo's shorter side: a face that fills it is some 600 pixels wide
_DARK, _BRIGHT = 45, 215  # median level of the whole photo, of 255

SMALL = (
    "Only {width} × {height} pixels: fine texture may not be measurable. "
    "Send the original, not a copy from a messenger."
)
DARK = "The photo looks dark. If your face is in shadow, face a window."
BRIGHT = "The photo looks very bright. If your face is burnt out, turn away from the sun or lamp."


@dataclass(frozen=True)
class Preview:
    """What a person sees of a photo that they chose. The photo itself is judged with the check."""

    jpeg: bytes  # no side longer than 320 pixels
    width: int  # pixels of the photo, upright
    height: int
    sha256: str  # hex, of the file
    hints: tuple[str, ...]  # sentences; none of them is a refusal


def preview(content: bytes) -> Preview:
    """Open the file in the sandbox. Raises UnreadablePhoto with what to do about it."""
    accepted = accept(content)
    longest = max(accepted.width, accepted.height)
    reduced = next((by for by in (8, 4, 2) if longest >= by * _SIDE), 1)
    image = Image.fromarray(open_stored(accepted.jpeg, reduced=reduced).pixels)
    image.thumbnail((_SIDE, _SIDE))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return Preview(
        file.getvalue(), accepted.width, accepted.height, accepted.sha256, _hints(accepted, image)
    )


def _hints(accepted: AcceptedPhoto, image: Image.Image) -> tuple[str, ...]:
    level = float(np.median(np.asarray(image.convert("L"))))
    hints = []
    if min(accepted.width, accepted.height) < _LEAST_SIDE:
        hints.append(SMALL.format(width=accepted.width, height=accepted.height))
    if level < _DARK:
        hints.append(DARK)
    elif level > _BRIGHT:
        hints.append(BRIGHT)
    return tuple(hints)
