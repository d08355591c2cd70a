"""A phantom: radiance of one piece of skin, and what of each sign can be seen in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.phantoms import optics
from models.phantoms.colour import colour
from models.phantoms.distractors import distract
from models.phantoms.fields import Floats, Random, between
from models.phantoms.light import FRESNEL, light
from models.phantoms.relief import relief
from models.phantoms.skin import Skin

SIGNS = ("shine", "dryness", "lines", "pores", "redness", "spots", "blemishes")
GREEN = np.array([0.2126, 0.7152, 0.0722], np.float32)  # luminance of linear sRGB


@dataclass(frozen=True)
class Phantom:
    radiance: Floats  # (SIZE, SIZE, 3) linear sRGB, not normalised
    reference: Floats  # (3,) linear sRGB of the face's clean matte skin in the same light
    albedo: float  # luminance that the clean skin reflects, 0–1
    visible: Floats  # (SIZE, SIZE, 7), 0–1, in the order of SIGNS
    tone: float  # ITA of the clean skin, degrees


def render(skin: Skin, random: dict[str, Random]) -> Phantom:
    """Draw `skin`; `random` is `skin.streams(seed, index)`."""
    flat, surface = colour(skin, random), relief(skin, random)
    lit = light(skin, surface, random)

    # A plug in a pore is darker than the skin around it; a crease holds grime and shade that
    # light from under the surface does not fill
    plug = np.float32(between(random["pores"], 0.10, 0.50))
    shade = np.float32(between(random["lines"], 0.02, 0.25))
    dark = np.exp(-plug * surface.pits - shade * np.minimum(surface.creases, 1.5))
    paint = optics.albedo(flat.log_melanin, flat.log_blood) * dark[..., None]
    mean = paint.mean((0, 1))
    # A flake scatters light before the skin under it can stain it: paler, but not grey
    pale = np.minimum(0.35 + 0.8 * mean.mean(), 0.85) * (0.55 + 0.45 * mean / mean.mean())
    contrast = float(np.log1p(surface.flake_strength * (pale.mean() / mean.mean() - 1)))
    cover = (surface.flakes * np.float32(surface.flake_strength))[..., None]
    paint = paint * (1 - cover) + cover * pale
    paint = paint * (1 - 0.1 * skin.dryness) + mean * np.float32(0.1 * skin.dryness)
    pus = flat.pus[..., None] * np.float32(0.5)
    paint = paint * (1 - pus) + pus * np.minimum(mean * 1.35 + np.array([0.10, 0.09, 0.05]), 0.8)

    mirrored = lit.matte + lit.glossy
    radiance = paint * lit.diffuse + mirrored[..., None]
    share = lit.glossy / (radiance @ GREEN + 1e-4)
    visible = np.stack(
        [
            np.clip(share / 0.5, 0, 1),  # half of the light mirrored is full shine
            # A flake counts by its contrast (0.12 is plain), coarse relief for a little
            np.clip(
                0.85 * surface.flakes * min(contrast / 0.12, 1) + 0.15 * surface.local_dryness, 0, 1
            ),
            surface.lines,
            surface.pores,
            flat.redness,
            flat.spots,
            flat.blemishes,
        ],
        -1,
    )
    clean = optics.albedo(
        np.full((1, 1), optics.log_melanin_of(skin.tone), np.float32),
        np.full((1, 1), flat.reference_blood, np.float32),
    )[0, 0]
    # Over the face the light differs from here; its median is matte, with a little mirrored
    elsewhere = float(np.exp(random["reference"].normal(0, 0.35)))
    sheen = FRESNEL * between(random["reference"], 0.2, 1.0)
    reference = (clean + sheen) * np.float32(lit.level * elsewhere)
    reference *= np.exp(random["reference"].normal(0, (0.03, 0.03, 0.05)))
    return Phantom(
        radiance=distract(skin, np.asarray(radiance, np.float32), random["distractors"]),
        reference=reference.astype(np.float32),
        albedo=float(clean @ GREEN),
        visible=visible.astype(np.float32),
        tone=skin.tone,
    )
