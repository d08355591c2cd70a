"""The first look at a chosen photo."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from core.errors import UnreadablePhoto
from pipeline.previews import BRIGHT, DARK, SMALL, preview


def file(level: int, width: int = 1500, height: int = 1200) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), (level, level, level)).save(content, "JPEG")
    return content.getvalue()


def test_a_good_photo_has_a_small_picture_and_no_hints() -> None:
    seen = preview(file(120))
    with Image.open(io.BytesIO(seen.jpeg)) as image:
        assert image.size == (320, 256)
    assert (seen.width, seen.height, seen.hints) == (1500, 1200, ())
    assert len(seen.jpeg) < 20_000


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (file(10), DARK),
        (file(250), BRIGHT),
        (file(120, 500, 700), SMALL.format(width=500, height=700)),
    ],
)
def test_what_may_spoil_a_photo_is_said(content: bytes, hint: str) -> None:
    assert preview(content).hints == (hint,)


def test_what_is_no_photo_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadablePhoto, match="JPEG"):
        preview(b"Dear face,")
