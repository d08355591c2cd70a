"""Puts what was measured beside the weights that it was measured on."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import InvalidInput
from models.manifest import NAME, Manifest, read_manifest


def calibrate(weights: Path, evaluation: Mapping[str, Any], version: str | None = None) -> Manifest:
    """The manifest of `weights` with the evaluation's calibration, written in one step.

    What the evaluation could not measure (no photos of people) stays as it was. With another
    `version` the same weights are a new version from now on: results that were made keep theirs.
    """
    manifest = read_manifest(weights)
    measured = evaluation["weights"]["sha256"]
    if measured != hashlib.sha256((weights / manifest.file).read_bytes()).hexdigest():
        raise InvalidInput(
            f"These figures were measured on other weights than {manifest.file}. "
            "Evaluate again: python3 run.py evaluate"
        )
    if version is not None and version != manifest.version:
        manifest = manifest.renamed(version, datetime.datetime.now(datetime.UTC).date())
    known = json.loads(manifest.model_dump_json()) | dict(evaluation["calibration"])
    made = Manifest.model_validate_json(json.dumps(known))
    half = weights / (NAME + ".part")
    half.write_text(made.model_dump_json(indent=1) + "\n")
    half.replace(weights / NAME)
    return made
