"""What goes into service of what was measured, and why: the manifest's calibration.

*Smallest detectable change.* Two photos of one person on different days cannot be had here.
London's people were photographed neutral and smiling in one sitting: their differences hold pose,
framing and expression, but one lamp and one camera. Where the product withholds a metric from a
smiling face (`pipeline.expression.MOVED`) the shift that a smile makes in everybody never reaches
a trend, so the deviation about it is in service; elsewhere the root mean square is, since a smile
moves the score and nothing stops it. Never less than what mild variations of one photo do.

*Share that shots do not share.* Three shots of one face of phantoms, taken by one phone in one
light: their spread against the error that they have in common. Real shots differ in pose as well,
so this is a lower bound, and to narrow too little is the safe side. `other_bounds` says what mild
variations of real photos and a change of camera on phantoms would make of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.metrics import Metric
from evaluation.skill import TONES
from evaluation.steadiness import WIDTHS
from models.scorer import MAPPED
from pipeline.expression import MOVED

BROAD = frozenset({Metric.OILINESS, Metric.REDNESS})
_DEVIATIONS_OF_90 = 1.645  # half of a 90 % interval, in standard deviations


def detectable(repeatability: Mapping[str, Any]) -> dict[str, float]:
    """The smallest detectable change in service, points, by metric."""
    pairs, mild = repeatability["pairs"]["metrics"], repeatability["within_photo"]["sdc"]
    found = {}
    for m in MAPPED:
        of = pairs[m.value]
        smiled = "sdc_about_shift" if m in MOVED else "sdc_with_shift"
        found[m.value] = round(max(of[smiled], mild[m.value]), 2)
    return found


def least_widths(
    drift: Mapping[str, Mapping[str, float]], sdc: Mapping[str, float]
) -> dict[str, int]:
    """The narrowest face, in source pixels, down to which each metric may be scored.

    Fine structure is lost with the pixels: nine of ten faces must drift by less than half of the
    smallest detectable change, an eighth more noise. Shine and redness are broad and only shift: a
    narrower photo alone must not be called a change. Never below the widest that was tried.
    """
    least = {}
    for name, of_width in drift.items():
        most = sdc[name] * (1.0 if Metric(name) in BROAD else 0.5)
        least[name] = WIDTHS[0]
        for width in WIDTHS:
            if of_width.get(str(width), float("inf")) > most:
                break
            least[name] = width
    return least


def method(repeatability: Mapping[str, Any]) -> str:
    people = repeatability["pairs"]["people"]
    return (
        f"neutral and smiling photos of {people} people whom training never saw, one sitting, "
        "studio light; with the shift of a smile, except for pores and fine lines, which are "
        "withheld from a smiling face"
    )


def other_bounds(evaluation: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Shares of the error's variance that shots do not share, as measured otherwise, 0–1."""
    found = {"another_camera": dict(evaluation["phantoms"]["calibration"]["check_error"])}
    if "faces" in evaluation:
        mild = evaluation["faces"]["repeatability"]["within_photo"]
        found["variations_of_real_photos"] = {
            name: round((sd * _DEVIATIONS_OF_90 / mild["mean_half_interval"][name]) ** 2, 4)
            for name, sd in mild["within_sd"].items()
        }
    return found


def calibration(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Exactly the fields of the manifest that are measured, from a whole evaluation."""
    phantoms, faces = evaluation["phantoms"], evaluation.get("faces")
    fitted = phantoms["calibration"]
    same_view = {name: of["sdc_same_view"] for name, of in phantoms["face_error"].items()}
    found: dict[str, Any] = {
        "figures": {
            name: {
                "mae": of["mae"],
                "constant_mae": of["constant_mae"],
                "spearman": of["spearman"],
                "coverage": phantoms["coverage"]["region"][name],
                "mae_by_tone": {
                    tone: phantoms["by_tone"][name]["mae"][tone]
                    for tone, _, _ in TONES
                    if tone in phantoms["by_tone"][name]["mae"]
                },
            }
            for name, of in phantoms["skill"].items()
        },
        "interval_scale": fitted["interval_scale"],
        "interval_by_tone": fitted.get("interval_by_tone", {}),
        "shared_error": fitted["shared_error"],
        "sdc_same_view": same_view,
        "shot_error": fitted["shot_error"],
    }
    if faces:
        found["sdc"] = detectable(faces["repeatability"])
        found["sdc_method"] = method(faces["repeatability"])
        found["least_face_width"] = least_widths(
            faces["widths"]["drift_of_nine_in_ten"], found["sdc"]
        )
    return found
