"""Writes the figures of MODEL_CARD.md from the weights' evaluation, so that none is typed by hand.

`python -m models.card` replaces what stands between the markers; a test checks that it was run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.metrics import FACTS, Metric
from models.manifest import WEIGHTS, Manifest, read_manifest

CARD = Path(__file__).parent / "MODEL_CARD.md"
_BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.S)


def filled(text: str, weights: Path = WEIGHTS) -> str:
    """`text` with every block of figures made anew from the weights in `weights`."""
    manifest = read_manifest(weights)
    evaluation = json.loads((weights / "evaluation.json").read_text())

    def block(found: re.Match[str]) -> str:
        return found[1] + "\n" + BLOCKS[found[2]](manifest, evaluation) + "\n\n" + found[3]

    return _BLOCK.sub(block, text)


def _about(manifest: Manifest, _: Mapping[str, Any]) -> str:
    trained = manifest.trained_on
    return (
        f"Version **{manifest.version}**, {manifest.date:%d %B %Y}: {manifest.file}, "
        f"{manifest.bytes:,} bytes. Trained for {trained.minutes:.0f} minutes on two shared "
        f"processor cores: {trained.steps:,} steps over {trained.phantoms:,} phantoms "
        f"(generator version {trained.phantoms_version}, seed {trained.seed}), each photographed "
        "by two cameras."
    )


def _phantoms(manifest: Manifest, _: Mapping[str, Any]) -> str:
    rows = [
        (
            _name(metric),
            f"{f.mae:.1f}",
            f"{f.constant_mae:.1f}",
            f"{f.spearman:.2f}",
            f"{100 * f.coverage:.0f} %",
            f"{manifest.shared_error[metric]:.2f}",
        )
        for metric, f in manifest.figures.items()
    ]
    head = ("sign", "mean error", "of a constant", "Spearman", "held by 90 % interval", "shared ρ")
    return _table(head, rows)


def _tones(manifest: Manifest, _: Mapping[str, Any]) -> str:
    tones = list(next(iter(manifest.figures.values())).mae_by_tone)
    rows = [
        (_name(metric), *(f"{f.mae_by_tone[tone]:.1f}" for tone in tones))
        for metric, f in manifest.figures.items()
    ]
    return _table(("sign", *tones), rows)


def _noise(manifest: Manifest, evaluation: Mapping[str, Any]) -> str:
    faces = evaluation["faces"]
    rows = [
        (
            _name(metric),
            f"{manifest.sdc_same_view[metric]:.1f}",
            f"{manifest.sdc[metric]:.1f}",
            f"{faces['mean_difference'][metric.value]:+.1f}",
            f"{faces['between_people_sd'][metric.value]:.1f}",
        )
        for metric in manifest.figures
    ]
    head = (
        "sign",
        "phantoms, same view",
        "people, two expressions (**in service**)",
        "mean shift when smiling",
        "SD between people",
    )
    return _table(head, rows)


def _width(manifest: Manifest, evaluation: Mapping[str, Any]) -> str:
    drift = evaluation["faces"]["drift_90_percent_by_face_width"]
    widths = sorted({int(w) for of in drift.values() for w in of}, reverse=True)
    rows = [
        (
            _name(metric),
            *(f"{drift[metric.value].get(str(w), float('nan')):.1f}" for w in widths),
            str(manifest.least_face_width[metric]),
        )
        for metric in manifest.figures
    ]
    return _table(("sign", *(f"{w} px" for w in widths), "least width in service"), rows)


def _tone_medians(manifest: Manifest, evaluation: Mapping[str, Any]) -> str:
    medians = evaluation["faces"]["median_by_ita"]
    tones = list(next(iter(medians.values())))
    rows = [
        (_name(metric), *(f"{medians[metric.value][tone]:.0f}" for tone in tones))
        for metric in manifest.figures
    ]
    return _table(("score", *(f"ITA {tone}" for tone in tones)), rows)


def _added(_: Manifest, evaluation: Mapping[str, Any]) -> str:
    found = evaluation["added_signs"]
    dark = found["change_dark"]
    signs = list(next(iter(found["change"].values())))
    rows = [
        (what, *(f"{round(of[sign]):+d} ({round(dark[what][sign]):+d})" for sign in signs))
        for what, of in found["change"].items()
    ]
    told = (
        f"{found['faces']} faces, in brackets the {found['dark_faces']} of them with ITA below −10:"
    )
    return told + "\n\n" + _table(("added or done", *signs), rows)


BLOCKS: dict[str, Callable[[Manifest, Mapping[str, Any]], str]] = {
    "about": _about,
    "phantoms": _phantoms,
    "tones": _tones,
    "noise": _noise,
    "width": _width,
    "tone_medians": _tone_medians,
    "added": _added,
}


def _name(metric: Metric) -> str:
    return "dryness signs" if metric is Metric.HYDRATION else FACTS[metric].name.lower()


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    CARD.write_text(filled(CARD.read_text()))
