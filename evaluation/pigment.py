"""Real faces in another skin tone: the same person, light and texture, with other melanin.

The photo's skin is taken as the chromophore optics of `models.phantoms.optics` at nominal blood
with the melanin of its own ITA; its light is multiplied by the ratio of the two albedos. Light that
skin mirrors at its surface is told by its colour (`models.phantoms.pigment`) and stays. Then the
exposure follows the new tone half-way, for the whole picture: phones expose for the face, but dark
skin stays darker in the picture. Lids and lips hold melanin as well; eyes, brows, hair and clothes
keep their colour. So it tests what pigment does to the gate and the scores; it is no other person.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from evaluation.linear import encoded, light
from evaluation.looking import Placed, onto_photo
from models.phantoms.phantom import GREEN
from models.phantoms.pigment import clean_skin
from models.phantoms.pigment import repigmented as re_pigmented
from pipeline.face import LEFT_EYE, RIGHT_EYE
from pipeline.regions import polygon, union
from pipeline.scoring import ita
from pipeline.skin import LIPS

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

ANGLES = (-45.0, -10.0, 19.0, 35.0, 48.0, 60.0)  # ITA, degrees: one in the middle of each bin
GREY_CARD = 0.5  # 0: skin comes out equally light in every tone; 1: as with a fixed exposure
_MIRRORED = 0.012  # of full light: what matte skin mirrors of a studio's lamps
_EDGE, _LID = 4.0, 1.0  # crop pixels over which pigment fades: at hair and brows, at the eyes


def _pigmented(placed: Placed) -> Floats:
    """Where melanin is changed, (960, 768), 0–1.

    A soft border between new and old colour beside an eye or a lip would be an edge that no face
    has, and the gate judges focus by just those edges.
    """
    points = placed.crop.points
    lips = polygon(points[list(LIPS)], 1.3)
    lids = union(polygon(points[list(eye)], 1.7) for eye in (RIGHT_EYE, LEFT_EYE))
    eyes = union(polygon(points[list(eye)]) for eye in (RIGHT_EYE, LEFT_EYE))
    skin = placed.skin.mask | placed.skin.glare | lips | lids
    soft = cv2.GaussianBlur(skin.astype(np.float32), (0, 0), _EDGE)
    sharp = cv2.GaussianBlur((~eyes).astype(np.float32), (0, 0), _LID)
    return np.asarray(soft * sharp, np.float32)


def repigmented(pixels: Pixels, placed: Placed, angle: float) -> Pixels:
    """The photo with skin of ITA `angle`."""
    own = ita(placed.crop.pixels, placed.skin.mask)
    before, after = (clean_skin(a) for a in (35.0 if own is None else own, angle))
    share = onto_photo(placed, _pigmented(placed), pixels, 0.0)[..., None]
    linear = light(pixels)
    face = np.asarray(np.median(light(placed.crop.pixels[placed.skin.mask]), 0), np.float32)
    skin = re_pigmented(linear, face, _MIRRORED, after / before)
    gain = float((after @ GREEN) / (before @ GREEN)) ** (GREY_CARD - 1)
    mixed = (linear + (skin - linear) * share) * np.float32(gain)
    return encoded(mixed)
