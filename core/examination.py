"""What the pipeline says of one photo: the one currency between model, record, pages and API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.metrics import Metric, Region


@dataclass(frozen=True)
class Score:
    """One metric, over the face or one region: a value with its interval, or an abstention.

    Exactly one of `value` and `abstained_because` is None.
    """

    value: float | None  # 0–100
    low: float | None  # lower end of the 90 % interval, 0–100
    high: float | None  # upper end
    abstained_because: str | None = None  # a sentence for the person

    def __post_init__(self) -> None:
        if self.value is None:
            if not self.abstained_because or self.low is not None or self.high is not None:
                raise ValueError("an abstention has a reason and no numbers")
        elif (
            self.abstained_because is not None
            or self.low is None
            or self.high is None
            or not 0 <= self.low <= self.value <= self.high <= 100
        ):
            raise ValueError(f"a score needs 0 ≤ low ≤ value ≤ high ≤ 100, not {self}")

    @classmethod
    def abstain(cls, reason: str) -> Score:
        return cls(None, None, None, reason)

    def turned(self) -> Score:
        """The same measurement on the opposite scale: 100 less the value. Abstentions stay."""
        if self.value is None or self.low is None or self.high is None:
            return self
        return Score(100 - self.value, 100 - self.high, 100 - self.low)


@dataclass(frozen=True)
class Quality:
    """What the gate measured. Each is relative to the face, so that skin tone does not decide."""

    face_width: float  # source pixels between the cheekbones
    sharpness: float  # see pipeline.quality
    exposure: float  # see pipeline.quality
    evenness: float  # see pipeline.quality
    yaw: float  # degrees, positive: turned to the person's left
    pitch: float  # degrees, positive: looking up
    roll: float  # degrees
    skin_cover: float  # share of the face oval that is visible skin, 0–1
    smile: float  # how far both corners of the mouth are drawn up, 0–1; not a number: not known


@dataclass(frozen=True)
class Mark:
    """One thing that was found on the skin, where a person can look for it.

    The number of points says what it is: a pore is one, a line an open stroke of two or more, a
    spot or blemish the closed outline of three or more (the last joins the first).
    """

    outline: npt.NDArray[np.float32]  # (n, 2) crop pixels, x then y
    strength: float  # 0 (barely seen) to 1
    region: Region | None  # None: between the regions


@dataclass(frozen=True)
class Maps:
    """Where the scores come from, on the aligned crop."""

    crop: npt.NDArray[np.uint8]  # (960, 768, 3) sRGB
    skin: npt.NDArray[np.bool_]  # (960, 768)
    # (240, 192) float32, 0–1, one for each mapped metric that was measured
    heat: Mapping[Metric, npt.NDArray[np.float32]]
    # region outlines in crop pixels, (n, 2) float32, x then y
    outlines: Mapping[Region, npt.NDArray[np.float32]]
    # what was found, for pores, fine lines, spots and blemishes where they were measured
    marks: Mapping[Metric, tuple[Mark, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Examination:
    """A scored photo. Every metric of `Metric` is in `scores`, measured or abstained."""

    scores: Mapping[Metric, Score]
    regions: Mapping[Region, Mapping[Metric, Score]]  # without skin_score
    counts: Mapping[Metric, int]  # number of marks of each counted metric that was measured
    quality: Quality
    ita: float | None  # individual typology angle of the skin, degrees; None: not measurable
    model_version: str
    maps: Maps
    ms: Mapping[str, float] = field(default_factory=dict)  # stage → milliseconds
