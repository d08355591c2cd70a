"""How much the scores of one photo, or of one person, move when the skin has not changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.metrics import Metric
from evaluation import people
from evaluation.agreement import smallest_detectable_change, within_sd
from evaluation.crew import Tools
from evaluation.looking import Seen, examine, frankly
from evaluation.skill import TONES, tone_of
from evaluation.variations import VARIATIONS, scaled
from models.scorer import MAPPED

WIDTHS = (600, 500, 400, 320, 250, 200, 150, 110, 90)  # source pixels between the cheekbones


@dataclass(frozen=True)
class Varied:
    """One photo as it is and in each of VARIATIONS."""

    as_it_is: Seen
    varied: Mapping[str, Seen]


def vary(tools: Tools, portrait: people.Portrait) -> Varied:
    pixels = people.read(portrait.path)
    return Varied(
        examine(tools, pixels),
        {name: examine(tools, variation.of(pixels)) for name, variation in VARIATIONS.items()},
    )


@dataclass(frozen=True)
class Looked:
    portrait: people.Portrait
    shown: Seen  # as the product shows it
    values: Mapping[Metric, float]  # as if no smile withheld any


def look(tools: Tools, portrait: people.Portrait) -> Looked:
    pixels = people.read(portrait.path)
    return Looked(portrait, examine(tools, pixels), frankly(tools, pixels))


def narrow(tools: Tools, portrait: people.Portrait) -> dict[int, Seen] | None:
    """A wide face made smaller by averaging, at 0 as it is; None when it is not wide enough."""
    pixels = people.read(portrait.path)
    whole = examine(tools, pixels)
    if whole.face_width < WIDTHS[0]:
        return None
    return {0: whole} | {
        width: examine(tools, scaled(pixels, width / whole.face_width)) for width in WIDTHS
    }


def within_photo(photos: Sequence[Varied]) -> dict[str, Any]:
    """Spread over the mild variations of one photo: a lower bound of the noise between checks."""
    of: dict[Metric, dict[int, list[float]]] = {m: {} for m in MAPPED}
    halves: dict[Metric, list[float]] = {m: [] for m in MAPPED}
    for number, photo in enumerate(photos):
        taken = [photo.as_it_is] + [photo.varied[name] for name, v in VARIATIONS.items() if v.mild]
        for m in MAPPED:
            of[m][number] = [seen.values[m] for seen in taken if m in seen.values]
            halves[m] += [seen.halves[m] for seen in taken if m in seen.halves]
    spread = {m: within_sd(dict(values)) for m, values in of.items()}
    return {
        "photos": len(photos),
        "within_sd": _named(spread),
        "sdc": _named({m: smallest_detectable_change(v) for m, v in spread.items()}),
        "mean_half_interval": _named({m: float(np.mean(v)) for m, v in halves.items() if v}),
    }


def steady(photos: Sequence[Varied], sdc: Mapping[str, float]) -> dict[str, Any]:
    """Share of scores that move by less than their smallest detectable change.

    Counted are scores shown before and after; `hidden` is the share of those shown before that a
    variation made the product withhold, be it by the gate or by an abstention.
    """
    held: dict[Metric, dict[str, list[bool]]] = {m: defaultdict(list) for m in MAPPED}
    hidden: dict[str, list[bool]] = defaultdict(list)
    for photo in photos:
        for name, seen in photo.varied.items():
            for m, before in photo.as_it_is.values.items():
                if m.value not in sdc:
                    continue
                hidden[name].append(m not in seen.values)
                if m in seen.values:
                    held[m][name].append(abs(seen.values[m] - before) < sdc[m.value])
    whole = [b for of in held.values() for row in of.values() for b in row]
    return {
        "photos": len(photos),
        "share": _share(whole),
        "by_metric": {
            m.value: _share([b for row in of.values() for b in row]) for m, of in held.items()
        },
        "by_variation": {
            name: {m.value: _share(held[m][name]) for m in MAPPED} for name in VARIATIONS
        },
        "hidden": {name: _share(hidden[name]) for name in VARIATIONS},
    }


def pairs(looked: Sequence[Looked]) -> dict[str, Any]:
    """Neutral and smiling photos of one person in one sitting: an upper bound of the noise.

    `sdc_about_shift` leaves out what a smile does to everybody (Weir 2005, J Strength Cond Res
    19:231), `sdc_with_shift` counts it.
    """
    of_person: dict[str, dict[str, Looked]] = defaultdict(dict)
    for one in looked:
        of_person[one.portrait.person][one.portrait.expression] = one
    both = [of for of in of_person.values() if len(of) == 2]
    found: dict[str, dict[str, Any]] = {}
    for m in MAPPED:
        rows = [
            (of["neutral"].values[m], of["smiling"].values[m])
            for of in both
            if m in of["neutral"].values and m in of["smiling"].values
        ]
        if len(rows) < 3:
            continue
        apart = np.array([after - before for before, after in rows])
        found[m.value] = {
            "pairs": len(rows),
            "mean_shift": round(float(apart.mean()), 2),
            "sdc_about_shift": round(1.96 * float(apart.std(ddof=1)), 2),
            "sdc_with_shift": round(1.96 * float(np.sqrt((apart**2).mean())), 2),
            "between_people_sd": round(float(np.std([before for before, _ in rows])), 2),
        }
    return {
        "people": len(both),
        "photos": len(looked),
        "rejected": sum(bool(one.shown.rejected) for one in looked),
        "metrics": found,
        "median_by_tone": _medians(
            [one.shown for one in looked if one.portrait.expression == "neutral"]
        ),
    }


def widths(faces: Sequence[dict[int, Seen]]) -> dict[str, Any]:
    """How far scores drift on fewer pixels, by the width that nine of ten faces stay below."""
    drift: dict[str, dict[str, float]] = {m.value: {} for m in MAPPED}
    for width in WIDTHS:
        for m in MAPPED:
            apart = [
                abs(face[width].values[m] - face[0].values[m])
                for face in faces
                if m in face[width].values and m in face[0].values
            ]
            if apart and len(apart) >= len(faces) / 2:
                drift[m.value][str(width)] = round(float(np.quantile(apart, 0.9)), 2)
    return {"faces": len(faces), "drift_of_nine_in_ten": drift}


def _medians(neutral: Sequence[Seen]) -> dict[str, Any]:
    """Of real people by the tone of their photo. They differ in more than tone."""
    names = [name for name, _, _ in TONES]
    of = {
        name: [s for s in neutral if s.ita is not None and tone_of(s.ita) == name] for name in names
    }
    return {
        "people": {name: len(of[name]) for name in names},
        **{
            m.value: {
                name: round(float(np.median([s.values[m] for s in of[name] if m in s.values])), 1)
                for name in names
                if any(m in s.values for s in of[name])
            }
            for m in MAPPED
        },
    }


def _share(held: Sequence[bool]) -> float | None:
    return round(float(np.mean(held)), 4) if held else None


def _named(values: Mapping[Metric, float]) -> dict[str, float]:
    return {m.value: round(v, 3) for m, v in values.items()}
