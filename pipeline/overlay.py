"""Pictures of where the scores come from, and the small object that is kept to draw them.

Uses numpy and Pillow only: pages are drawn in the web process.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from core.examination import Maps
from core.metrics import Metric, Region

Floats = npt.NDArray[np.float32]

_CROP_QUALITY = 88
_LEVELS = 48  # steps of heat that are kept: finer than an eye can tell, and it packs well


# How each metric is drawn. The colours are told apart with any colour vision, and stand out from
# skin of every tone.
_SOFT = {  # broad: a veil that thickens with the heat
    Metric.OILINESS: (86, 180, 233),
    Metric.HYDRATION: (255, 225, 80),
    Metric.REDNESS: (204, 40, 140),
}
_OUTLINED = {  # places: a line round each
    Metric.SPOTS: (230, 159, 0),
    Metric.BLEMISHES: (204, 40, 140),
}
_FINE = {  # texture: the marks themselves
    Metric.PORES: (0, 200, 190),
    Metric.FINE_LINES: (130, 80, 255),
}
_FAINT, _STRONG = 0.15, 0.65  # heat where a veil or mark begins, and where it is full
_EDGE = 0.45  # heat along which a place is outlined
_LINE = 1.6  # pixels


def render(
    maps: Maps, metric: Metric | None, *, opacity: float = 0.6, outlines: bool = True
) -> bytes:
    """The crop with the map of one metric over it, as JPEG, 768 × 960 pixels.

    Without a metric, or for one that has no map, the bare crop. `opacity` is 0 (nothing) to 1.
    """
    picture = maps.crop.astype(np.float32)
    shown = Metric.FINE_LINES if metric is Metric.ELASTICITY else metric
    if shown is not None and shown in maps.heat:
        colour, cover = _drawn(shown, maps)
        cover = (cover * np.clip(opacity, 0, 1))[..., None]
        tint = np.array(colour, np.float32) * _shading(maps)[..., None]
        picture = picture * (1 - cover) + tint * cover
    image = Image.fromarray(np.clip(np.round(picture), 0, 255).astype(np.uint8))
    if outlines:
        image = _with_outlines(image, maps)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90, subsampling=0)
    return file.getvalue()


def _drawn(metric: Metric, maps: Maps) -> tuple[tuple[int, int, int], Floats]:
    """The metric's colour and how much of it covers each pixel of the crop, 0–1."""
    heat = _full_size(maps.heat[metric], maps.crop.shape)
    skin = _soft_edge(maps.skin)
    if metric in _SOFT:
        return _SOFT[metric], _rising(heat) * skin
    if metric in _OUTLINED:
        steep = np.maximum(np.hypot(*np.gradient(heat)), 1e-4)
        away = np.abs(heat - _EDGE) / steep  # about how many pixels from the outline
        line = np.clip(_LINE - away + 0.5, 0, 1)
        inside = np.clip((heat - _EDGE) / 0.1, 0, 1) * 0.3
        return _OUTLINED[metric], np.maximum(line, inside).astype(np.float32) * skin
    return _FINE[metric], _rising(heat) ** 1.5 * skin


def _shading(maps: Maps) -> Floats:
    """How light each pixel is against the skin's usual: tinted with it, a veil keeps the relief."""
    light = maps.crop.astype(np.float32).mean(-1)
    usual = float(np.median(light[maps.skin])) if maps.skin.any() else 128.0
    return np.asarray(np.clip((light + 30) / (usual + 30), 0.55, 1.2), np.float32)


def _rising(heat: Floats) -> Floats:
    """0 at _FAINT, 1 at _STRONG, smooth between."""
    t = np.clip((heat - _FAINT) / (_STRONG - _FAINT), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _full_size(heat: Floats, shape: tuple[int, ...]) -> Floats:
    image = Image.fromarray(np.ascontiguousarray(heat, np.float32))
    large = image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(np.clip(np.asarray(large, np.float32), 0, 1), np.float32)


def _soft_edge(skin: npt.NDArray[np.bool_]) -> Floats:
    image = Image.fromarray(skin.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(3))
    return np.asarray(image, np.float32) / np.float32(255)


def _with_outlines(image: Image.Image, maps: Maps) -> Image.Image:
    """The regions' borders as thin light lines, drawn large and brought down to be smooth."""
    factor = 3
    size = (image.width * factor, image.height * factor)
    lines = Image.new("L", size, 0)
    pen = ImageDraw.Draw(lines)
    for outline in maps.outlines.values():
        points = [(float(x) * factor, float(y) * factor) for x, y in _rounded(outline)]
        pen.line([*points, points[0]], fill=150, width=factor + 1, joint="curve")
    lines = lines.resize(image.size, Image.Resampling.BOX)
    image.paste((255, 255, 255), mask=lines)
    return image


def _rounded(outline: Floats) -> Floats:
    """The polygon with its corners cut twice (Chaikin), so that it follows a face."""
    for _ in range(2):
        after = np.roll(outline, -1, 0)
        outline = np.stack([outline * 0.75 + after * 0.25, outline * 0.25 + after * 0.75], 1)
        outline = outline.reshape(-1, 2)
    return outline


def pack_maps(maps: Maps) -> bytes:
    """`maps` in about 200 kB: a zip of the crop, the heat, the skin and the outlines."""
    about = {
        "metrics": [metric.value for metric in maps.heat],
        "levels": _LEVELS,
        "outlines": {
            region.value: np.round(outline, 1).tolist() for region, outline in maps.outlines.items()
        },
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("crop.jpg", _saved(maps.crop, "JPEG", quality=_CROP_QUALITY))
        for metric, heat in maps.heat.items():
            levels = np.round(np.clip(heat, 0, 1) * _LEVELS).astype(np.uint8)
            archive.writestr(f"{metric.value}.png", _saved(levels, "PNG", optimize=True))
        archive.writestr("skin.png", _saved(maps.skin, "PNG", optimize=True))
        archive.writestr("about.json", json.dumps(about))
    return file.getvalue()


def unpack_maps(content: bytes) -> Maps:
    """What `pack_maps` made; heat comes back in steps of about 0.02, the crop as its JPEG."""
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
        outlines={
            Region(name): np.array(outline, np.float32)
            for name, outline in about["outlines"].items()
        },
    )


def _saved(pixels: npt.NDArray[np.uint8 | np.bool_], format_: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format_, **options)
    return buffer.getvalue()
