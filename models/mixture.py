"""The four kinds of sample: a phantom, signs added to real skin, smoothing, one person twice."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.backdrops import BEARDLESS, TONES, Patch
from models.phantoms import added as signs
from models.phantoms import camera, optics, skin
from models.phantoms.camera import Shot
from models.phantoms.distractors import VEILS
from models.phantoms.fields import SIZE, Floats, Random, between
from models.phantoms.phantom import GREEN, SIGNS, render
from models.phantoms.veils import Filter, draw_filter, kept_detail, make_up

Streams = dict[str, Random]
FILTERED = 0.06  # share of phantoms whose both pictures an app has smoothed
ONE_CAMERA = 0.5  # share of samples whose two pictures one camera took
TWO_TONES = 0.35  # share of phantoms whose two pictures show them with different melanin
_HAIR, _MAKE_UP, _FILTER = range(len(VEILS))
_FINE = tuple(SIGNS.index(sign) for sign in ("dryness", "lines", "pores"))


@dataclass(frozen=True)
class Sample:
    pictures: tuple[npt.NDArray[np.uint8], ...]  # two, (SIZE, SIZE, 3) sRGB
    references: tuple[Floats, ...]  # two, (3,) encoded 0–1
    bare: tuple[Floats, ...]  # two, (SIZE, SIZE) 0–1: bare skin
    visible: Floats  # (SIZE, SIZE, 7) 0–1
    veil: tuple[Floats, ...]  # two, (SIZE, SIZE, 3) 0–1 or −1 for unknown
    tone: tuple[float, float]  # two, ITA in degrees


def phantom(random: Streams) -> Sample:
    """Two cameras see one phantom, sometimes in two tones; a filter is in both pictures."""
    person, tones = skin.draw(random["parameters"]), random["tone_of_real_skin"]
    other = skin.draw(tones).tone if tones.random() < TWO_TONES else person.tone
    again = {name: deepcopy(random[name]) for name in random}
    drawn = render(person, random)
    twin = render(replace(person, tone=other), again) if other != person.tone else drawn
    visible, veil = drawn.visible.copy(), drawn.veil
    app = draw_filter(random["filter"]) if random["filter"].random() < FILTERED else None
    if app is not None:
        level = 0.22 / max(float(drawn.reference @ GREEN), 1e-4)
        plain = optics.to_srgb(drawn.radiance * level).astype(np.float32)
        # What the filter has wiped out cannot be seen any more
        visible[..., _FINE] *= kept_detail(plain, app)[..., None]
        veil = veil.copy()
        veil[..., _FILTER] = app.mix
    taken = [
        camera.shoot(of.radiance, of.reference, of.albedo, shot, random[stream], app)
        for of, stream in ((drawn, "camera"), (twin, "second_camera"))
        for shot in (camera.draw(random[stream]),)
    ]
    return Sample(
        pictures=tuple(pixels for pixels, _ in taken),
        references=tuple(reference for _, reference in taken),
        bare=(drawn.bare, drawn.bare),
        visible=visible,
        veil=(veil, veil),
        tone=(drawn.tone, twin.tone),
    )


def _shots(random: Streams) -> tuple[Shot, Shot]:
    """Of a real photo: it has passed through a lens already, so the camera adds little blur."""
    first, second = (
        replace(shot, blur=min(shot.blur, 0.6))
        for shot in (camera.draw(random[stream]) for stream in ("camera", "second_camera"))
    )
    return first, first if random["kind"].random() < ONE_CAMERA else second


def _unlabelled(patch: Patch) -> Floats:
    """What is known of the veils on a real patch, (SIZE, SIZE, 3), −1 for unknown.

    The photographers used no filter, and on some places no beard grows; who wears make-up nobody
    wrote down.
    """
    veil = np.full((SIZE, SIZE, len(VEILS)), -1, np.float32)
    veil[..., _FILTER] = 0
    if patch.place in BEARDLESS:
        veil[..., _HAIR] = 0
    return veil


def added(patch: Patch, random: Streams) -> Sample:
    """Real skin, bare and with signs."""
    what = signs.draw(patch.tone, random["parameters"])
    again = {name: np.random.Generator(type(r.bit_generator)()) for name, r in random.items()}
    for name, generator in again.items():
        generator.bit_generator.state = random[name].bit_generator.state
    share = patch.skin.astype(np.float32)
    signed = signs.only_on(
        signs.add(patch.radiance, patch.albedo, what, random, again), patch.radiance, share
    )
    return _pair(patch, signed.radiance, signed.visible, random)


def _pair(
    patch: Patch,
    second: Floats,
    visible: Floats,
    random: Streams,
    app: Filter | None = None,
    cover: Floats | None = None,
) -> Sample:
    """A real patch as it is and as `second`, which an app may smooth and make-up may cover."""
    before = _unlabelled(patch)
    after = before.copy()
    if app is not None:
        after[..., _FILTER] = app.mix
    if cover is not None:
        after[..., _MAKE_UP] = cover
    taken = [
        camera.shoot(radiance, patch.reference, patch.albedo, shot, random[stream], smoothing)
        for radiance, shot, stream, smoothing in zip(
            (patch.radiance, second),
            _shots(random),
            ("camera", "second_camera"),
            (None, app),
            strict=True,
        )
    ]
    share = patch.skin.astype(np.float32)
    return Sample(
        pictures=tuple(pixels for pixels, _ in taken),
        references=tuple(reference for _, reference in taken),
        bare=(share, share),
        visible=visible,
        veil=(before, after),
        tone=(patch.tone, patch.tone),
    )


def toned(patch: Patch, random: Streams) -> Sample:
    """Real skin in its own tone and with the melanin of another."""
    other = patch.repigmented(between(random["parameters"], *TONES))
    nothing = np.zeros((SIZE, SIZE, len(SIGNS)), np.float32)
    share = patch.skin.astype(np.float32)
    veil = _unlabelled(patch)
    taken = [
        camera.shoot(of.radiance, of.reference, of.albedo, shot, random[stream])
        for of, shot, stream in zip(
            (patch, other), _shots(random), ("camera", "second_camera"), strict=True
        )
    ]
    return Sample(
        pictures=tuple(pixels for pixels, _ in taken),
        references=tuple(reference for _, reference in taken),
        bare=(share, share),
        visible=nothing,
        veil=(veil, veil),
        tone=(patch.tone, other.tone),
    )


def smoothed(patch: Patch | None, random: Streams) -> Sample:
    """Skin as it is, and under a filter or under make-up; a phantom where no real skin is."""
    if patch is None:
        patch, veil = _phantom_patch(random)
    else:
        veil = _unlabelled(patch)
    nothing = np.zeros((SIZE, SIZE, len(SIGNS)), np.float32)
    if random["filter"].random() < 0.5:
        sample = _pair(patch, patch.radiance, nothing, random, app=draw_filter(random["filter"]))
    else:
        made = make_up(patch.radiance, patch.reference, 0.22, random["make_up"])
        soft = patch.skin[..., None].astype(np.float32)
        radiance = patch.radiance + soft * (made.radiance - patch.radiance)
        sample = _pair(patch, radiance, nothing, random, cover=made.cover * soft[..., 0])
    # Where a phantom stands in, its veils are known
    known = tuple(np.where(mine < 0, veil, mine) for mine in sample.veil)
    return replace(sample, veil=known)


def _phantom_patch(random: Streams) -> tuple[Patch, Floats]:
    drawn = render(skin.draw(random["parameters"]), random)
    patch = Patch(drawn.radiance, drawn.bare > 0.5, drawn.reference, drawn.tone, "cheek")
    return patch, drawn.veil


def person(neutral: Patch, smiling: Patch, random: Streams) -> Sample:
    """One place of one person in two expressions, by two cameras."""
    taken = [
        camera.shoot(patch.radiance, patch.reference, patch.albedo, shot, random[stream])
        for patch, shot, stream in zip(
            (neutral, smiling), _shots(random), ("camera", "second_camera"), strict=True
        )
    ]
    return Sample(
        pictures=tuple(pixels for pixels, _ in taken),
        references=tuple(reference for _, reference in taken),
        bare=(neutral.skin.astype(np.float32), smiling.skin.astype(np.float32)),
        visible=np.zeros((SIZE, SIZE, len(SIGNS)), np.float32),
        veil=(_unlabelled(neutral), _unlabelled(smiling)),
        tone=(neutral.tone, smiling.tone),
    )
