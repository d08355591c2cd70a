"""Blocks of the card that are measured on photos of real people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.metrics import Metric
from evaluation.added import SIGN_OF
from evaluation.card_words import NOTHING, name, number, percent, table
from evaluation.variations import VARIATIONS
from models.scorer import MAPPED

Document = Mapping[str, Any]
NAMES = [m.value for m in MAPPED]


def _noise(document: Document) -> str:
    of, phantoms = document["faces"]["repeatability"], document["phantoms"]["face_error"]
    pairs = of["pairs"]["metrics"]
    rows = [
        (
            name(m),
            number(of["within_photo"]["sdc"][m]),
            number(pairs.get(m, {}).get("sdc_about_shift")),
            number(pairs.get(m, {}).get("sdc_with_shift")),
            number(pairs.get(m, {}).get("mean_shift"), signed=True),
            f"**{number(document['calibration']['sdc'][m])}**",
            number(phantoms[m]["sdc_same_view"]),
            number(phantoms[m]["sdc_another_camera"]),
            number(pairs.get(m, {}).get("between_people_sd")),
        )
        for m in NAMES
    ]
    told = (
        f"{of['within_photo']['photos']} photos varied, {of['pairs']['people']} people in two "
        "expressions."
    )
    head = (
        "sign", "one photo, varied", "two expressions, without their shift", "with it",
        "shift by a smile", "in service", "phantoms: next shot", "phantoms: another camera",
        "SD between people",
    )  # fmt: skip
    return told + "\n\n" + table(head, rows)


def _steady(document: Document) -> str:
    of = document["faces"]["steadiness"]
    kinds: dict[str, list[str]] = {}
    for variation, facts in VARIATIONS.items():
        kinds.setdefault(facts.kind, []).append(variation)
    rows = [
        (
            f"{kind} ({', '.join(names)})" if len(names) > 1 else kind,
            *(percent(_mean([of["by_variation"][v][m] for v in names])) for m in NAMES),
            percent(_mean([of["hidden"][v] for v in names])),
        )
        for kind, names in kinds.items()
    ]
    rows.append(("all", *(percent(of["by_metric"][m], 1) for m in NAMES), ""))
    told = f"{of['photos']} held-out people; {percent(of['share'], 1)} of all scores."
    return told + "\n\n" + table(("varied", *(name(m) for m in NAMES), "withheld then"), rows)


def _added(document: Document) -> str:
    of = document["faces"]["directions"]
    rows = [
        (
            what,
            *(
                f"{_whole(change.get(m))} ({_whole(of['mean_change_dark'][what].get(m))})"
                for m in NAMES
            ),
        )
        for what, change in of["mean_change"].items()
    ]
    told = (
        f"{of['faces']} faces, in brackets the {of['dark_faces']} of them with ITA below −10; "
        "change of the signs in points:"
    )
    return told + "\n\n" + table(("added or done", *(name(m) for m in NAMES)), rows)


def _cross(document: Document) -> str:
    of = document["faces"]["directions"]["own"]
    rows = [
        (
            name(m),
            number(of[m]["change"], signed=True),
            percent(of[m]["rises"]),
            number(of[m]["others"], 2),
            name(of[m]["strongest_other"]) if of[m]["strongest_other"] else NOTHING,
            percent(_most_withheld(document, m)),
        )
        for m in NAMES
    ]
    head = (
        "full sign added",
        "own change",
        "rises on",
        "largest other over own",
        "which is",
        "withheld by it",
    )
    return table(head, rows)


def _filter(document: Document) -> str:
    of = document["faces"]["directions"]["smoothing_filter"]
    rows = [
        (
            name(m),
            number(of[m]["change"], signed=True),
            percent(of[m]["lowered"]),
            number(of[m]["error_of_all"]),
            number(of[m]["error_of_shown"]),
            percent(of[m]["withheld"]),
        )
        for m in NAMES
    ]
    head = ("sign", "change", "lowered on", "error of all", "of what is shown", "withheld")
    return table(head, rows)


def _gate(document: Document) -> str:
    of = document["faces"]["gate"]["same_faces"]
    tones = list(next(iter(of["by_condition"].values()))["refused_percent"])
    rows = [
        (
            condition,
            *(f"{found['refused_percent'][tone]:.0f} %" for tone in tones),
            f"{found['gap']:.0f}",
        )
        for condition, found in of["by_condition"].items()
    ]
    told = f"{of['faces']} people, each in six tones:"
    return told + "\n\n" + table(("refused", *tones, "gap, points"), rows)


def _fairface(document: Document) -> str:
    of = document["faces"]["gate"]["fairface"]
    rows = [
        (
            tone,
            str(row["photos"]),
            percent(row["refused"] / row["photos"]),
            percent(row["for_light_or_focus"] / row["photos"]),
        )
        for tone, row in of["by_tone"].items()
    ]
    told = f"{of['refused']} of {of['photos']} photos refused."
    head = ("tone that the photo shows", "photos", "refused", "for light or focus")
    return told + "\n\n" + table(head, rows)


def _pigment(document: Document) -> str:
    of = document["faces"]["gate"]["scores_by_tone"]
    rows = [
        (name(m), number(of[m]["spearman"], 2, signed=True), number(of[m]["shift"], signed=True))
        for m in NAMES
    ]
    return table(("sign", "Spearman of the score with ITA", "lightest less darkest"), rows)


def _withheld(document: Document) -> str:
    of = document["faces"]["abstention"]
    groups = list(of["photos"])
    rows = [
        (
            name(m),
            *(percent(of["withheld"][group][m]) for group in groups),
            percent(of["chin_withheld"]["men, neutral"][m]),
            percent(of["chin_withheld"]["women, neutral"][m]),
        )
        for m in NAMES
    ]
    head = (
        "sign", *(f"{group} ({of['photos'][group]})" for group in groups), "men's chins",
        "women's chins",
    )  # fmt: skip
    return table(head, rows)


def _width(document: Document) -> str:
    of = document["faces"]["widths"]
    drift = of["drift_of_nine_in_ten"]
    widths = sorted({int(w) for row in drift.values() for w in row}, reverse=True)
    rows = [
        (
            name(m),
            *(number(drift[m].get(str(w))) for w in widths),
            str(document["calibration"]["least_face_width"][m]),
        )
        for m in NAMES
    ]
    head = ("sign", *(f"{w} px" for w in widths), "least width in service")
    return f"{of['faces']} people.\n\n" + table(head, rows)


def _medians(document: Document) -> str:
    of = document["faces"]["repeatability"]["pairs"]["median_by_tone"]
    tones = [tone for tone, count in of["people"].items() if count]
    rows = [(name(m), *(number(of[m].get(tone), 0) for tone in tones)) for m in NAMES]
    return table(("score", *(f"{tone} ({of['people'][tone]})" for tone in tones)), rows)


def _most_withheld(document: Document, metric: str) -> float:
    """Share of faces that lose any score when a full sign of `metric` is added."""
    of = document["faces"]["directions"]
    by_metric = of["withheld"][f"{SIGN_OF[Metric(metric)]} {of['strength']}"]
    return float(max(by_metric.values()))


def _mean(values: list[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def _whole(value: float | None) -> str:
    return NOTHING if value is None else f"{round(value):+d}"


BLOCKS: dict[str, Callable[[Document], str]] = {
    "noise": _noise,
    "steady": _steady,
    "added": _added,
    "cross": _cross,
    "filter": _filter,
    "gate": _gate,
    "fairface": _fairface,
    "pigment": _pigment,
    "withheld": _withheld,
    "width": _width,
    "tone_medians": _medians,
}
