"""What is withheld, how often, and what error that spares.

Phantoms know their skin under what hides it: the error is taken against the bare skin's signs,
with everything shown and with what the product's own rules leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.examination import Quality
from core.metrics import Metric, Region
from evaluation.crew import Tools
from evaluation.patches import CELL, COLUMNS, MARGIN, Patch, sheet, truth
from evaluation.steadiness import Looked
from models.manifest import Manifest
from models.phantoms import camera, skin
from models.phantoms.distractors import BEARD, MADE_UP, SHAVEN
from models.phantoms.fields import SIZE
from models.phantoms.phantom import layers, render
from models.phantoms.veils import make_up
from models.scorer import HEIGHT, MAPPED, WIDTH
from pipeline.scoring import score_regions
from pipeline.veils import behind_veils
from pipeline.visibility import MOST_BURNT, Visible

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

SERIES = 900_006
CONDITIONS = (
    "plain",
    "beard or stubble",
    "make-up",
    "burnt out",
    "half the pixels",
    "a quarter of the pixels",
)
_SCALE = {"half the pixels": 0.5, "a quarter of the pixels": 0.25}
_FACE_WIDTH = 636.0  # crop pixels between the cheekbones
_BURNT = 0.985 * 255  # as the skin mask has it
_STOPS = 2.0  # over a good exposure: bright enough to burn out
_REGIONS = tuple(Region)


@dataclass(frozen=True)
class Rules:
    """What `score_regions` asks of a manifest."""

    interval_scale: Mapping[Metric, float]
    shared_error: Mapping[Metric, float]
    least_face_width: Mapping[Metric, int]

    @classmethod
    def of(cls, calibration: Mapping[str, Any], manifest: Manifest) -> Rules:
        def known(name: str) -> dict[Metric, Any]:
            given = calibration.get(name, getattr(manifest, name))
            return {Metric(m): value for m, value in given.items()}

        return cls(*(known(n) for n in ("interval_scale", "shared_error", "least_face_width")))


@dataclass(frozen=True)
class Job:
    rules: Rules
    condition: str
    numbers: tuple[int, ...]  # phantoms, as many as a face has regions


@dataclass(frozen=True)
class Hidden:
    """n patches under one condition."""

    condition: str
    error: Floats  # (n, 7) points, were everything shown
    withheld: Mask  # (n, 7)


def jobs(rules: Rules, count: int) -> list[Job]:
    """`count` phantoms of each condition."""
    found = []
    for condition in CONDITIONS:
        candidates = _bearded() if condition == "beard or stubble" else iter(range(10**6))
        for _ in range(-(-count // len(_REGIONS))):
            numbers = tuple(next(candidates) for _ in _REGIONS)
            found.append(Job(rules, condition, numbers))
    return found


def hidden(tools: Tools, job: Job) -> Hidden:
    """Each phantom is a region of one face, so that the product's own rules decide."""
    patches = [_patch(job.condition, number) for number in job.numbers]
    appearance = sheet(tools.scorer, patches)
    seen = {
        region: _visible(patch, place)
        for place, (region, patch) in enumerate(zip(_REGIONS, patches, strict=False))
    }
    quality = Quality(
        face_width=_FACE_WIDTH * _SCALE.get(job.condition, 1.0),
        sharpness=1.0, exposure=0.0, evenness=1.0, yaw=0.0, pitch=0.0, roll=0.0,
        skin_cover=1.0, smile=0.0,
    )  # fmt: skip
    # no face is around, so that the smoothing filter's own test has nothing to compare with
    veiled = behind_veils(seen, appearance.veil, None)
    shown = score_regions(appearance, veiled, quality, job.rules)
    frank = score_regions(
        appearance,
        {region: replace(view, glaring=False) for region, view in seen.items()},
        quality,
        replace(job.rules, least_face_width={}),
    )
    error = np.full((len(patches), len(MAPPED)), np.nan, np.float32)
    withheld = np.zeros(error.shape, bool)
    for row, region in enumerate(seen):
        for column, m in enumerate(MAPPED):
            withheld[row, column] = shown[region][m].value is None
            value = frank[region][m].value
            if value is not None:
                amount = 100 - value if m is Metric.HYDRATION else value
                error[row, column] = abs(amount - 100 * float(patches[row].truth[column]))
    return Hidden(job.condition, error, withheld)


