"""Every figure of the model card, as one document: `models/evaluation.json`."""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from evaluation import (
    abstention,
    calibration,
    criteria,
    directions,
    gate,
    phantom_sets,
    service,
    skill,
    steadiness,
)
from evaluation.crew import Crew
from evaluation.people import People, Portrait
from evaluation.phantom_sets import Faces

Document = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sizes:
    """How much is looked at."""

    fitting: int = 6000  # phantoms that calibration is fitted to
    phantoms: int = 2000  # others that it is tried on
    faces: int = 720  # phantoms' faces, both halves
    tones: int = 60  # pieces of skin, each in every tone
    hidden: int = 140  # patches under each kind of veil
    portraits: int = 30  # real people put through signs and variations
    toned: int = 33  # real people put into every tone
    pairs: int = 1000  # photos of London
    wide: int = 24  # photos of Canada
    strangers: int = 1000  # photos of FairFace


QUICK = Sizes(
    fitting=80,
    phantoms=40,
    faces=8,
    tones=5,
    hidden=7,
    portraits=1,
    toned=1,
    pairs=6,
    wide=1,
    strangers=4,
)


def measure(
    weights: Path,
    people: People | None,
    earlier: Mapping[str, Any] | None,
    sizes: Sizes,
    processes: int,
    say: Say,
) -> Document:
    """The whole document for the weights in `weights`.

    Without photos of people their figures are carried over from an `earlier` document, and say so.
    """
    begun = time.monotonic()
    with Crew(weights, processes) as crew:
        manifest = crew.manifest
        document: Document = {
            "version": crew.version,
            "weights": {"file": manifest.file, "sha256": _sha256(weights / manifest.file)},
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "sizes": asdict(sizes),
            "phantoms": of_phantoms(crew, sizes, say),
        }
        if people is not None:
            document["faces"] = of_faces(crew, people, sizes, say)
        elif earlier is not None and "faces" in earlier:
            say("No photos of people here: their figures are carried over.")
            carried = dict(earlier["faces"])
            if earlier["weights"] != document["weights"]:
                carried.setdefault("carried_over_from", earlier["version"])
            document["faces"] = carried
        document["calibration"] = service.calibration(document)
        say("What hides skin, and what is withheld then …")
        rules = abstention.Rules.of(document["calibration"], manifest)
        jobs = abstention.jobs(rules, sizes.hidden)
        answers = crew(abstention.hidden, jobs, "abstention")
        document["phantoms"]["abstention"] = abstention.summary(answers)
    document["minutes"] = round((time.monotonic() - begun) / 60, 1)
    return concluded(document)


def concluded(document: Document) -> Document:
    """What follows from the measured: calibration and goals, made anew."""
    document["calibration"] = service.calibration(document)
    document["shot_error_otherwise"] = service.other_bounds(document)
    document["criteria"] = criteria.criteria(document)
    known: Document = _without_nan(document)
    return known


