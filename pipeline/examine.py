"""One photo from pixels to scores. Pure: no database, no files but the models'."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Protocol

import cv2
import numpy as np

from core.analyses import Stage
from core.errors import PhotoRejected
from core.examination import Examination, Maps
from core.metrics import FACTS, Evidence
from models.expressions import ExpressionNetwork
from models.landmarks import FaceNetworks
from models.scorer import Appearance, Scorer
from pipeline.alignment import align, scale_of
from pipeline.arrays import Mask, Pixels
from pipeline.face import Face, find_face
from pipeline.heat import measured_heat
from pipeline.marks import counts, find_marks
from pipeline.photo import open_stored, stored_size
from pipeline.quality import check_quality
from pipeline.regions import outlines, region_masks
from pipeline.retouch import detail
from pipeline.scoring import Calibration, ita, score_face, score_regions
from pipeline.skin import find_skin
from pipeline.veils import behind_veils, under_hair
from pipeline.visibility import look_at

_COUNTED = frozenset(m for m, facts in FACTS.items() if facts.evidence is Evidence.COUNTED)
_LARGE = 2048  # pixels of the longest side: at half of it the face is found as well as before


def _silent(_: Stage) -> None:
    pass


class Scores(Protocol):
    """What an examiner asks of `models.scorer.Scorer`; tests bring one of their own."""

    version: str

    @property
    def manifest(self) -> Calibration: ...

    def __call__(self, crop: Pixels, skin: Mask) -> Appearance: ...


class Examiner:
    """The models, loaded once. One photo at a time; for more, one examiner a process."""

    def __init__(self, threads: int = 2, scorer: Scores | None = None) -> None:
        """Raises Unavailable when a model is missing or damaged."""
        cv2.setNumThreads(threads)
        self._faces = FaceNetworks(threads)
        self._expression = ExpressionNetwork()
        self._scorer: Scores = scorer or Scorer(threads=threads)
        self.model_version = self._scorer.version

    def examine(self, pixels: Pixels, on_stage: Callable[[Stage], None] = _silent) -> Examination:
        """The scores of an upright photo, (height, width, 3) uint8 sRGB.

        Calls `on_stage` as each stage begins. Raises PhotoRejected with what to do about it.
        """
        clock = _Clock()
        on_stage(Stage.FACE)
        with clock("face"):
            face = find_face(pixels, self._faces)
        return self._examine(pixels, face, on_stage, clock)

    def examine_kept(self, jpeg: bytes, on_stage: Callable[[Stage], None] = _silent) -> Examination:
        """The scores of a photo that `pipeline.photo` keeps, as `examine` gives them.

        A large photo is decoded at half its size, a third of the time, unless its face would then
        have fewer pixels than the crop.
        """
        clock = _Clock()
        on_stage(Stage.FACE)
        if max(stored_size(jpeg)) > _LARGE:
            with clock("opening"):
                half = open_stored(jpeg, reduced=2).pixels
            found = None
            with clock("face"), suppress(PhotoRejected):  # the whole photo may show more
                found = find_face(half, self._faces)
            if found is not None and scale_of(found) >= 1:
                return self._examine(half, found, on_stage, clock, shrunk=2)
        with clock("opening"):
            whole = open_stored(jpeg).pixels
        with clock("face"):
            face = find_face(whole, self._faces)
        return self._examine(whole, face, on_stage, clock)

    def _examine(
        self,
        pixels: Pixels,
        face: Face,
        on_stage: Callable[[Stage], None],
        clock: _Clock,
        *,
        shrunk: int = 1,
    ) -> Examination:
        on_stage(Stage.QUALITY)
        with clock("alignment"):
            crop = align(pixels, face)
        with clock("skin"):
            skin = find_skin(crop)
        with clock("quality"):
            quality = check_quality(pixels, face, crop, skin)
            # what the person can do something about is the photo that they took
            smile = self._expression(face.points).smile
            quality = replace(quality, face_width=quality.face_width * shrunk, smile=smile)
        on_stage(Stage.SKIN)
        with clock("regions"):
            lines = outlines(crop.points)
            masks = region_masks(lines)
            seen = look_at(crop, skin, masks)
        on_stage(Stage.SCORING)
        with clock("network"):
            appearance = self._scorer(crop.pixels, skin.mask)
        with clock("veils"):
            seen = behind_veils(seen, appearance.veil, detail(crop, skin.mask))
            bare = skin.mask & ~under_hair(appearance.veil)
        with clock("scores"):
            regions = score_regions(appearance, seen, quality, self._scorer.manifest)
            areas = {region: float(np.count_nonzero(view.skin)) for region, view in seen.items()}
            scores = score_face(regions, areas, self._scorer.manifest)
        with clock("maps"):
            heat = measured_heat(appearance.heat, bare, masks, scores, regions)
            marks = find_marks(crop.pixels, bare, heat, masks)
            maps = Maps(crop.pixels, bare, heat, lines, marks)
            return Examination(
                scores=scores,
                regions=regions,
                counts={m: n for m, n in counts(marks).items() if m in _COUNTED},
                quality=quality,
                ita=ita(crop.pixels, bare),
                model_version=self.model_version,
                maps=maps,
                ms=clock.ms,
            )


class _Clock:
    """Milliseconds of each stage."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            ms = (time.perf_counter() - started) * 1000
            self.ms[stage] = self.ms.get(stage, 0.0) + ms
