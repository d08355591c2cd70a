"""docs/api.md, run as it stands: its commands in a shell, its program with the client it makes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from api.v1.app import PREFIX
from core.settings import ROOT
from tests.running import Product

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

PORTRAIT = ROOT / "data" / "demonstration" / "astronaut.jpg"


def blocks(language: str) -> list[str]:
    page = (ROOT / "docs" / "api.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.S | re.M)


@pytest.fixture(scope="module")
def folder(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody sits who reads the page: with a photo, and this project's docs."""
    found = tmp_path_factory.mktemp("reader")
    shutil.copy(PORTRAIT, found / "face.jpg")
    (found / "docs").symlink_to(ROOT / "docs")
    return found


def run(folder: Path, product: Product, *command: str, given: str = "") -> str:
    tools = Path(sys.executable).parent
    done = subprocess.run(
        command,
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(folder),
            "SKINCARE": product.address.rstrip("/") + PREFIX,
        },
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def size_of(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as image:
        return image.size


@pytest.fixture(scope="module")
def said(folder: Path, product: Product) -> str:
    """What all commands of the page print, one after the other."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    script = "\n".join(["set -euo pipefail", *blocks("bash")])
    return run(folder, product, "bash", "-s", given=script)


def test_every_command_of_the_page_works(said: str, folder: Path) -> None:
    assert '"message":"Account created' in said
    assert "}scored\n" in said  # what comes before ends without a new line
    assert re.search(r"^redness [\d.]+ between [\d.]+ and [\d.]+$", said, re.M)
    assert '"total":1' in said
    assert "/problems/not-found - There is no such check." in said
    for name in ("README.txt", "checks.json", "fhir-bundle.json"):
        assert name in said
    assert size_of(folder / "photo.jpg") == (320, 320)
    assert size_of(folder / "redness.png") == (768, 960)


def test_the_client_that_the_page_makes_sends_a_photo_and_reads_its_scores(
    said: str, folder: Path, product: Product
) -> None:
    (folder / "redness.png").unlink()
    (program,) = blocks("python")
    printed = run(folder, product, sys.executable, "-", given=program)
    assert printed.splitlines()[0] == "scored"
    assert re.search(r"^redness [\d.]+ [\d.]+ [\d.]+ None$", printed, re.M)
    assert size_of(folder / "redness.png") == (768, 960)
