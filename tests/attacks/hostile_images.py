"""Odd and hostile image files, made here: no corpus to download, the same ones every time."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()

CANARY = b"GPS-CANARY-52.3702N-4.8952E"
TAIL = b"PK\x03\x04<script>alert('tail-canary')</script>"


class Expected(Enum):
    PHOTO = "a photo"
    REFUSED = "a refusal"
    EITHER = "a photo or a refusal"


@dataclass(frozen=True)
class OddFile:
    name: str
    content: bytes
    expected: Expected


def portrait(width: int = 160, height: int = 200) -> Image.Image:
    """Four corners of different colour and some texture: shows any turn or flip."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[..., 0] = np.where(x < width // 2, 230, 40)
    pixels[..., 1] = np.where(y < height // 2, 210, 60)
    pixels[..., 2] = 100 + 20 * ((x // 8 + y // 8) % 2)
    return Image.fromarray(pixels)


def saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def exif(orientation: int | None = None) -> bytes:
    tags = Image.Exif()
    if orientation is not None:
        tags[0x0112] = orientation
    tags[0x010E] = CANARY.decode()
    tags.get_ifd(0x8825)[2] = (52.0, 22.0, 12.7)
    tags.get_ifd(0x8825)[29] = "2026:01:02"
    return tags.tobytes()


def png_chunk(kind: bytes, body: bytes, crc: int | None = None) -> bytes:
    crc = zlib.crc32(kind + body) if crc is None else crc
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    body = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", body)


def png_bomb(width: int, height: int) -> bytes:
    """A valid PNG of one colour: little to send, much to decode."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + width * 3)
    data = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    return png_header(width, height) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    content = bytearray(saved(portrait(), "JPEG"))
    at = content.find(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def base_files() -> dict[str, bytes]:
    image = portrait()
    return {
        "jpeg": saved(image, "JPEG", quality=90),
        "progressive jpeg": saved(image, "JPEG", progressive=True),
        "png": saved(image, "PNG"),
        "webp": saved(image, "WEBP"),
        "lossless webp": saved(image, "WEBP", lossless=True),
        "heic": saved(image, "HEIF", quality=80),
        "mpo": saved(image, "MPO", save_all=True, append_images=[portrait()]),
    }


def all_files() -> list[OddFile]:
    return [
        *_good(),
        *_turned(),
        *_truncated(),
        *_bombs_and_sizes(),
        *_animations(),
        *_polyglots(),
        *_corrupted(),
        *_other_things(),
    ]


def _good() -> Iterator[OddFile]:
    image = portrait()
    for name, content in base_files().items():
        yield OddFile(f"plain {name}", content, Expected.PHOTO)
        yield OddFile(f"{name} with a tail", content + TAIL, Expected.EITHER)
    modes = {
        "grey": image.convert("L"),
        "one bit": image.convert("1"),
        "palette": image.convert("P"),
        "grey with alpha": image.convert("LA"),
        "alpha": image.convert("RGBA"),
        "16-bit": Image.fromarray(np.linspace(0, 65535, 32000).astype("u2").reshape(200, 160)),
    }
    for name, variant in modes.items():
        yield OddFile(f"{name} png", saved(variant, "PNG"), Expected.PHOTO)
    clear = image.convert("P")
    yield OddFile("palette with clear colour", saved(clear, "PNG", transparency=0), Expected.PHOTO)
    yield OddFile(
        "rgb with clear colour", saved(image, "PNG", transparency=(1, 2, 3)), Expected.PHOTO
    )
    yield OddFile("cmyk jpeg", saved(image.convert("CMYK"), "JPEG"), Expected.PHOTO)
    yield OddFile("grey jpeg", saved(image.convert("L"), "JPEG"), Expected.PHOTO)
    yield OddFile("alpha webp", saved(image.convert("RGBA"), "WEBP"), Expected.PHOTO)
    yield OddFile("alpha heic", saved(image.convert("RGBA"), "HEIF"), Expected.PHOTO)
    for subsampling in (0, 1, 2):
        content = saved(image, "JPEG", subsampling=subsampling)
        yield OddFile(f"jpeg subsampling {subsampling}", content, Expected.PHOTO)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    profiles = {
        "good": srgb,
        "lab": lab,
        "cut": srgb[:200],
        "random": np.random.default_rng(1).bytes(3000),
        "huge count": srgb[:128] + b"\xff\xff\xff\xff" + srgb[132:],
    }
    for name, profile in profiles.items():
        for format_ in ("JPEG", "PNG", "WEBP"):
            content = saved(image, format_, icc_profile=profile)
            yield OddFile(f"{name} profile in {format_}", content, Expected.PHOTO)


def _turned() -> Iterator[OddFile]:
    for orientation in (*range(1, 9), 0, 9, 65535):
        for format_ in ("JPEG", "PNG", "WEBP"):
            content = saved(portrait(), format_, exif=exif(orientation))
            yield OddFile(f"{format_} orientation {orientation}", content, Expected.PHOTO)
    yield OddFile("heic with gps", saved(portrait(), "HEIF", exif=exif(1)), Expected.PHOTO)
    for name, block in {
        "cut": exif(6)[:20],
        "random": b"Exif\x00\x00" + np.random.default_rng(2).bytes(400),
        "looping": b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00",
    }.items():
        yield OddFile(f"{name} exif", saved(portrait(), "JPEG", exif=block), Expected.PHOTO)


def _truncated() -> Iterator[OddFile]:
    for name, content in base_files().items():
        for percent in (0, 1, 3, 10, 25, 50, 75, 90):
            cut = content[: len(content) * percent // 100]
            # the first image of an MPO is whole long before the file ends
            likely = Expected.EITHER if name == "mpo" else Expected.REFUSED
            yield OddFile(f"{name} cut at {percent} %", cut, likely)


def _bombs_and_sizes() -> Iterator[OddFile]:
    yield OddFile("144 megapixel png", png_bomb(12_000, 12_000), Expected.REFUSED)
    yield OddFile("41 megapixel png", png_bomb(6_400, 6_410), Expected.REFUSED)
    for width, height in ((65500, 65500), (65535, 1), (12001, 64), (30000, 30000), (0, 0), (0, 9)):
        name = f"claims {width}×{height}"
        yield OddFile(f"jpeg {name}", jpeg_claiming(width, height), Expected.REFUSED)
        content = png_header(width, height) + png_chunk(b"IDAT", zlib.compress(b"0"))
        yield OddFile(f"png {name}", content, Expected.REFUSED)
    yield OddFile("jpeg claims 6000×6000", jpeg_claiming(6000, 6000), Expected.EITHER)
    yield OddFile("png claims 2³¹", png_header(2**31 - 1, 2**31 - 1), Expected.REFUSED)
    for format_ in ("JPEG", "PNG", "WEBP"):
        for size in ((1, 1), (63, 200), (200, 63)):
            yield OddFile(
                f"{format_} {size}", saved(Image.new("RGB", size), format_), Expected.REFUSED
            )
        content = saved(Image.new("RGB", (64, 64)), format_)
        yield OddFile(f"{format_} 64×64", content, Expected.PHOTO)
    yield OddFile("long png", saved(Image.new("RGB", (12_000, 64)), "PNG"), Expected.PHOTO)
    bomb = zlib.compress(bytes(200 << 20), 9)
    for kind in (b"zTXt", b"iCCP"):
        content = saved(portrait(), "PNG")
        at = 33  # after the header's chunk
        chunk = png_chunk(kind, b"name\x00\x00" + bomb)
        yield OddFile(f"{kind.decode()} bomb", content[:at] + chunk + content[at:], Expected.EITHER)


def _animations() -> Iterator[OddFile]:
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("red", "green", "blue")]
    for format_ in ("PNG", "WEBP"):
        content = saved(frames[0], format_, save_all=True, append_images=frames[1:])
        yield OddFile(f"animated {format_}", content, Expected.REFUSED)
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    yield OddFile("animated gif", content, Expected.REFUSED)


def _polyglots() -> Iterator[OddFile]:
    image = portrait()
    for name, content in base_files().items():
        yield OddFile(f"zip after {name}", content + b"PK\x05\x06" + bytes(18), Expected.EITHER)
        yield OddFile(f"html before {name}", b"<html><body>" + content, Expected.REFUSED)
    yield OddFile(
        "php in a comment", saved(image, "JPEG", comment=b"<?php exit; ?>"), Expected.PHOTO
    )
    yield OddFile("pdf then jpeg", b"%PDF-1.7\n" + saved(image, "JPEG"), Expected.REFUSED)
    content = saved(image, "PNG")
    script = png_chunk(b"tEXt", b"Comment\x00<script>alert(1)</script>")
    yield OddFile("script in a png text", content[:33] + script + content[33:], Expected.PHOTO)


def _corrupted() -> Iterator[OddFile]:
    random = np.random.default_rng(3)
    for name, content in base_files().items():
        for share in (0.001, 0.01, 0.1):
            damaged = np.frombuffer(content, np.uint8).copy()
            count = max(1, round(len(damaged) * share))
            damaged[random.integers(0, len(damaged), count)] = random.integers(0, 256, count)
            label = f"{name} with {share:.1%} random bytes"
            yield OddFile(label, damaged.tobytes(), Expected.EITHER)
        middle = len(content) // 2
        hole = content[:middle] + bytes(64) + content[middle + 64 :]
        yield OddFile(f"{name} with a hole", hole, Expected.EITHER)
        yield OddFile(f"{name} twice", content + content, Expected.EITHER)
        yield OddFile(f"{name} backwards", content[::-1], Expected.REFUSED)
    png = saved(portrait(), "PNG")
    for kind in (b"IDAT", b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"eXIf", b"acTL"):
        wrong = png_chunk(kind, b"\xff" * 16, crc=0)
        yield OddFile(f"wrong {kind.decode()} crc", png[:33] + wrong + png[33:], Expected.EITHER)


def _other_things() -> Iterator[OddFile]:
    random = np.random.default_rng(4)
    image = portrait()
    for format_ in ("GIF", "BMP", "TIFF", "PPM", "ICO", "TGA", "JPEG2000", "AVIF", "DDS", "PCX"):
        yield OddFile(f"a {format_}", saved(image, format_), Expected.REFUSED)
    # names and types are never looked at: bytes decide
    yield OddFile("png called photo.jpg", saved(image, "PNG"), Expected.PHOTO)
    for length in (1, 2, 3, 10, 100, 10_000):
        yield OddFile(f"{length} random bytes", random.bytes(length), Expected.REFUSED)
    for start in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\xff\xff\xffWEBPVP8 "):
        for length in (0, 8, 3000):
            content = start + random.bytes(length)
            yield OddFile(f"{start[:6]!r} then {length} bytes", content, Expected.REFUSED)
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
    for length in (0, 3000):
        yield OddFile(f"heic start then {length}", heic + random.bytes(length), Expected.REFUSED)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
    yield OddFile("svg", svg, Expected.REFUSED)
    yield OddFile("eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n", Expected.REFUSED)
    yield OddFile("empty", b"", Expected.REFUSED)
    yield OddFile("zeros", bytes(5000), Expected.REFUSED)
    yield OddFile("text", b"Ceci n'est pas une photo.", Expected.REFUSED)
