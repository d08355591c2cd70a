"""The whole evaluation, as small as it can be made, on phantoms alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from evaluation import page
from evaluation.card import CARD, filled
from evaluation.command import DOCUMENT
from evaluation.figures import QUICK, measure
from evaluation.steadiness import WIDTHS
from models.manifest import WEIGHTS, Manifest, read_manifest
from models.scorer import MAPPED

pytestmark = pytest.mark.slow
TINY = replace(QUICK, phantoms=20, faces=4, tones=1, hidden=1)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Without photos of people: their figures are carried over."""
    earlier = json.loads(DOCUMENT.read_text())
    earlier["weights"]["sha256"] = "of other weights"
    return measure(WEIGHTS, None, earlier, TINY, 1, lambda _: None)


def test_figures_of_people_are_carried_over_and_marked(document: dict[str, Any]) -> None:
    earlier = json.loads(DOCUMENT.read_text())
    carried = dict(document["faces"])
    assert carried.pop("carried_over_from") == earlier["version"]
    assert carried == {k: v for k, v in earlier["faces"].items() if k != "carried_over_from"}
    text = filled(CARD.read_text(), document, read_manifest())
    assert f"Measured with version {earlier['version']}, not with this one." in text
    assert "No photos of people were there" in page.of_model(document)


def test_the_calibration_is_a_manifests(document: dict[str, Any]) -> None:
    known = json.loads(read_manifest().model_dump_json()) | document["calibration"]
    made = Manifest.model_validate_json(json.dumps(known))
    assert set(made.interval_scale) == set(made.shot_error) == set(made.least_face_width)
    assert set(made.least_face_width.values()) <= set(WIDTHS)
    assert all(0 <= share <= 1 for share in made.shot_error.values())


def test_it_is_json_without_nan_and_names_the_weights(document: dict[str, Any]) -> None:
    json.dumps(document, allow_nan=False)
    assert document["weights"]["sha256"] == read_manifest().sha256
    assert set(document["phantoms"]["skill"]) == {m.value for m in MAPPED}


def test_the_page_is_whole_by_itself(document: dict[str, Any]) -> None:
    shown = page.of_model(document)
    body = re.sub(r"<script.*?</script>", "", shown, flags=re.S)
    assert not re.search(r"(src|href)=", body)
    assert shown.count('class="plotly-graph-div"') >= 9
    for criterion in document["criteria"]:
        assert criterion["name"].split("&")[0][:30] in shown
