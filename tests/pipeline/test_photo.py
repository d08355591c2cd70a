"""From bytes to pixels and back. Hostile files are in tests/attacks."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from core.errors import UnreadablePhoto
from pipeline import photo
from tests.pipeline.portraits import ASTRONAUT, astronaut


def test_an_uploaded_file_is_decoded_to_its_pixels() -> None:
    decoded = photo.decode(ASTRONAUT.read_bytes())
    assert decoded.original_format == "JPEG"
    np.testing.assert_array_equal(decoded.pixels, astronaut())


def test_what_is_kept_opens_as_the_photo_that_was_sent() -> None:
    content = ASTRONAUT.read_bytes()
    kept = photo.accept(content)
    opened = photo.open_stored(kept.jpeg)
    assert (kept.height, kept.width) == opened.pixels.shape[:2] == astronaut().shape[:2]
    assert np.abs(opened.pixels.astype(int) - astronaut()).mean() < 1.5
    assert len(kept.sha256) == 64


def test_a_photo_survives_being_kept_twice() -> None:
    once = photo.open_stored(photo.to_jpeg(photo.Photo(astronaut(), "JPEG")))
    assert np.abs(once.pixels.astype(int) - astronaut()).mean() < 1.5


@pytest.mark.parametrize("reduced", [2, 4])
def test_a_kept_photo_opens_smaller_as_if_its_pixels_were_averaged(reduced: int) -> None:
    kept = photo.accept(ASTRONAUT.read_bytes()).jpeg
    whole = photo.open_stored(kept).pixels
    height, width = (side // reduced * reduced for side in whole.shape[:2])
    small = photo.open_stored(kept, reduced=reduced).pixels
    averaged = whole[:height, :width].reshape(
        height // reduced, reduced, width // reduced, reduced, 3
    )
    apart = small[: height // reduced, : width // reduced] - averaged.mean((1, 3))
    assert np.abs(apart).mean() < 2.0


def test_a_damaged_kept_photo_is_an_error_with_words() -> None:
    jpeg = photo.accept(ASTRONAUT.read_bytes()).jpeg
    with pytest.raises(UnreadablePhoto, match="damaged"):
        photo.open_stored(jpeg[: len(jpeg) // 2])
    with pytest.raises(UnreadablePhoto, match="damaged"):
        photo.open_stored(b"")


def test_accepting_a_photo_needs_neither_opencv_nor_a_model() -> None:
    program = (
        "import sys; from pathlib import Path; from pipeline import overlay, photo;"
        f"photo.accept(Path({str(ASTRONAUT)!r}).read_bytes());"
        "heavy = {'cv2', 'ai_edge_litert', 'tensorflow', 'scipy', 'pillow_heif'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ASTRONAUT.parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"
