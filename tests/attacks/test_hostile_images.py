"""What strangers send instead of photos: every file ends as a photo or as a sentence."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from core.errors import UnreadablePhoto
from pipeline import photo, sandbox, sandbox_child
from tests.attacks.hostile_images import (
    CANARY,
    TAIL,
    Expected,
    OddFile,
    all_files,
    base_files,
    exif,
    portrait,
    saved,
)

FILES = all_files()
_ROOT = Path(__file__).resolve().parents[2]


def outcome(content: bytes) -> photo.Photo | str:
    """The photo, or the sentence of its refusal. Anything else that is raised fails the test."""
    try:
        return photo.decode(content)
    except UnreadablePhoto as refusal:
        return str(refusal)


def test_there_are_at_least_two_hundred_different_files() -> None:
    assert len({file.content for file in FILES}) >= 200
    assert len({file.name for file in FILES}) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_ends_as_a_photo_or_a_sentence(file: OddFile) -> None:
    started = time.monotonic()
    result = outcome(file.content)
    assert time.monotonic() - started < sandbox.WALL_SECONDS + 5
    if isinstance(result, str):
        assert file.expected is not Expected.PHOTO, result
        assert result.endswith(".")
        assert "{" not in result
    else:
        assert file.expected is not Expected.REFUSED
        height, width, channels = result.pixels.shape
        assert channels == 3
        assert result.pixels.dtype == np.uint8
        assert min(height, width) >= 64
        assert result.original_format in {"JPEG", "PNG", "WEBP", "HEIF"}


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_out_upright(format_: str, orientation: int) -> None:
    upright = portrait()
    # what the camera stored, so that the tag turns it back
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(turns[orientation]) if orientation in turns else upright
    result = photo.decode(saved(stored, format_, exif=exif(orientation), quality=95))
    assert result.pixels.shape == (200, 160, 3)
    assert np.abs(result.pixels.astype(int) - np.asarray(upright).astype(int)).mean() < 6


def test_a_turned_heic_comes_out_upright() -> None:
    stored = portrait().transpose(Image.Transpose.ROTATE_90)
    result = photo.decode(saved(stored, "HEIF", exif=exif(6), quality=95))
    assert result.pixels.shape == (200, 160, 3)
    assert np.abs(result.pixels.astype(int) - np.asarray(portrait()).astype(int)).mean() < 6


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "heic"])
def test_what_is_kept_holds_pixels_and_nothing_else(name: str) -> None:
    format_ = {"heic": "HEIF"}.get(name, name.upper())
    content = saved(portrait(), format_, exif=exif(1), comment=CANARY) + TAIL
    assert CANARY in content
    kept = photo.accept(content)
    assert CANARY not in kept.jpeg
    assert b"alert(" not in kept.jpeg
    with Image.open(io.BytesIO(kept.jpeg)) as image:
        assert image.format == "JPEG"
        assert image.size == (kept.width, kept.height) == (160, 200)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_large_photo_is_kept_smaller_and_a_small_one_as_it_is() -> None:
    wide = photo.accept(saved(portrait(6000, 3000), "JPEG"))
    assert (wide.width, wide.height) == (4096, 2048)
    assert photo.open_stored(wide.jpeg).pixels.shape == (2048, 4096, 3)
    small = photo.accept(saved(portrait(), "PNG"))
    difference = photo.open_stored(small.jpeg).pixels.astype(int) - np.asarray(portrait())
    assert np.abs(difference).mean() < 2


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype("u2"), (64, 1))
    pixels = photo.decode(saved(Image.fromarray(ramp), "PNG")).pixels
    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_transparent_parts_become_white() -> None:
    image = portrait().convert("RGBA")
    image.putalpha(0)
    assert photo.decode(saved(image, "PNG")).pixels.min() == 255


def test_a_wide_gamut_photo_is_brought_to_srgb() -> None:
    profile = _display_p3()
    plain = Image.new("RGB", (64, 64), (200, 120, 100))
    with_profile = photo.decode(saved(plain, "PNG", icc_profile=profile)).pixels[0, 0]
    # A saturated Display P3 colour needs more red and less green in sRGB.
    assert with_profile[0] > 205
    assert with_profile[1] < 120


def test_the_words_name_the_problem() -> None:
    bomb = next(f for f in FILES if f.name == "144 megapixel png").content
    assert "144 megapixels" in str(outcome(bomb))
    animated = next(f for f in FILES if f.name == "animated WEBP").content
    assert "animation" in str(outcome(animated))
    assert "thumbnail" in str(outcome(saved(Image.new("RGB", (10, 10)), "PNG")))
    assert "JPEG, PNG, WEBP or HEIC" in str(outcome(b"hello"))
    assert "not complete" in str(outcome(base_files()["jpeg"][:-400]))


@given(
    name=st.sampled_from(sorted(base_files())),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=0, max_size=8)), max_size=6),
    cut=st.floats(0.2, 1),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_mutation_of_a_photo_does_more_than_fail(
    name: str, edits: list[tuple[float, bytes]], cut: float
) -> None:
    content = bytearray(_BASE[name])
    for place, patch in edits:
        at = int(place * len(content))
        content[at : at + len(patch)] = patch
    outcome(bytes(content[: int(cut * len(content))]))


_BASE = base_files()


@pytest.mark.slow
def test_a_child_that_outstays_its_time_or_crashes_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits are the last defence: here nothing but them stands between us and the codec."""
    script, written = tmp_path / "bad_codec.py", tmp_path / "written"
    tmp_path.chmod(0o777)
    script.write_text(_BAD_CODEC.replace("WRITTEN", str(written)))
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, str(script), str(theirs.fileno())], cwd=_ROOT, pass_fds=[theirs.fileno()],
        env={"PYTHONPATH": str(_ROOT)},
    )  # fmt: skip
    theirs.close()

    class Broken(sandbox._Sandbox):
        def _running(self) -> socket.socket:
            return ours

    monkeypatch.setattr(sandbox, "_sandbox", Broken())
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 30.0)
    try:
        kinds = "memory file open fork crash spin sleep silence lie riddle"
        for evil in kinds.split():
            started = time.monotonic()
            with pytest.raises(UnreadablePhoto, match=r"safely|memory"):
                photo.decode(evil.encode())
            assert time.monotonic() - started < (11 if evil == "spin" else 18), evil
        assert not written.read_bytes()
    finally:
        ours.close()
        assert process.wait(10) == 0


