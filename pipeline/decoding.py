"""Turns the bytes of an uploaded file into clean pixels. Runs only inside the sandbox's child.

The steps trust nothing: the header is judged before any pixel is decoded, and what leaves is
rebuilt from pixels, so that metadata, thumbnails and whatever was glued to the file stay behind.
"""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, ImageFile

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOST_PIXELS = 40_000_000
LEAST_SIDE = 64
MOST_SIDE = 12_000
STORED_SIDE = 4096  # the longest side of what is kept
STORED_QUALITY = 95

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")


class Refused(Exception):
    """The file is not accepted; `problem` is a key of `pipeline.photo.SENTENCES`."""

    def __init__(self, problem: str, **facts: float) -> None:
        super().__init__(problem)
        self.problem = problem
        self.facts = facts


def prepare() -> None:
    """Load every codec now, so that the sandboxed children need to open no file."""
    pillow_heif.register_heif_opener(thumbnails=False)
    # The codecs' own threads would count against the child's process limit.
    pillow_heif.options.DECODE_THREADS = 1
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # `_open` refuses with a sentence, before decoding
    Image.preinit()
    Image.init()
    warm = Image.new("RGB", (64, 64))
    for name in ("JPEG", "PNG", "WEBP", "HEIF"):
        file = io.BytesIO()
        warm.save(file, name)
        with Image.open(file) as image:
            image.load()


def upright(content: bytes) -> tuple[Image.Image, str]:
    """The photo upright in 8-bit sRGB, and the format it came in."""
    image = _open(content)
    original_format = "JPEG" if image.format == "MPO" else str(image.format)
    orientation = _orientation(image)
    profile = image.info.get("icc_profile")
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # a codec may raise anything on a damaged file
        raise Refused("damaged") from error
    image = _to_srgb(_without_alpha(_to_8_bit(image)), profile)
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    return image, original_format


def stored_jpeg(image: Image.Image) -> tuple[Image.Image, bytes]:
    """`image` no larger than what is kept, and a JPEG of its pixels without colour subsampling."""
    longest = max(image.size)
    if longest > STORED_SIDE:
        width, height = (max(1, round(s * STORED_SIDE / longest)) for s in image.size)
        image = image.resize((width, height), Image.Resampling.BOX)
    image = Image.frombytes("RGB", image.size, image.tobytes())  # forgets all but the pixels
    file = io.BytesIO()
    image.save(file, "JPEG", quality=STORED_QUALITY, subsampling=0)
    return image, file.getvalue()


def _open(content: bytes) -> Image.Image:
    if not content:
        raise Refused("empty")
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        frames = getattr(image, "n_frames", 1)
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("unknown" if not _looks_known(content) else "damaged") from error
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Refused("too_many_pixels", megapixels=width * height / 1e6)
    if max(width, height) > MOST_SIDE:
        raise Refused("too_long", side=max(width, height))
    if min(width, height) < LEAST_SIDE:
        raise Refused("too_small", width=width, height=height)
    # MPO is what some phones write for depth or a second shot; HEIC holds the main image first.
    if frames > 1 and image.format not in ("MPO", "HEIF"):
        raise Refused("animated")
    return image


def _looks_known(content: bytes) -> bool:
    return (
        content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")
        or content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1")
    )


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
        return int(value)
    except Exception:  # broken metadata is no reason to refuse good pixels
        return 1


def _to_8_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        high = 0 if image.mode.endswith("B") else 1
        return Image.frombytes("L", image.size, image.tobytes()[high::2])
    if image.mode in ("I", "F"):
        return image.convert("I").point(lambda v: v * (1 / 257)).convert("L")
    return image


def _without_alpha(image: Image.Image) -> Image.Image:
    """Transparent parts become white, as a viewer shows them."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, (255, 255, 255))
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def _to_srgb(image: Image.Image, profile: Any) -> Image.Image:
    """Colours as the embedded profile means them: phones write Display P3, not sRGB."""
    if profile and not _is_srgb(profile):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None  # a broken profile, or one of another colour space
        if converted is not None:
            return converted
    return image.convert("RGB")


def _is_srgb(profile: bytes) -> bool:
    text = profile.replace(b"\x00", b"")  # descriptions are UTF-16 in version 4 profiles
    return b"sRGB" in text and b"P3" not in text
