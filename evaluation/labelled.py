"""How the scores of a person's own photos agree with that person's labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput, UnreadablePhoto
from core.metrics import Metric
from evaluation import agreement
from evaluation.card_words import NOTHING, number
from evaluation.crew import Crew, Tools
from evaluation.labels import Labels, read_labels
from evaluation.looking import Seen, examine
from evaluation.skill import TONES, tone_of
from pipeline import photo

Answer = dict[str, Any]
_MOST_BYTES = 200 << 20
LEAST_OF_A_GROUP = 5  # photos below which a group is counted, and nothing said about it


@dataclass(frozen=True)
class Question:
    photos: Path
    labels: Path
    file: str  # column with the photo's path below `photos`
    targets: tuple[str, ...]  # columns that scores should agree with
    by: tuple[str, ...]  # columns to break everything down by
    person: str | None  # column that says who it is
    tone: str | None  # column of ITA in degrees, or of names of tones; None: the photo's own ITA


def evaluate(question: Question, weights: Path, processes: int) -> Answer:
    """Raises InvalidInput when labels or photos are not as `question` says."""
    if not question.photos.is_dir():
        raise InvalidInput(f"{question.photos} is no folder of photos.")
    named = (question.file, *question.targets, *question.by, question.person, question.tone)
    labels = read_labels(question.labels, [c for c in named if c is not None])
    targets = {column: labels.target(column) for column in question.targets}
    paths = [question.photos / name for name in labels.column(question.file)]
    if not any(path.is_file() for path in paths):
        raise InvalidInput(
            f"None of the {len(paths)} photos named in column {question.file!r} is in "
            f"{question.photos}: {paths[0]} for one."
        )
    with Crew(weights, processes, as_in_service=True) as crew:
        looked = crew(_score, paths, "photos")
        version = crew.version
    scored = [row for row, seen in enumerate(looked) if isinstance(seen, Seen) and seen.values]
    answer: Answer = {
        "version": version,
        "question": {k: str(v) if isinstance(v, Path) else v for k, v in asdict(question).items()},
        "photos": {
            "rows": len(paths),
            "scored": len(scored),
            "unreadable": [
                {"file": str(paths[i]), "why": seen}
                for i, seen in enumerate(looked)
                if isinstance(seen, str)
            ],
            "rejected": [
                {"file": str(paths[i]), "why": " ".join(seen.rejected)}
                for i, seen in enumerate(looked)
                if isinstance(seen, Seen) and seen.rejected
            ],
        },
    }
    photos = [seen for seen in looked if isinstance(seen, Seen) and seen.values]
    kept = labels.rows(scored)
    people: list[Any] = kept.column(question.person) if question.person else list(scored)
    rows = {column: target.rows(scored) for column, target in targets.items()}
    groups = dict(_groups(question, kept, photos))
    answer["targets"] = {
        column: {
            "kind": target.kind,
            "positive": target.positive,
            "metrics": {
                m.value: _agreement(m, photos, target.values, target.kind, people) for m in Metric
            },
            "by": {
                of: {
                    value: {
                        m.value: _agreement(
                            m,
                            [photos[i] for i in inside],
                            target.values[inside],
                            target.kind,
                            [people[i] for i in inside],
                        )
                        for m in Metric
                    }
                    for value, inside in values.items()
                    if len(inside) >= LEAST_OF_A_GROUP
                }
                for of, values in groups.items()
            },
        }
        for column, target in rows.items()
    }
    answer["groups"] = {
        of: {value: _described([photos[i] for i in inside]) for value, inside in values.items()}
        for of, values in groups.items()
    }
    if question.person:
        answer["repeats"] = {m.value: _repeats(m, photos, people) for m in Metric}
    answer["scores"] = [
        {
            "file": str(paths[row]),
            "person": str(person),
            "ita": seen.ita,
            **{m.value: round(v, 2) for m, v in seen.values.items()},
            **{f"target {column}": float(target.values[i]) for column, target in rows.items()},
        }
        for i, (row, seen, person) in enumerate(zip(scored, photos, people, strict=True))
    ]
    return answer


def table(answer: Answer) -> str:
    """A short table for the terminal."""
    counts = answer["photos"]
    lines = [
        f"{counts['scored']} of {counts['rows']} photos scored, {len(counts['unreadable'])} could "
        f"not be read, {len(counts['rejected'])} were refused."
    ]
    lines += [f"  {one['file']}: {one['why']}" for one in counts["unreadable"][:10]]
    for column, target in answer["targets"].items():
        lines += ["", f"{column}: rank correlation with each score (95 % interval)"]
        for m, row in target["metrics"].items():
            lines.append(f"  {m:12} {_estimate(row['spearman'])}" + _area(target, row))
    if "repeats" in answer:
        lines += ["", "Repeated photos: ICC(2,1), SD within a person, limits of agreement"]
        for m, row in answer["repeats"].items():
            lines.append(
                f"  {m:12} {number(row['icc_2_1'], 2):>6}  {number(row['within_sd']):>6}  "
                f"{number(row['bland_altman']['low'])} to {number(row['bland_altman']['high'])}"
            )
    return "\n".join(lines)


def _score(tools: Tools, path: Path) -> Seen | str:
    """What a check would show, or why the file cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return "The file is larger than 200 megabytes."
        return examine(tools, photo.decode(content).pixels)
    except OSError as error:
        return f"{error.strerror or error}."
    except UnreadablePhoto as unreadable:
        return str(unreadable)


