"""Writes the figures of MODEL_CARD.md from models/evaluation.json, so that none is typed by hand.

Only what stands between a block's markers is replaced; a test checks that it was done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evaluation import card_of_people, card_of_phantoms
from evaluation.card_words import name, table
from models.manifest import Manifest, read_manifest
from models.scorer import MAPPED

CARD = Path(__file__).resolve().parent.parent / "models" / "MODEL_CARD.md"
_BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.S)

Document = Mapping[str, Any]


def filled(text: str, document: Document, manifest: Manifest) -> str:
    """`text` with every block of figures made anew."""

    def block(found: re.Match[str]) -> str:
        kind = found[2]
        written = OF_SERVICE[kind](manifest) if kind in OF_SERVICE else _measured(kind, document)
        return f"{found[1]}\n{written}\n\n{found[3]}"

    return _BLOCK.sub(block, text)


def with_calibration(weights: Path, document: Document) -> Manifest:
    """The manifest as it would be with these figures; nothing is written."""
    known = json.loads(read_manifest(weights).model_dump_json()) | dict(document["calibration"])
    return Manifest.model_validate_json(json.dumps(known))


def goals(document: Document) -> str:
    """What was asked for, the figure, and whether it is met: for the terminal and the card."""
    words = {True: "**met**", False: "**not met**", None: "not measured"}
    rows = [(of["name"], of["goal"], of["figure"], words[of["met"]]) for of in document["criteria"]]
    return table(("asked for", "goal", "measured", ""), rows)


def _measured(kind: str, document: Document) -> str:
    if kind in card_of_people.BLOCKS:
        if "faces" not in document:
            return "Not measured: no photos of people were there."
        faces = document["faces"]
        note = ""
        if "carried_over_from" in faces:
            note = f"Measured with version {faces['carried_over_from']}, not with this one.\n\n"
        return note + card_of_people.BLOCKS[kind](document)
    return OF_PHANTOMS[kind](document)


def _about(manifest: Manifest) -> str:
    trained = manifest.trained_on
    real = "".join(
        f" Real skin: {skin.people} people of {skin.source} ({skin.licence})."
        for skin in trained.backdrops
    )
    start = f", from the weights of {trained.started_from}" if trained.started_from else ""
    return (
        f"Version **{manifest.version}**, {manifest.date:%d %B %Y}: {manifest.file}, "
        f"{manifest.bytes:,} bytes. Trained for {trained.minutes:.0f} minutes on two shared "
        f"processor cores{start}: {trained.steps:,} steps over {trained.phantoms:,} samples of two "
        f"pictures each (generator version {trained.phantoms_version}, seed {trained.seed})."
        f"{real}"
    )


def _versions(manifest: Manifest) -> str:
    rows = [
        (old.version, f"{old.date:%d %B %Y}", *(f"{old.sdc[m]:.1f}" for m in MAPPED))
        for old in manifest.history
    ]
    rows.append(
        (
            f"**{manifest.version}** (in service)",
            f"{manifest.date:%d %B %Y}",
            *(f"{manifest.sdc[m]:.1f}" for m in MAPPED),
        )
    )
    return table(("version", "date", *(f"{name(m)}, SDC" for m in MAPPED)), rows)


OF_SERVICE: dict[str, Callable[[Manifest], str]] = {"about": _about, "versions": _versions}
OF_PHANTOMS: dict[str, Callable[[Document], str]] = {
    "goals": goals,
    **card_of_phantoms.BLOCKS,
}
