"""A check's picture as the browser gets it: the photo, a veil of each map, and the marks as lines.

Nothing is drawn here. The pack's photo goes out as it was kept, a map becomes a picture of one
colour that is more or less clear, and the marks stay numbers, which the browser draws as lines at
whatever size it shows them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.examination import Mark
from core.metrics import Metric, Region
from pipeline.overlay import COLOURS, Floats, marks_in, outlines_in, rising


@dataclass(frozen=True)
class Picture:
    """The aligned crop of a check, 768 × 960 pixels, and what lies over it."""

    crop: bytes  # JPEG
    veils: Mapping[Metric, bytes]  # PNG, 192 × 240, clear where nothing was seen
    marks: Mapping[Metric, tuple[Mark, ...]]
    outlines: Mapping[Region, Floats]  # (n, 2) crop pixels, x then y


def open_picture(content: bytes) -> Picture:
    """The picture in what `overlay.pack_maps` made."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = json.loads(archive.read("about.json"))
        return Picture(
            crop=archive.read("crop.jpg"),
            veils={
                Metric(name): _veil(archive.read(f"{name}.png"), Metric(name), about["levels"])
                for name in about["metrics"]
            },
            marks=marks_in(about),
            outlines=outlines_in(about),
        )


def _veil(levels: bytes, metric: Metric, most: int) -> bytes:
    """A map's levels as they were kept, each with the metric's colour and its own clearness."""
    heat = np.linspace(0, 255 / most, 256, dtype=np.float32)
    clearness = np.round(255 * rising(heat))
    image = Image.open(io.BytesIO(levels)).copy()
    image.putpalette(bytes(COLOURS[metric]) * 256)
    file = io.BytesIO()
    image.save(file, "PNG", transparency=clearness.astype(np.uint8).tobytes(), compress_level=4)
    return file.getvalue()
