"""From the bytes of a file to a photo, and back. The only way in for a stranger's pixels.

Uploaded bytes are decoded in the sandbox only. What the application wrote itself (`accept` made
it) is opened in this process.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.errors import UnreadablePhoto
from pipeline import sandbox

STORED_QUALITY = 95  # nothing a face texture needs is lost here

FORMATS = frozenset({"JPEG", "PNG", "WEBP", "HEIF"})

SENTENCES = {
    "empty": "The file is empty. Choose a photo and try again.",
    "unknown": "This file is not a JPEG, PNG, WEBP or HEIC photo. "
    "Save the photo as JPEG and try again.",
    "damaged": "The photo is damaged or not complete. Save or send it again, or take a new one.",
    "animated": "This file is an animation. Choose a single photo.",
    "too_many_pixels": "The photo has {megapixels:.0f} megapixels; 40 is the most we read. "
    "Save it at a smaller size and try again.",
    "too_long": "One side of the photo has {side:.0f} pixels; 12,000 is the most we read. "
    "Crop it and try again.",
    "too_small": "The photo has only {width:.0f} × {height:.0f} pixels. "
    "Choose the original photo rather than a thumbnail.",
    "too_heavy": "The photo needs too much memory to open. Save it as JPEG and try again.",
    "died": "The file could not be opened safely. Save the photo as JPEG and try again.",
}


@dataclass(frozen=True)
class Photo:
    """An upright photo."""

    pixels: npt.NDArray[np.uint8]  # (height, width, 3) sRGB
    original_format: str  # JPEG, PNG, WEBP or HEIF


@dataclass(frozen=True)
class AcceptedPhoto:
    """What is kept of an upload: new bytes that hold pixels and nothing else."""

    jpeg: bytes
    width: int  # pixels, upright
    height: int
    sha256: str  # hex, of the bytes that were uploaded
    original_format: str


def decode(content: bytes) -> Photo:
    """The pixels of an uploaded file, at full size. Raises UnreadablePhoto with what to do."""
    answer = _ask(content, "pixels")
    if not answer.body or len(answer.body) != answer.width * answer.height * 3:
        raise UnreadablePhoto(SENTENCES["died"])
    pixels = np.frombuffer(answer.body, np.uint8).reshape(answer.height, answer.width, 3)
    return Photo(pixels, answer.original_format)


def accept(content: bytes) -> AcceptedPhoto:
    """The clean JPEG to keep of an uploaded file, longest side 4096 pixels at most.

    Everything is done in the sandbox; this process touches no pixel. Raises UnreadablePhoto.
    """
    answer = _ask(content, "jpeg")
    jpeg = bytes(answer.body)
    if not (jpeg.startswith(b"\xff\xd8\xff") and jpeg.endswith(b"\xff\xd9")):
        raise UnreadablePhoto(SENTENCES["died"])
    sha256 = hashlib.sha256(content).hexdigest()
    return AcceptedPhoto(jpeg, answer.width, answer.height, sha256, answer.original_format)


def to_jpeg(photo: Photo) -> bytes:
    """`photo` as JPEG without colour subsampling; holds only pixels."""
    file = io.BytesIO()
    Image.fromarray(photo.pixels).save(file, "JPEG", quality=STORED_QUALITY, subsampling=0)
    return file.getvalue()


def open_stored(jpeg: bytes, *, reduced: int = 1) -> Photo:
    """A photo that `accept` or `to_jpeg` wrote. Not for anything a person sent.

    `reduced` is 1, 2, 4 or 8: each side is that many times shorter (rounded up). The decoder does
    it itself, so that half the size takes a third of the time.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if reduced > 1:
                image.draft("RGB", (image.width // reduced, image.height // reduced))
            pixels = np.asarray(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadablePhoto(SENTENCES["damaged"]) from error
    return Photo(pixels, "JPEG")


def stored_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height of what `open_stored` would open, without decoding it."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            return image.width, image.height
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadablePhoto(SENTENCES["damaged"]) from error


@dataclass(frozen=True)
class _Answer:
    width: int
    height: int
    original_format: str
    body: bytearray


def _ask(content: bytes, wanted: str) -> _Answer:
    """The sandbox's answer. It is not trusted either: the codec that made it met the file."""
    try:
        answer = sandbox.ask(content, wanted)
        header = answer.header
        if "problem" in header:
            facts = {key: float(value) for key, value in header["facts"].items()}
            raise UnreadablePhoto(SENTENCES[header["problem"]].format(**facts))
        format_ = str(header["format"])
        if format_ not in FORMATS:
            raise ValueError(format_)
        return _Answer(int(header["width"]), int(header["height"]), format_, answer.body)
    except (sandbox.ChildDied, KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePhoto(SENTENCES["died"]) from error
