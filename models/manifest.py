"""What is known of the weights that are in service. Needs neither LiteRT nor TensorFlow."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import Unavailable
from core.metrics import Metric

WEIGHTS = Path(__file__).parent / "weights"
NAME = "manifest.json"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RealSkin(_Frozen):
    """Photos that signs were added to. Who is in them is written down nowhere."""

    source: str
    licence: str
    people: int = Field(ge=0)


class TrainedOn(_Frozen):
    phantoms_version: str
    seed: int
    phantoms: int = Field(ge=0)  # different samples, each of two pictures
    steps: int = Field(ge=0)
    minutes: float = Field(ge=0)
    backdrops: tuple[RealSkin, ...] = ()
    started_from: str | None = None  # earlier weights
    before: TrainedOn | None = None  # how those were trained, when that is known


class Earlier(_Frozen):
    """A version that results were made with and that is no longer in service."""

    version: str
    date: datetime.date
    sdc: Mapping[Metric, float]  # points


class Figures(_Frozen):
    """On held-out phantoms; amounts in points, 0–100. For hydration: of dryness signs."""

    mae: float
    constant_mae: float  # of always answering the median
    spearman: float
    coverage: float  # share of truths inside the 90 % interval
    mae_by_tone: Mapping[str, float]  # ITA bin → points


class Manifest(_Frozen):
    version: str
    file: str
    sha256: str
    bytes: int
    date: datetime.date
    trained_on: TrainedOn
    figures: Mapping[Metric, Figures]  # empty: not measured yet
    # Smallest change between two photos that is not just noise, in points, 95 %
    sdc: Mapping[Metric, float]
    sdc_method: str  # in words: what the photos had in common and in what they differed
    # The same skin under another exposure, light, noise and compression only: a lower bound
    sdc_same_view: Mapping[Metric, float]
    # Half of a 90 % interval = interval_scale × the learned deviation, on skin of a middle tone
    interval_scale: Mapping[Metric, float]
    # Natural logarithm of how much wider for each 10° of ITA above it (`models.own_tone`); empty:
    # versions before 2.2 had one scale for all tones
    interval_by_tone: Mapping[Metric, float] = Field(default_factory=dict)
    # Correlation of the errors at two places of one face in one photo, 0–1
    shared_error: Mapping[Metric, float]
    # Share of the error's variance that the shots of one check do not share, 0–1; empty: not
    # measured, and shots then narrow nothing
    shot_error: Mapping[Metric, float] = Field(default_factory=dict)
    least_face_width: Mapping[Metric, int]  # source pixels below which the metric abstains
    history: tuple[Earlier, ...] = ()  # oldest first

    def renamed(self, version: str, date: datetime.date) -> Manifest:
        """The same weights as another version; this one goes to its history."""
        before = Earlier(version=self.version, date=self.date, sdc=self.sdc)
        history = tuple(of for of in (*self.history, before) if of.version != version)
        return self.model_copy(update={"version": version, "date": date, "history": history})


def read_manifest(folder: Path = WEIGHTS) -> Manifest:
    """The manifest in `folder`. Raises Unavailable when it is missing or makes no sense."""
    try:
        return Manifest.model_validate_json((folder / NAME).read_bytes())
    except OSError as error:
        raise Unavailable(
            "The model's weights are not installed. Train them with: python3 run.py train"
        ) from error
    except ValidationError as error:
        raise Unavailable(
            f"{folder / NAME} is damaged. Restore it, or train again: python3 run.py train"
        ) from error


@cache
def manifest() -> Manifest:
    """The manifest of the weights in service, read once."""
    return read_manifest()
