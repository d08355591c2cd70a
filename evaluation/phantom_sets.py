"""The phantoms that figures are taken on: none of them was ever trained on.

Three sets, each a list of jobs for the crew: single patches of every tone; faces of several
places, photographed several times; and the same skin in many tones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from evaluation.crew import Tools
from evaluation.patches import KINDS, SHEET, Patch, Said, ask, photographed
from models import normalise
from models.own_tone import seen_tone
from models.phantoms import camera, skin
from models.phantoms.phantom import Phantom, render

Floats = npt.NDArray[np.float32]

# Series of phantoms; training's own seeds are small numbers
CALIBRATION, TEST, FACES, TONES = 900_001, 900_002, 900_004, 900_005
PLACES = 5  # of one face
SHOTS = ("first", "again", "once more", "another camera")
ANGLES = (-50.0, -30.0, -10.0, 10.0, 28.0, 41.0, 55.0, 65.0)  # ITA, degrees


@dataclass(frozen=True)
class Job:
    series: int
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Patches:
    """n patches; amounts 0–1 in the order of MAPPED."""

    truth: Floats  # (n, 7)
    amount: Floats  # (n, 7)
    sigma: Floats  # (n, 7)
    veil: Floats  # (n, 3) what it says of hair, make-up and filters, 0–1
    tone: Floats  # (n,) ITA, degrees
    seen_tone: Floats  # (n,) what the picture's colour says of it


@dataclass(frozen=True)
class Faces:
    """n faces of PLACES places, each photographed in SHOTS."""

    truth: Floats  # (n, PLACES, 7)
    amount: Floats  # (n, SHOTS, PLACES, 7)
    sigma: Floats  # (n, SHOTS, PLACES, 7)
    tone: Floats  # (n,) ITA, degrees
    seen_tone: Floats  # (n, SHOTS, PLACES)


@dataclass(frozen=True)
class Tones:
    """n pieces of skin, each in every tone of ANGLES; all else of the picture stays."""

    truth: Floats  # (n, ANGLES, 7)
    amount: Floats  # (n, ANGLES, 7)


Set = TypeVar("Set", Patches, Faces, Tones)


def jobs(series: int, count: int, each: int) -> list[Job]:
    """`count` phantoms (or faces) of a series, `each` of them a job."""
    return [
        Job(series, tuple(range(first, min(first + each, count))))
        for first in range(0, count, each)
    ]


def patch_jobs(series: int, count: int) -> list[Job]:
    return jobs(series, count, SHEET)


def patches(tools: Tools, job: Job) -> Patches:
    pictures, tones = [], []
    for number in job.numbers:
        random = skin.streams(job.series, number)
        phantom = render(skin.draw(random["parameters"]), random)
        pictures.append(photographed(phantom, camera.draw(random["camera"]), random["camera"]))
        tones.append(phantom.tone)
    said = ask(tools.scorer, pictures)
    return Patches(
        truth=_truth(pictures),
        amount=said.amount,
        sigma=said.sigma,
        veil=said.veil,
        tone=np.array(tones, np.float32),
        seen_tone=_seen_tones(pictures),
    )


def faces(tools: Tools, job: Job) -> Faces:
    """Faces whose places are the same skin in the same light, with every sign drawn anew.

    A real face's places differ more from each other. *Again* and *once more* are the next shots of
    one check: the same phone and light, another exposure, white balance, noise and compression and
    a hand that moved by up to two pixels. *Another camera* is a check at another time.
    """
    truths, shots, tones = [], [], []
    for face in job.numbers:
        common = skin.streams(job.series, face)
        person = skin.draw(common["parameters"])
        one, other = camera.draw(common["camera"]), camera.draw(common["second_camera"])
        places = [_place(person, job.series, face, place) for place in range(PLACES)]
        taken: list[Patch] = []
        for shot in SHOTS:
            for phantom, random in places:
                taken.append(_taken(shot, phantom, one, other, random))
        truths.append(_truth(taken[:PLACES]))
        tones.append(places[0][0].tone)
        shots.extend(taken)
    said = ask(tools.scorer, shots)
    shape = (len(job.numbers), len(SHOTS), PLACES, KINDS)
    return Faces(
        truth=np.stack(truths),
        amount=said.amount.reshape(shape),
        sigma=said.sigma.reshape(shape),
        tone=np.array(tones, np.float32),
        seen_tone=_seen_tones(shots).reshape(shape[:-1]),
    )


def tones(tools: Tools, job: Job) -> Tones:
    pictures = []
    for number in job.numbers:
        drawn = skin.draw(skin.streams(job.series, number)["parameters"])
        for angle in ANGLES:
            random = skin.streams(job.series, number)
            phantom = render(replace(drawn, tone=angle), random)
            shot = camera.draw(random["camera"])
            pictures.append(photographed(phantom, shot, random["camera"]))
    said: Said = ask(tools.scorer, pictures)
    shape = (len(job.numbers), len(ANGLES), KINDS)
    return Tones(_truth(pictures).reshape(shape), said.amount.reshape(shape))


def joined(parts: Sequence[Set]) -> Set:
    kind = type(parts[0])
    return kind(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(kind)))


def _place(
    person: skin.Skin, series: int, face: int, place: int
) -> tuple[Phantom, dict[str, np.random.Generator]]:
    random = skin.streams(series, 1_000_000 + face * PLACES + place)
    random["reference"] = skin.streams(series, face)["reference"]
    return render(person, random), random


def _taken(
    shot: str,
    phantom: Phantom,
    one: camera.Shot,
    other: camera.Shot,
    random: dict[str, np.random.Generator],
) -> Patch:
    if shot == SHOTS[0]:
        return photographed(phantom, one, random["camera"])
    if shot == SHOTS[-1]:
        return photographed(phantom, other, random["second_camera"])
    return photographed(*_moved(phantom, one, random["second_camera"]), random["second_camera"])


def _moved(
    phantom: Phantom, shot: camera.Shot, random: np.random.Generator
) -> tuple[Phantom, camera.Shot]:
    shift = random.integers(-2, 3, 2)
    return (
        replace(phantom, radiance=np.roll(phantom.radiance, shift, (0, 1))),
        replace(
            shot,
            stops=shot.stops * 0.5 + float(random.uniform(-0.5, 0.5)),
            kelvin=float(random.uniform(3500, 7500)),
            quality=int(random.integers(75, 98)),
        ),
    )


def _seen_tones(pictures: Sequence[Patch]) -> Floats:
    light = normalise.log_light(np.stack([picture.reference for picture in pictures]))
    return seen_tone(light[:, 0] - light[:, 1], light[:, 2] - light[:, 1])


def _truth(pictures: Sequence[Patch]) -> Floats:
    return np.stack([picture.truth for picture in pictures]).astype(np.float32)
