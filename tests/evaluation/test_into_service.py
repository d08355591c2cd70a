"""From figures to the manifest in service: nothing is merged by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core.errors import InvalidInput
from evaluation.command import DOCUMENT, main
from evaluation.into_service import calibrate
from evaluation.service import detectable
from models.manifest import WEIGHTS, read_manifest
from models.scorer import MAPPED


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """The weights in service, to be written beside."""
    for name in ("manifest.json", read_manifest().file):
        shutil.copy(WEIGHTS / name, tmp_path / name)
    return tmp_path


def test_the_calibration_goes_into_the_manifest_and_the_rest_of_it_stays(weights: Path) -> None:
    document = json.loads(DOCUMENT.read_text())
    document["calibration"]["shot_error"] = {m.value: 0.25 for m in MAPPED}
    before, after = read_manifest(weights), calibrate(weights, document)
    assert read_manifest(weights) == after
    assert set(after.shot_error.values()) == {0.25}
    assert (after.version, after.sha256, after.trained_on) == (
        before.version, before.sha256, before.trained_on,
    )  # fmt: skip


def test_a_new_calibration_is_another_version_of_the_same_weights(weights: Path) -> None:
    document = json.loads(DOCUMENT.read_text())
    before = read_manifest(weights)
    after = calibrate(weights, document, "9.9")
    assert (after.version, after.file, after.sha256) == ("9.9", before.file, before.sha256)
    assert [of.version for of in after.history] == [
        *(of.version for of in before.history), before.version,
    ]  # fmt: skip
    assert after.history[-1].sdc == before.sdc
    assert calibrate(weights, document, "9.9") == after  # said twice, it is one version


def test_a_version_is_never_named_for_figures_that_go_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_manifest()
    assert main(["--card", "--as-version", "9.9", "--out", str(tmp_path)]) == 2
    assert "--out changes nothing there" in capsys.readouterr().out
    assert read_manifest() == before
    assert not list(tmp_path.iterdir())


def test_figures_of_other_weights_never_calibrate_these(weights: Path) -> None:
    document = json.loads(DOCUMENT.read_text())
    document["weights"]["sha256"] = "0" * 64
    before = (weights / "manifest.json").read_bytes()
    with pytest.raises(InvalidInput, match="other weights"):
        calibrate(weights, document)
    assert (weights / "manifest.json").read_bytes() == before


def test_what_a_smile_does_counts_only_where_nothing_withholds_a_smiling_score() -> None:
    pair = {"sdc_about_shift": 10.0, "sdc_with_shift": 30.0}
    found = detectable(
        {
            "pairs": {"metrics": {m.value: pair for m in MAPPED}},
            "within_photo": {"sdc": {m.value: 12.0 for m in MAPPED}},
        }
    )
    assert found["pores"] == found["fine_lines"] == 12.0  # never below what one photo shows
    assert found["spots"] == found["oiliness"] == 30.0
