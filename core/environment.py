"""The Python environment in `.venv`, installed from one of the two pinned lists.

Standard library only, and readable by old Pythons: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from core.locks import file_lock

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
PRODUCT = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"  # contains all of PRODUCT
_INSTALLED = VENV / ".installed"


class CannotInstall(Exception):
    """What is missing and how to get it, in a sentence."""


def enter(wanted: Path) -> None:
    """Go on only inside an environment that holds `wanted`; installs it first where needed.

    Outside the environment this replaces the running program by itself inside it, and does not
    return. SKINCARE_ENV_READY=1 says that the running Python has everything (a container).
    """
    if os.environ.get("SKINCARE_ENV_READY") == "1":
        return
    if not _holds(wanted):
        _install(wanted)
    if Path(sys.prefix).resolve() == VENV.resolve():
        return
    become([str(PYTHON), *sys.argv])


def become(command: list[str]) -> NoReturn:
    """Replace this process by another program. On Windows: wait for it, and end as it ends."""
    if sys.platform == "win32":
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other one
        sys.exit(subprocess.Popen(command).wait())
    os.execv(command[0], command)  # noqa: S606 # no shell is wanted


def _holds(wanted: Path) -> bool:
    """Whether the environment was installed from `wanted`, or from a list that contains it."""
    try:
        installed = json.loads(_INSTALLED.read_text())
    except (OSError, ValueError):
        return False
    lists = [PRODUCT, DEVELOPMENT] if wanted == PRODUCT else [DEVELOPMENT]
    return any(installed == _state(each) for each in lists) and runs(PYTHON)


def _state(requirements: Path) -> dict[str, str]:
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return {"list": requirements.name, "sha256": digest}


def _install(wanted: Path) -> None:
    with file_lock(ROOT / ".venv.lock"):  # two starts at once: the second finds it done
        if _holds(wanted):
            return
        if wanted == PRODUCT and _was_for_development():
            wanted = DEVELOPMENT
        began = time.monotonic()
        count = sum(1 for line in wanted.read_text().splitlines() if "==" in line.split("#")[0])
        _say(
            f"Setting up the Python environment in {VENV.name}: {count} packages, only when "
            "they change; one to five minutes, by your connection."
        )
        if not runs(PYTHON):
            _make_venv()
        _INSTALLED.unlink(missing_ok=True)
        _sync(wanted)
        _INSTALLED.write_text(json.dumps(_state(wanted)))
        _say(f"The environment is ready ({time.monotonic() - began:.0f} s).")


def _was_for_development() -> bool:
    try:
        name = json.loads(_INSTALLED.read_text())["list"]
    except (OSError, ValueError, KeyError):
        return False
    return bool(name == DEVELOPMENT.name)


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    elif shutil.which("uv"):
        command = [
            "uv",
            "venv",
            "--quiet",
            "--clear",
            "--seed",
            "--python",
            sys.executable,
            str(VENV),
        ]
    else:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise CannotInstall(
            "This Python cannot make environments: its venv and ensurepip modules are missing. "
            f"On Debian or Ubuntu: sudo apt-get install python{version}-venv"
        )
    if subprocess.call(command) != 0:
        raise CannotInstall(
            f"The environment {VENV} could not be made; the lines above say why. "
            "On Debian or Ubuntu python3-venv may be missing: sudo apt-get install python3-venv"
        )


def _sync(wanted: Path) -> None:
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    uv = [str(PYTHON), "-m", "uv", "pip", "sync", *quiet, "--python", str(PYTHON), str(wanted)]
    if subprocess.call([*pip, _pin_of("uv", wanted)]) == 0 and subprocess.call(uv) == 0:
        return
    _say("uv did not manage; trying pip, which takes longer.")
    if subprocess.call([*pip, "--no-deps", "-r", str(wanted)]) != 0:
        raise CannotInstall(
            "The packages could not be installed; the lines above say why. "
            "Is there a connection to a Python package index? Run the command again to go on."
        )


def _pin_of(package: str, requirements: Path) -> str:
    for line in requirements.read_text().splitlines():
        if line.startswith(f"{package}=="):
            return line.split()[0]
    raise CannotInstall(f"{requirements.name} does not pin {package}.")


def runs(python: Path | str) -> bool:
    """Whether this Python starts; one whose base was removed does not."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 # no logging exists yet
