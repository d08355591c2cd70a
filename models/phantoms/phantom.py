"""A phantom: radiance of one piece of skin, and what of each sign can be seen in it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np

from models.phantoms import optics
from models.phantoms.colour import Colour, colour
from models.phantoms.distractors import distract
from models.phantoms.fields import SIZE, Floats, Random, between, blur
from models.phantoms.light import FRESNEL, Light, light
from models.phantoms.relief import Relief, relief
from models.phantoms.skin import Skin

SIGNS = ("shine", "dryness", "lines", "pores", "redness", "spots", "blemishes")
GREEN = np.array([0.2126, 0.7152, 0.0722], np.float32)  # luminance of linear sRGB

# What counts as fully visible. Shine: half of the light is mirrored. The others: change of log
# light that the sign makes where it is (redness and blemishes: of log red/green), measured by
# drawing the same skin without it.
FULL_SHINE = 0.5
FULL = {
    "dryness": 0.15,
    "lines": 0.45,
    "pores": 0.45,
    "redness": 0.42,
    "spots": 0.40,
    "blemishes": 0.42,
}
# Labels are of this tone, ITA in degrees: the same skin is drawn once more with its melanin, and
# what shows there is asked for. Blood shows three times as much on light skin as on dark, gloss and
# flakes more on dark: only so does the same skin score alike whatever its pigment.
MIDDLE_TONE, MIDDLE_ALBEDO = 28.0, 0.30
# What `colour` draws from: the twin of another tone is drawn from the same
_OF_COLOUR = ("pigment", "blood", "spots", "moles", "blemishes", "redness", "vessels", "reference")


@dataclass(frozen=True)
class Layers:
    """Skin by itself, with nothing lying on it. Fields are float32, linear sRGB."""

    body: Floats  # (SIZE, SIZE, 3): light that was under the surface
    mirrored: Floats  # (SIZE, SIZE): light that was not, the same in each channel
    visible: Floats  # (SIZE, SIZE, 7), 0–1, in the order of SIGNS
    reference: Floats  # (3,) the face's clean matte skin in the same light
    albedo: float  # luminance that the clean skin reflects, 0–1
    level: float  # what a white card would send back here, without relief


@dataclass(frozen=True)
class Phantom:
    radiance: Floats  # (SIZE, SIZE, 3) linear sRGB, not normalised
    reference: Floats  # (3,) linear sRGB of the face's clean matte skin in the same light
    albedo: float  # luminance that the clean skin reflects, 0–1
    visible: Floats  # (SIZE, SIZE, 7), 0–1, in the order of SIGNS
    veil: Floats  # (SIZE, SIZE, 3), 0–1: hair, make-up, filter (never here: cameras filter)
    bare: Floats  # (SIZE, SIZE), 0–1: skin that nothing solid (a frame of glasses) covers
    tone: float  # ITA of the clean skin, degrees


@dataclass(frozen=True)
class _Paint:
    """Drawn once, so that a sign can be left out and everything else stay as it was."""

    plug: float  # log darkness of a full pore's plug, 0.10–0.50
    shade: float  # log darkness of the grime in a full line, 0.02–0.25
    dulled: float  # share of the skin's colours that dryness evens out, 0–0.1
    mean: Floats  # (3,) mean colour of the skin
    pale: Floats  # (3,) colour of a flake

    def __call__(self, flat: Colour, surface: Relief) -> Floats:
        """Reflectance of the skin under its surface, (SIZE, SIZE, 3)."""
        # A plug in a pore is darker than the skin around it; a crease holds grime and shade that
        # light from under the surface does not fill
        dark = np.exp(
            -np.float32(self.plug) * surface.pits
            - np.float32(self.shade) * np.minimum(surface.creases, 1.5)
        )
        paint = optics.albedo(flat.log_melanin, flat.log_blood) * dark[..., None]
        if surface.flakes.any():
            cover = (surface.flakes * np.float32(surface.flake_strength))[..., None]
            paint = paint * (1 - cover) + cover * self.pale
        paint = paint * np.float32(1 - self.dulled) + self.mean * np.float32(self.dulled)
        if flat.pus.any():
            pus = flat.pus[..., None] * np.float32(0.5)
            matter = np.minimum(self.mean * 1.35 + np.array([0.10, 0.09, 0.05]), 0.8)
            paint = paint * (1 - pus) + pus * matter
        return np.asarray(paint, np.float32)


def _paint(flat: Colour, plug: float, shade: float, dulled: float) -> _Paint:
    mean = optics.albedo(flat.log_melanin, flat.log_blood).mean((0, 1))
    # A flake scatters light before all of the skin under it can stain it: paler, but not grey
    pale = min(1.55 * float(mean.mean()) + 0.05, 0.85) * (0.55 + 0.45 * mean / mean.mean())
    return _Paint(plug, shade, dulled, mean, pale.astype(np.float32))


def layers(skin: Skin, random: dict[str, Random]) -> Layers:
    """Draw `skin`; `random` is `skin.streams(seed, index)`."""
    same = {name: deepcopy(random[name]) for name in _OF_COLOUR}
    flat, surface = colour(skin, random), relief(skin, random)
    middle = colour(replace(skin, tone=MIDDLE_TONE), same)
    surface = replace(surface, height=surface.height + flat.raised)
    again = {name: deepcopy(random[name]) for name in ("shape", "light", "sebum")}
    lit = light(skin, surface, random)

    plug, shade = between(random["pores"], 0.10, 0.50), between(random["lines"], 0.02, 0.25)
    paint = _paint(flat, plug, shade, 0.1 * skin.dryness)
    toned = _paint(middle, plug, shade, 0.1 * skin.dryness)
    body = paint(flat, surface) * lit.diffuse
    mirrored = lit.matte + lit.glossy

    clean = optics.albedo(
        np.full((1, 1), optics.log_melanin_of(skin.tone), np.float32),
        np.full((1, 1), flat.reference_blood, np.float32),
    )[0, 0]
    albedo = float(clean @ GREEN)
    visible = _visible(skin, middle, surface, lit, toned, again)
    # Over the face the light differs from here; its median is matte, with a little mirrored
    elsewhere = float(np.exp(random["reference"].normal(0, 0.35)))
    sheen = FRESNEL * between(random["reference"], 0.2, 1.0)
    reference = (clean + sheen) * np.float32(lit.level * elsewhere)
    reference *= np.exp(random["reference"].normal(0, (0.03, 0.03, 0.05)))
    return Layers(
        body=body.astype(np.float32),
        mirrored=mirrored,
        visible=visible,
        reference=reference.astype(np.float32),
        albedo=albedo,
        level=lit.level,
    )


def _visible(
    skin: Skin,
    flat: Colour,
    surface: Relief,
    lit: Light,
    paint: _Paint,
    again: dict[str, Random],
) -> Floats:
    """How far each sign shows, (SIZE, SIZE, 7): by drawing the skin once more without it.

    `flat` and `paint` are of the skin in the middle tone.
    """
    mirrored = lit.matte + lit.glossy
    card = lit.diffuse[..., 1] * np.float32(MIDDLE_ALBEDO)
    share = lit.glossy / (card + mirrored + np.float32(1e-4))
    full = np.log(paint(flat, surface) * lit.diffuse + mirrored[..., None] + np.float32(1e-5))
    seen: dict[str, Floats] = {"shine": np.asarray(share / FULL_SHINE, np.float32)}
    for sign in ("dryness", "lines", "pores"):
        if surface.holds(sign):
            smooth = surface.without(sign)
            other = light(skin, smooth, deepcopy(again))
            without = paint(flat, smooth)[..., 1] * other.diffuse[..., 1]
            without = np.log(without + other.matte + other.glossy + np.float32(1e-5))
            seen[sign] = blur(np.abs(full[..., 1] - without), 1.0) / np.float32(FULL[sign])
    for sign in ("redness", "spots", "blemishes"):
        if flat.holds(sign):
            without = paint(flat.without(sign), surface) * lit.diffuse + mirrored[..., None]
            change = full - np.log(without + np.float32(1e-5))
            if sign == "spots":
                contrast = -change[..., 1]
            else:
                contrast = change[..., 0] - change[..., 1]
                if sign == "blemishes":  # pale centres are seen by their light, not by redness
                    contrast = np.maximum(contrast, np.abs(change[..., 1]))
                else:
                    contrast = blur(contrast, 0.8 / skin.mm_per_px)
            seen[sign] = contrast / np.float32(FULL[sign])
    nothing = np.zeros((SIZE, SIZE), np.float32)
    stacked = np.stack([seen.get(sign, nothing) for sign in SIGNS], -1)
    return np.asarray(np.clip(stacked, 0, 1), np.float32)


def render(skin: Skin, random: dict[str, Random]) -> Phantom:
    """Draw `skin` and what happens to lie on it; `random` is `skin.streams(seed, index)`."""
    drawn = layers(skin, random)
    radiance = drawn.body + drawn.mirrored[..., None]
    on_it = distract(skin.mm_per_px, radiance, drawn.reference, random)
    return Phantom(
        radiance=on_it.radiance,
        reference=drawn.reference,
        albedo=drawn.albedo,
        visible=drawn.visible * on_it.left,
        veil=on_it.veil,
        bare=on_it.bare,
        tone=skin.tone,
    )
