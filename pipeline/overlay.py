"""Pictures of where the scores come from, and the small object that is kept to draw them.

Uses numpy and Pillow only: pages are drawn in the web process.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from core.examination import Maps, Mark
from core.metrics import Metric, Region

Floats = npt.NDArray[np.float32]

_VERSION = 2  # of what is kept; 1 had no marks
_CROP_QUALITY = 88
_LEVELS = 48  # steps of heat that are kept: finer than an eye can tell, and it packs well

# Marks that are kept of each metric, the strongest: more could neither be drawn nor told apart. A
# count that has reached its bound reads “at least”.
MOST: Mapping[Metric, int] = {
    Metric.PORES: 1000,
    Metric.FINE_LINES: 60,
    Metric.SPOTS: 120,
    Metric.BLEMISHES: 60,
}

# The colours are told apart with any colour vision, and stand out from skin of every tone.
COLOURS: Mapping[Metric, tuple[int, int, int]] = {
    Metric.OILINESS: (86, 180, 233),
    Metric.HYDRATION: (255, 225, 80),
    Metric.REDNESS: (204, 40, 140),
    Metric.SPOTS: (255, 194, 61),
    Metric.BLEMISHES: (255, 110, 190),
    Metric.PORES: (0, 224, 210),
    Metric.FINE_LINES: (150, 120, 255),
}
_DARK = (20, 24, 28)  # round each mark: light lines vanish on light skin without it
_FAINT, _STRONG = 0.15, 0.65  # heat where a veil begins, and where it is full
_LINE = 1.6  # pixels
_RING = 3.2  # pixels: from the middle of a pore to its ring


def shown_as(metric: Metric | None) -> Metric | None:
    """The metric whose map is drawn: elasticity is the fine lines turned round."""
    return Metric.FINE_LINES if metric is Metric.ELASTICITY else metric


def rising(heat: Floats) -> Floats:
    """How much of a veil there is for each heat, 0–1: smooth between _FAINT and _STRONG."""
    t = np.clip((heat - _FAINT) / (_STRONG - _FAINT), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def rounded(outline: Floats) -> Floats:
    """The polygon with its corners cut twice (Chaikin), so that it follows a face."""
    for _ in range(2):
        after = np.roll(outline, -1, 0)
        outline = np.stack([outline * 0.75 + after * 0.25, outline * 0.25 + after * 0.75], 1)
        outline = outline.reshape(-1, 2)
    return outline


def render(
    maps: Maps,
    metric: Metric | None,
    *,
    opacity: float = 0.6,
    outlines: bool = True,
    as_png: bool = False,
) -> bytes:
    """The crop with what was seen of one metric over it, as JPEG or PNG, 768 × 960 pixels.

    Marks are drawn where there are any kept of the metric, otherwise its map as a veil. Without a
    metric, or for one that has no map, the bare crop. `opacity` is 0 (nothing) to 1.
    """
    shown = shown_as(metric)
    opacity = float(np.clip(opacity, 0, 1))
    image = Image.fromarray(maps.crop)
    if shown is not None and shown in maps.marks:
        image = _with_marks(image, shown, maps.marks[shown], opacity)
    elif shown is not None and shown in maps.heat:
        image = _with_veil(maps, shown, opacity)
    if outlines:
        image = _with_outlines(image, maps)
    file = io.BytesIO()
    if as_png:
        image.save(file, "PNG", compress_level=1)  # a photo packs no better at higher levels
    else:
        image.save(file, "JPEG", quality=90, subsampling=0)
    return file.getvalue()


def _with_veil(maps: Maps, metric: Metric, opacity: float) -> Image.Image:
    heat = _full_size(maps.heat[metric], maps.crop.shape)
    cover = (rising(heat) * _soft_edge(maps.skin) * opacity)[..., None]
    tint = np.array(COLOURS[metric], np.float32) * _shading(maps)[..., None]
    picture = maps.crop.astype(np.float32) * (1 - cover) + tint * cover
    return Image.fromarray(np.clip(np.round(picture), 0, 255).astype(np.uint8))


def _shading(maps: Maps) -> Floats:
    """How light each pixel is against the skin's usual: tinted with it, a veil keeps the relief."""
    light = maps.crop.astype(np.float32).mean(-1)
    usual = float(np.median(light[maps.skin])) if maps.skin.any() else 128.0
    return np.asarray(np.clip((light + 30) / (usual + 30), 0.55, 1.2), np.float32)


def _full_size(heat: Floats, shape: tuple[int, ...]) -> Floats:
    image = Image.fromarray(np.ascontiguousarray(heat, np.float32))
    large = image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(np.clip(np.asarray(large, np.float32), 0, 1), np.float32)