def summary(found: Sequence[Hidden]) -> dict[str, dict[str, dict[str, float | None]]]:
    """By condition and metric: error in points of all, of what is shown, of what is withheld."""
    told: dict[str, dict[str, dict[str, float | None]]] = {}
    for condition in CONDITIONS:
        of = [one for one in found if one.condition == condition]
        if not of:
            continue
        error = np.concatenate([one.error for one in of])
        withheld = np.concatenate([one.withheld for one in of])
        told[condition] = {
            m.value: {
                "withheld": round(float(withheld[:, i].mean()), 3),
                "error_of_all": _mean(error[:, i]),
                "error_of_shown": _mean(error[~withheld[:, i], i]),
                "error_of_withheld": _mean(error[withheld[:, i], i]),
            }
            for i, m in enumerate(MAPPED)
        }
    return told


def of_people(photos: Sequence[Looked]) -> dict[str, Any]:
    """How often scores of real portraits are withheld and why; men's chins tell of beards."""
    looked = [(one.portrait, one.shown) for one in photos]
    groups = {
        "neutral": [s for p, s in looked if p.expression == "neutral"],
        "smiling": [s for p, s in looked if p.expression == "smiling"],
        "men, neutral": [s for p, s in looked if p.expression == "neutral" and p.gender == "male"],
        "women, neutral": [
            s for p, s in looked if p.expression == "neutral" and p.gender == "female"
        ],
    }
    reasons = Counter(r for _, seen in looked for r in seen.abstained.values())
    return {
        "photos": {name: len(seen) for name, seen in groups.items()},
        "withheld": {
            name: {m.value: _share([m in s.abstained for s in seen]) for m in MAPPED}
            for name, seen in groups.items()
        },
        "chin_withheld": {
            name: {
                m.value: _share([s.regions[Region.CHIN][m] is not None for s in seen if s.regions])
                for m in MAPPED
            }
            for name, seen in groups.items()
        },
        "reasons": dict(reasons.most_common(12)),
    }


def _patch(condition: str, number: int) -> Patch:
    random = skin.streams(SERIES, number)
    person = skin.draw(random["parameters"])
    if condition == "beard or stubble":
        phantom = render(person, random)
        radiance, reference, albedo, signs = (
            phantom.radiance, phantom.reference, phantom.albedo, phantom.visible,
        )  # fmt: skip
    else:
        drawn = layers(person, random)
        radiance = drawn.body + drawn.mirrored[..., None]
        reference, albedo, signs = drawn.reference, drawn.albedo, drawn.visible
    if condition == "make-up":
        radiance = make_up(radiance, reference, person.mm_per_px, random["make_up"]).radiance
    shot = replace(camera.draw(random["camera"]), scale=_SCALE.get(condition, 1.0))
    if condition == "burnt out":
        shot = replace(shot, stops=_STOPS)
    pixels, seen_reference = camera.shoot(
        np.asarray(radiance, np.float32), reference, albedo, shot, random["camera"]
    )
    bare = pixels.max(-1) < _BURNT
    if bare.mean() < 0.02:  # nothing is left to look at
        bare[:] = True
    return Patch(pixels, seen_reference, bare, truth(signs, np.ones((SIZE, SIZE), bool)))


def _visible(patch: Patch, place: int) -> Visible:
    """The patch where it lies on its sheet, as a region of a face."""
    row, column = divmod(place, COLUMNS)
    down, right = row * CELL + MARGIN, column * CELL + MARGIN
    whole = np.zeros((HEIGHT, WIDTH), bool)
    whole[down : down + SIZE, right : right + SIZE] = patch.bare
    burnt = 1 - float((patch.pixels.max(-1) < _BURNT).mean())
    return Visible(skin=whole, unseen_because=None, glaring=burnt > MOST_BURNT)


def _bearded() -> Iterator[int]:
    """Phantoms that wear a beard or stubble, and no make-up."""
    for number in range(10**6):
        random = skin.streams(SERIES, number)
        grown = random["beard"].random() < BEARD or random["distractors"].random(2)[1] < SHAVEN
        if grown and random["make_up"].random() >= MADE_UP:
            yield number


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(known.mean()), 2) if len(known) else None


def _share(found: Sequence[bool]) -> float | None:
    return round(float(np.mean(found)), 3) if found else None