def _groups(
    question: Question, labels: Labels, photos: Sequence[Seen]
) -> Iterator[tuple[str, dict[str, list[int]]]]:
    """Rows of each value of each column to break down by; tone always."""
    for column in question.by:
        yield column, _sorted_rows(labels.column(column))
    told = labels.column(question.tone) if question.tone else None
    if told is not None and all(_is_number(value) for value in told):
        tones = [tone_of(max(float(value), TONES[0][1])) for value in told]
    elif told is not None:
        tones = told
    else:
        tones = [
            "unknown" if seen.ita is None else tone_of(max(seen.ita, TONES[0][1]))
            for seen in photos
        ]
    found = _sorted_rows(tones)
    order = [name for name, _, _ in TONES if name in found]
    names = order + [name for name in found if name not in order]
    yield question.tone or "tone", {name: found[name] for name in names}


def _sorted_rows(values: Sequence[str]) -> dict[str, list[int]]:
    return {
        value: [row for row, other in enumerate(values) if other == value]
        for value in sorted(set(values))
    }


def _agreement(
    metric: Metric,
    photos: Sequence[Seen],
    target: npt.NDArray[np.float64],
    kind: str,
    people: Sequence[Any],
) -> dict[str, Any]:
    known = [i for i, seen in enumerate(photos) if metric in seen.values and np.isfinite(target[i])]
    scores = np.array([photos[i].values[metric] for i in known])
    wanted, groups = target[known], [people[i] for i in known]

    def rank(rows: agreement.Integers) -> float:
        return agreement.spearman(scores[rows], wanted[rows])

    def area(rows: agreement.Integers) -> float:
        return agreement.auc(scores[rows], wanted[rows] == 1)

    found: dict[str, Any] = {
        "photos": len(known),
        "spearman": _plain(agreement.bootstrap(rank, groups)),
    }
    if kind == "two kinds":
        found["auc"] = _plain(agreement.bootstrap(area, groups))
    return found


def _repeats(metric: Metric, photos: Sequence[Seen], people: Sequence[Any]) -> dict[str, Any]:
    of_person: dict[Any, list[float]] = {}
    for seen, person in zip(photos, people, strict=True):
        if metric in seen.values:
            of_person.setdefault(person, []).append(seen.values[metric])
    repeated = {p: v for p, v in of_person.items() if len(v) > 1}
    pairs = np.array([v[:2] for v in repeated.values()]).reshape(-1, 2)
    ratings = agreement.table_of_repeats(repeated)
    sd = agreement.within_sd(repeated)
    return {
        "people": len(repeated),
        "repeats": int(ratings.shape[1]) if ratings.size else 0,
        "icc_2_1": _number(agreement.icc_2_1(ratings)),
        "within_sd": _number(sd),
        "sdc": _number(agreement.smallest_detectable_change(sd)),
        "bland_altman": {
            k: _number(v) for k, v in asdict(agreement.bland_altman(*pairs.T)).items()
        },
        "pairs": [[round(float(v), 2) for v in pair] for pair in pairs],
    }


def _described(photos: Sequence[Seen]) -> dict[str, Any]:
    return {
        "photos": len(photos),
        "median": {
            m.value: _number(float(np.median(values)))
            for m in Metric
            if (values := [seen.values[m] for seen in photos if m in seen.values])
        },
        "withheld": {
            m.value: round(float(np.mean([m not in seen.values for seen in photos])), 3)
            for m in Metric
        },
    }


def _plain(estimate: agreement.Estimate) -> dict[str, float | None]:
    return {k: _number(v) for k, v in asdict(estimate).items()}


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _estimate(of: Mapping[str, Any]) -> str:
    if of["value"] is None:
        return f"{NOTHING:>6}"
    value = number(of["value"], 2, signed=True)
    return (
        f"{value:>6} ({number(of['low'], 2, signed=True)} to "
        f"{number(of['high'], 2, signed=True)}, n {of['n']:.0f})"
    )


def _area(target: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    if "auc" not in row or row["auc"]["value"] is None:
        return ""
    area = row["auc"]
    return (
        f"  AUC of {target['positive']}: {number(area['value'], 2)} "
        f"({number(area['low'], 2)} to {number(area['high'], 2)})"
    )