# The real child with a codec that misbehaves as the request says, and shorter times.
_BAD_CODEC = """
import mmap, os, signal, socket, sys, time
from PIL import Image
from pipeline import decoding, sandbox_child

inherited = os.open("WRITTEN", os.O_CREAT | os.O_WRONLY)

def misbehave(content):
    what = content.decode()
    if what == "memory":
        mmap.mmap(-1, 1200 << 20)
    elif what == "file":
        os.write(inherited, b"x")
    elif what == "open":
        open("/etc/passwd").read()
    elif what == "fork":
        if os.fork() == 0:
            os.kill(os.getppid(), signal.SIGSTOP)
    elif what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif what == "spin":
        while True: pass
    elif what == "sleep":
        time.sleep(60)
    elif what == "lie":
        return Image.new("RGB", (64, 64)), "<b>EXE</b>"
    elif what == "riddle":
        raise decoding.Refused("too_small", width="{0.__class__}")
    elif what == "silence":
        os._exit(0)
    return Image.new("RGB", (64, 64)), "JPEG"  # the evil was done: the test fails

decoding.upright = misbehave
sandbox_child.CPU_SECONDS = 1
sandbox_child.WALL_SECONDS = 12.0
with socket.socket(fileno=int(sys.argv[1])) as control:
    sandbox_child.serve(control)
"""


def test_the_sandbox_is_started_again_after_it_was_killed() -> None:
    content = saved(portrait(), "JPEG")
    photo.decode(content)
    process = sandbox._sandbox._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert photo.decode(content).pixels.shape == (200, 160, 3)


def test_many_threads_are_served_at_once() -> None:
    content = saved(portrait(), "JPEG")
    shapes: list[tuple[int, ...]] = []
    threads = [
        threading.Thread(target=lambda: shapes.append(photo.decode(content).pixels.shape))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shapes == [(200, 160, 3)] * 16


def test_no_secret_of_the_environment_reaches_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_CANARY", "a-secret")
    sandbox.stop()
    photo.decode(saved(portrait(), "JPEG"))
    process = sandbox._sandbox._process
    assert process is not None
    environment = Path(f"/proc/{process.pid}/environ")
    if not environment.exists():
        pytest.skip("needs /proc")
    assert b"a-secret" not in environment.read_bytes()


def test_the_sandbox_ends_with_its_owner() -> None:
    program = (
        "from pipeline import photo, sandbox; from tests.attacks.hostile_images import *;"
        "photo.decode(saved(portrait(), 'JPEG')); print(sandbox._sandbox._process.pid, flush=True);"
        "import os; os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=_ROOT, capture_output=True, text=True, timeout=30
    )
    orphan = int(done.stdout)
    for _ in range(50):
        try:
            os.kill(orphan, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    state = Path(f"/proc/{orphan}/stat")
    assert state.exists()
    assert state.read_text().split()[2] == "Z"  # ended; nobody reaps in this container


def test_the_limits_are_what_the_threat_model_says() -> None:
    assert sandbox_child.MEMORY == 1 << 30
    assert sandbox_child.CPU_SECONDS == 8
    assert sandbox_child.WALL_SECONDS == 10
    assert sandbox_child.WALL_SECONDS < sandbox.WALL_SECONDS


def _display_p3() -> bytes:
    """A matrix profile with the primaries of Display P3 and the curve of sRGB."""
    import struct

    def s15(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    def xyz(*values: float) -> bytes:
        return b"XYZ \x00\x00\x00\x00" + s15(*values)

    curve = b"para\x00\x00\x00\x00\x00\x03\x00\x00" + s15(
        2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045
    )
    tags = {
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": xyz(0.2920, 0.6922, 0.0419),
        b"bXYZ": xyz(0.1571, 0.0666, 0.7841),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(">I", start + len(body)) + b"none\x04\x00\x00\x00mntrRGB XYZ "
    header += bytes(12) + b"acsp" + bytes(28) + s15(0.9642, 1.0, 0.8249) + bytes(48)
    profile = header + table + body
    ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return profile
