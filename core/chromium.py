"""Find a Chromium for the browser journeys, or install one where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HOW_TO_GET_IT = (
    "No Chromium was found, so the browser journeys cannot run. Install it (Debian, Ubuntu: "
    "sudo apt-get install chromium), or name one in the variable CHROMIUM."
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Quiet and alike everywhere; the sandbox needs rights that containers and root lack.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera with a moving test picture
    "--use-fake-ui-for-media-stream",
)


def find() -> str | None:
    """The program named in CHROMIUM, an installed one, or the one that Playwright fetched."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    return next((path for path in (*_MAC, *_of_playwright()) if Path(path).is_file()), None)


def install() -> str | None:
    """Fetch one: by apt as root on Debian, otherwise through Playwright. None if neither works."""
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-q"], ["install", "-q", "-y", "chromium"]):
            subprocess.run(
                ["apt-get", *arguments],
                env=environment,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
    else:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            check=False,
            stdout=subprocess.DEVNULL,
        )
    return find()


def _of_playwright() -> list[str]:
    home = Path.home()
    folders = {
        "darwin": home / "Library" / "Caches" / "ms-playwright",
        "win32": home / "AppData" / "Local" / "ms-playwright",
    }
    folder = folders.get(sys.platform, home / ".cache" / "ms-playwright")
    programs = ("chrome", "chrome.exe", "Chromium", "Google Chrome for Testing")
    newest_first = sorted(folder.glob("chromium-*"), reverse=True)
    return [str(p) for f in newest_first for p in f.rglob("*") if p.name in programs]