def of_phantoms(crew: Crew, sizes: Sizes, say: Say) -> Document:
    say(f"{sizes.fitting + sizes.phantoms:,} phantoms …")
    halves = []
    for series, count in (
        (phantom_sets.CALIBRATION, sizes.fitting),
        (phantom_sets.TEST, sizes.phantoms),
    ):
        jobs = phantom_sets.patch_jobs(series, count)
        halves.append(phantom_sets.joined(crew(phantom_sets.patches, jobs, "phantoms")))
    fitting, test = halves
    say(f"{sizes.faces} faces of phantoms in four shots, {sizes.tones} phantoms in eight tones …")
    jobs = phantom_sets.jobs(phantom_sets.FACES, sizes.faces, 4)
    faces = phantom_sets.joined(crew(phantom_sets.faces, jobs, "faces"))
    jobs = phantom_sets.jobs(phantom_sets.TONES, sizes.tones, 5)
    tones = phantom_sets.joined(crew(phantom_sets.tones, jobs, "tones"))

    one, other = _halved(faces)
    found = calibration.fit(fitting, faces)  # goes into service
    # Faces are few: each half is tried with what the other was fitted to
    crossed = [(calibration.fit(fitting, a), b) for a, b in ((one, other), (other, one))]
    tried = [calibration.coverage(fitted, test, unseen) for fitted, unseen in crossed]
    median = np.asarray(np.median(fitting.truth, 0), np.float32)
    names = ("interval_scale", "interval_by_tone", "shared_error", "shot_error", "check_error")
    return {
        "fitted_on": len(fitting.truth),
        "measured_on": len(test.truth),
        "calibration": {name: found.by_metric(name) for name in names},
        "coverage": {
            kind: {m: round((of[m] + tried[1][kind][m]) / 2, 4) for m in of}
            for kind, of in tried[0].items()
        },
        "coverage_by_tone": calibration.coverage_by_tone(found, test),
        "face_error": calibration.face_error(found, faces),
        "skill": skill.skill(test, median),
        "faces_by_tone": calibration.faces_by_tone(crossed),
        "faces_of_tone": skill.counted(faces.tone),
        "mended": skill.mended(fitting, test),
        # no score is fitted to anything of these, so all of them may speak
        "by_tone": skill.by_tone(phantom_sets.joined([fitting, test]), median),
        "tone_only": skill.tone_only(tones),
    }


def of_faces(crew: Crew, people: People, sizes: Sizes, say: Say) -> Document:
    some = _spread(people.neutral, sizes.portraits)
    say(f"{len(some)} held-out people under known signs …")
    jobs = [directions.Job(portrait, number) for number, portrait in enumerate(some)]
    moved = [m for m in crew(directions.move, jobs, "signs") if m is not None]
    say("… and photographed a little differently …")
    varied = crew(steadiness.vary, some, "variations")
    london = sorted(people.london, key=lambda p: (p.person, p.expression))[: sizes.pairs]
    looked = crew(steadiness.look, london, "pairs")
    say("… on fewer pixels, in other tones, and before the gate …")
    narrowed = [
        w for w in crew(steadiness.narrow, people.canada[: sizes.wide], "widths") if w is not None
    ]
    jobs_of_tones = _spread(people.neutral, sizes.toned)
    toned = [t for t in crew(gate.toned, jobs_of_tones, "tones") if t is not None]
    strangers = crew(gate.gate_of, _spread(people.fairface, sizes.strangers), "FairFace")

    repeatability = {
        "within_photo": steadiness.within_photo(varied),
        "pairs": steadiness.pairs(looked),
    }
    sdc = service.detectable(repeatability)
    widths = steadiness.widths(narrowed)
    return {
        "people": len(people.neutral),
        "repeatability": repeatability,
        "steadiness": steadiness.steady(varied, sdc),
        "directions": directions.summary(moved),
        "widths": widths,
        "abstention": abstention.of_people(looked),
        "gate": {
            "same_faces": gate.same_faces(toned),
            "scores_by_tone": gate.scores_by_tone(toned),
            "fairface": gate.strangers(strangers),
        },
    }


def _halved(faces: Faces) -> tuple[Faces, Faces]:
    """Every other face: neighbours come of the same generator in turn."""
    one, other = (
        Faces(*(getattr(faces, field.name)[i::2] for field in fields(Faces))) for i in (0, 1)
    )
    return one, other


def _spread(portraits: tuple[Portrait, ...], wanted: int) -> list[Portrait]:
    """`wanted` of the portraits, evenly from first to last."""
    if len(portraits) <= wanted:
        return list(portraits)
    return [portraits[int(i)] for i in np.linspace(0, len(portraits) - 1, wanted)]


def _without_nan(of: Any) -> Any:
    """What cannot be told is null: JSON has no NaN."""
    if isinstance(of, Mapping):
        return {key: _without_nan(value) for key, value in of.items()}
    if isinstance(of, list | tuple):
        return [_without_nan(value) for value in of]
    return None if isinstance(of, float) and not np.isfinite(of) else of


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
