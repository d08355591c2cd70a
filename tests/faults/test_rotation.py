"""A rotation of the master key that is killed, and one beside people who go on reading."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from core.master_keys import master_keys
from core.settings import ROOT
from pipeline import rotate_keys
from tests.rotating import Faces, check_all_open, needed, with_faces

pytestmark = [pytest.mark.slow, pytest.mark.alone]


def test_a_killed_rotation_leaves_everything_readable_and_is_finished_by_the_next(
    var: Path, fresh_database: str
) -> None:
    faces = with_faces(4)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.faults.rotate"], cwd=ROOT, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert needed() == {1: 3, 2: 1}
    check_all_open(faces)
    assert rotate_keys.run(retire=False) == 0
    assert needed() == {2: 4}  # the one that was begun; no third key
    assert set(master_keys()) == {1, 2}
    check_all_open(faces)


def test_while_keys_rotate_nobody_is_refused(var: Path, fresh_database: str) -> None:
    """Neither who reads their photo nor who comes meanwhile."""
    faces = with_faces(3)
    over = Event()

    def go_on_reading() -> int:
        reads = 0
        while not over.is_set():
            check_all_open(faces)
            reads += 1
        return reads

    def go_on_registering() -> Faces:
        came: Faces = {}
        while not over.is_set():
            came |= with_faces(1)
        return came

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(go_on_reading) for _ in range(2)]
        registering = pool.submit(go_on_registering)
        try:
            rotate_in_another_process(times=5)
        finally:
            over.set()
        assert all(reader.result() > 0 for reader in readers)
        came = registering.result()
    assert len(came) > 1
    assert sum(needed().values()) == 3 + len(came)
    assert needed().keys() <= master_keys().keys()
    check_all_open(faces | came)


def rotate_in_another_process(times: int) -> None:
    """Whole rotations, each with its retirement."""
    program = (
        "from pipeline import rotate_keys\n"
        f"for retire in (False, True) * {times}:\n"
        "    assert rotate_keys.run(retire=retire) == 0"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
