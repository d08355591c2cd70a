"""A lock between processes that ends with its holder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.locks import file_lock
from core.settings import ROOT

_HOLD = """
import sys, time, pathlib
sys.path.insert(0, sys.argv[2])
from core.locks import file_lock
with file_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_held_elsewhere_is_not_given_and_ends_with_a_killed_holder(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path), str(ROOT)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(TimeoutError), file_lock(path, timeout=0):
        pass
    holder.kill()
    holder.communicate()
    with file_lock(path, timeout=0):
        pass


def test_a_lock_is_given_back_when_the_block_raises(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), file_lock(tmp_path / "lock"):
        raise ValueError("inside")
    with file_lock(tmp_path / "lock", timeout=0):
        pass
