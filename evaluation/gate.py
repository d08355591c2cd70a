"""Whom the quality gate refuses, by skin tone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import PhotoRejected
from evaluation import people
from evaluation.agreement import spearman
from evaluation.crew import Tools
from evaluation.looking import Seen, examine, place
from evaluation.pigment import ANGLES, repigmented
from evaluation.skill import TONES, tone_of
from evaluation.variations import blurred, exposed
from models.scorer import MAPPED
from pipeline import quality
from pipeline.scoring import ita

Pixels = npt.NDArray[np.uint8]

CONDITIONS: Mapping[str, Callable[[Pixels], Pixels]] = {
    "as it is": lambda p: p,
    "1 stop darker": lambda p: exposed(p, -1.0),
    "2 stops darker": lambda p: exposed(p, -2.0),
    "half a stop brighter": lambda p: exposed(p, 0.5),
    "blurred by 1.5 pixels": lambda p: blurred(p, 1.5),
}
LIGHT_AND_FOCUS = {quality.TOO_DARK, quality.TOO_BRIGHT, quality.UNEVEN, quality.NOT_SHARP}


@dataclass(frozen=True)
class Toned:
    """One face in every tone of ANGLES."""

    reasons: Mapping[str, Sequence[tuple[str, ...]]]  # by condition, one for each angle
    seen: Sequence[Seen]  # as it is, one for each angle


@dataclass(frozen=True)
class Gated:
    reasons: tuple[str, ...]
    tone: str  # bin of ITA, or "unknown"


def toned(tools: Tools, portrait: people.Portrait) -> Toned | None:
    """None when the photo shows no face."""
    pixels = people.read(portrait.path)
    try:
        placed = place(tools, pixels)
    except PhotoRejected:
        return None
    pictures = [repigmented(pixels, placed, angle) for angle in ANGLES]
    reasons = {
        name: [gated(tools, condition(p)).reasons for p in pictures]
        for name, condition in CONDITIONS.items()
    }
    return Toned(reasons, [examine(tools, p) for p in pictures])


def gated(tools: Tools, pixels: Pixels) -> Gated:
    """The gate's reasons, if it refuses, and the tone that the photo shows."""
    tone = "unknown"
    try:
        placed = place(tools, pixels)
        angle = ita(placed.crop.pixels, placed.skin.mask)
        tone = tone if angle is None else tone_of(max(angle, TONES[0][1]))
        quality.check_quality(pixels, placed.face, placed.crop, placed.skin)
    except PhotoRejected as rejected:
        return Gated(rejected.reasons, tone)
    return Gated((), tone)


def gate_of(tools: Tools, portrait: people.Portrait) -> Gated:
    return gated(tools, people.read(portrait.path))


def same_faces(found: Sequence[Toned]) -> dict[str, Any]:
    """Share of the same faces refused in each tone; `gap` in points, highest less lowest."""
    by_condition: dict[str, dict[str, Any]] = {}
    for name in CONDITIONS:
        shares = [
            100 * float(np.mean([bool(face.reasons[name][i]) for face in found]))
            for i in range(len(ANGLES))
        ]
        by_condition[name] = {
            "refused_percent": dict(zip(_names(), (round(s, 1) for s in shares), strict=True)),
            "gap": round(max(shares) - min(shares), 1),
        }
    return {
        "faces": len(found),
        "by_condition": by_condition,
        "largest_gap": max(of["gap"] for of in by_condition.values()),
        "gap_as_it_is": by_condition["as it is"]["gap"],
    }


def scores_by_tone(found: Sequence[Toned]) -> dict[str, dict[str, float]]:
    """What other melanin alone does to the scores of real faces.

    `spearman` with ITA over all pictures; `shift` is the mean of the lightest less the darkest.
    """
    by_metric = {}
    for m in MAPPED:
        rows = [
            (angle, seen.values[m])
            for face in found
            for angle, seen in zip(ANGLES, face.seen, strict=True)
            if m in seen.values
        ]
        shifts = [
            face.seen[-1].values[m] - face.seen[0].values[m]
            for face in found
            if m in face.seen[-1].values and m in face.seen[0].values
        ]
        angles, scores = np.array(rows).reshape(-1, 2).T
        by_metric[m.value] = {
            "pictures": len(rows),
            "spearman": round(spearman(scores, angles), 3),
            "shift": round(float(np.mean(shifts)), 2) if shifts else float("nan"),
        }
    return by_metric


def strangers(found: Sequence[Gated]) -> dict[str, Any]:
    """Refusals among photos of all kinds, by the tone that the photo shows."""
    reasons: Counter[str] = Counter()
    by_tone: dict[str, list[Gated]] = defaultdict(list)
    for one in found:
        reasons.update(one.reasons)
        by_tone[one.tone].append(one)
    return {
        "photos": len(found),
        "refused": sum(bool(one.reasons) for one in found),
        "reasons": dict(reasons.most_common()),
        "by_tone": {
            tone: {
                "photos": len(by_tone[tone]),
                "refused": sum(bool(one.reasons) for one in by_tone[tone]),
                "for_light_or_focus": sum(
                    bool(LIGHT_AND_FOCUS & set(one.reasons)) for one in by_tone[tone]
                ),
            }
            for tone in (*_names(), "unknown")
            if by_tone[tone]
        },
    }


def _names() -> list[str]:
    return [name for name, _, _ in TONES]
