"""Real faces in another skin tone: the same person, light and texture, with other melanin.

The photo's skin is taken as the chromophore optics of `models.phantoms.optics` at nominal blood
with the melanin of its own ITA; its light is multiplied by the ratio of the two albedos. A share of
the light that skin mirrors at its surface has no pigment's colour and stays. Then the exposure
follows the new tone half-way, for the whole picture: phones expose for the face, but dark skin
stays darker in the picture. Eyes, lips, brows, hair and clothes keep their colour. So it tests what
pigment does to the gate and the scores; it is no other person.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from evaluation.linear import encoded, light
from evaluation.looking import Placed, onto_photo
from models.phantoms import optics
from models.phantoms.phantom import GREEN
from pipeline.scoring import ita

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

ANGLES = (-45.0, -10.0, 19.0, 35.0, 48.0, 60.0)  # ITA, degrees: one in the middle of each bin
GREY_CARD = 0.5  # 0: skin comes out equally light in every tone; 1: as with a fixed exposure
_MIRRORED = 0.012  # of full light: what matte skin mirrors of a studio's lamps
_EDGE = 4.0  # crop pixels


def repigmented(pixels: Pixels, placed: Placed, angle: float) -> Pixels:
    """The photo with skin of ITA `angle`."""
    own = ita(placed.crop.pixels, placed.skin.mask)
    before, after = (_albedo(float(np.clip(a, *optics.ITA_RANGE))) for a in (own or 35.0, angle))
    share = cv2.GaussianBlur(
        (placed.skin.mask | placed.skin.glare).astype(np.float32), (0, 0), _EDGE
    )
    share = onto_photo(placed, np.asarray(share, np.float32), pixels, 0.0)[..., None]
    linear = light(pixels)
    mirrored = np.minimum(linear, np.float32(_MIRRORED))
    skin = (linear - mirrored) * (after / before) + mirrored
    gain = float((after @ GREEN) / (before @ GREEN)) ** (GREY_CARD - 1)
    mixed = (linear + (skin - linear) * share) * np.float32(gain)
    return encoded(mixed)


def _albedo(angle: float) -> Floats:
    melanin = np.full((1, 1), optics.log_melanin_of(angle), np.float32)
    blood = np.full_like(melanin, np.log(optics.NOMINAL_BLOOD))
    return np.asarray(optics.albedo(melanin, blood)[0, 0], np.float32)