def _soft_edge(skin: npt.NDArray[np.bool_]) -> Floats:
    image = Image.fromarray(skin.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(3))
    return np.asarray(image, np.float32) / np.float32(255)


def _with_marks(
    image: Image.Image, metric: Metric, marks: Sequence[Mark], opacity: float
) -> Image.Image:
    """Points as rings, strokes and outlines as lines, each with a dark edge."""
    image = image.copy()
    paths = [mark.outline for mark in marks]
    for width, ink, share in ((_LINE * 2.4, _DARK, 0.5), (_LINE, COLOURS[metric], 1.0)):
        lines = _drawn(image.size, paths, width, closed=metric is not Metric.FINE_LINES)
        cover = np.asarray(lines, np.float32) * share * opacity
        image.paste(ink, mask=Image.fromarray(np.round(cover).astype(np.uint8)))
    return image


def _drawn(
    size: tuple[int, int], paths: Iterable[Floats], width: float, *, closed: bool
) -> Image.Image:
    """The paths as a mask, drawn large and brought down to be smooth."""
    factor = 2
    mask = Image.new("L", (size[0] * factor, size[1] * factor), 0)
    pen = ImageDraw.Draw(mask)
    broad = max(1, round(width * factor))
    for path in paths:
        points = [(float(x) * factor, float(y) * factor) for x, y in path]
        if len(points) == 1:
            [(x, y)], reach = points, _RING * factor + broad / 2
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=255, width=broad)
        else:
            pen.line(points + points[:1] * closed, fill=255, width=broad, joint="curve")
    return mask.resize(size, Image.Resampling.BOX)


def _with_outlines(image: Image.Image, maps: Maps) -> Image.Image:
    """The regions' borders as thin light lines."""
    lines = _drawn(image.size, map(rounded, maps.outlines.values()), 1.3, closed=True)
    faint = np.asarray(lines, np.float32) * 0.6
    image.paste((255, 255, 255), mask=Image.fromarray(np.round(faint).astype(np.uint8)))
    return image


def pack_maps(maps: Maps) -> bytes:
    """`maps` in about 200 kB: a zip of the crop, the heat, the skin, the outlines and the marks."""
    about = {
        "version": _VERSION,
        "metrics": [metric.value for metric in maps.heat],
        "levels": _LEVELS,
        "outlines": {region.value: _short(outline) for region, outline in maps.outlines.items()},
        "marks": {
            metric.value: [
                [round(mark.strength, 2), mark.region and mark.region.value, _short(mark.outline)]
                for mark in marks
            ]
            for metric, marks in maps.marks.items()
        },
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("crop.jpg", _saved(maps.crop, "JPEG", quality=_CROP_QUALITY))
        for metric, heat in maps.heat.items():
            levels = np.round(np.clip(heat, 0, 1) * _LEVELS).astype(np.uint8)
            archive.writestr(f"{metric.value}.png", _saved(levels, "PNG"))
        archive.writestr("skin.png", _saved(maps.skin, "PNG"))
        text = json.dumps(about, separators=(",", ":"))
        archive.writestr("about.json", text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def unpack_maps(content: bytes) -> Maps:
    """What `pack_maps` made; heat comes back in steps of about 0.02, the crop as its JPEG.

    Maps that were kept before there were marks come back without any.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = json.loads(archive.read("about.json"))

        def picture(name: str) -> npt.NDArray[np.uint8 | np.bool_]:
            return np.asarray(Image.open(io.BytesIO(archive.read(name))))

        crop, skin = picture("crop.jpg").astype(np.uint8), picture("skin.png")
        heat = {
            Metric(name): picture(f"{name}.png").astype(np.float32) / about["levels"]
            for name in about["metrics"]
        }
    return Maps(
        crop=crop,
        skin=skin.astype(bool),
        heat=heat,
        outlines=outlines_in(about),
        marks=marks_in(about),
    )


def outlines_in(about: Mapping[str, Any]) -> dict[Region, Floats]:
    """The regions' outlines out of a pack's `about.json`."""
    return {Region(name): np.array(path, np.float32) for name, path in about["outlines"].items()}


def marks_in(about: Mapping[str, Any]) -> dict[Metric, tuple[Mark, ...]]:
    """The marks out of a pack's `about.json`."""
    return {
        Metric(name): tuple(
            Mark(np.array(path, np.float32), strength, region and Region(region))
            for strength, region, path in marks
        )
        for name, marks in about.get("marks", {}).items()
    }


def _short(path: Floats) -> list[list[float]]:
    """To a tenth of a pixel: 0.02 mm on the skin."""
    return [[round(float(x), 1), round(float(y), 1)] for x, y in path]


def _saved(pixels: npt.NDArray[np.uint8 | np.bool_], format_: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format_, **options)
    return buffer.getvalue()
