"""Blocks of the card that are measured on phantoms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evaluation.card_words import name, number, percent, table
from models.scorer import MAPPED

Document = Mapping[str, Any]
NAMES = [m.value for m in MAPPED]


def _phantoms(document: Document) -> str:
    of = document["phantoms"]
    rows = [
        (
            name(m),
            number(of["skill"][m]["mae"]),
            number(of["skill"][m]["constant_mae"]),
            number(of["skill"][m]["spearman"], 2),
            number(of["face_error"][m]["mae_one_shot"]),
            number(of["face_error"][m]["mae_three_shots"]),
            f"± {of['face_error'][m]['half_interval']:.0f}",
        )
        for m in NAMES
    ]
    told = (
        f"{of['measured_on']:,} held-out phantoms, {document['sizes']['faces']} faces of five "
        "places, points of 0–100."
    )
    head = (
        "sign", "error of a place", "of a constant", "Spearman", "error of a face",
        "of three shots", "half of a face's interval",
    )  # fmt: skip
    return told + "\n\n" + table(head, rows)


def _intervals(document: Document) -> str:
    of = document["phantoms"]
    kinds = ("region", "face", "three_shots", "difference")
    rows = [
        (
            name(m),
            *(percent(of["coverage"][kind][m]) for kind in kinds),
            number(of["calibration"]["interval_scale"][m], 2),
            number(of["calibration"]["shared_error"][m], 2),
            number(of["calibration"]["shot_error"][m], 3),
        )
        for m in NAMES
    ]
    head = (
        "sign", "a region", "a face", "three shots", "difference of two checks", "interval scale",
        "shared by places", "not shared by shots",
    )  # fmt: skip
    return table(head, rows)


def _tones(document: Document) -> str:
    of = document["phantoms"]["by_tone"]
    tones = list(of[NAMES[0]]["mae"])
    rows = [
        (
            name(m),
            *(f"{of[m]['mae'][t]:.1f} ± {of[m]['standard_error'][t]:.1f}" for t in tones),
            f"{of[m]['gap']:.0f} % ({of[m]['gap_low']:.0f}–{of[m]['gap_high']:.0f})",
            f"{of[m]['gap_by_chance']:.0f} %",
        )
        for m in NAMES
    ]
    return table(("sign", *tones, "gap", "by chance"), rows)


def _tone_skill(document: Document) -> str:
    of = document["phantoms"]["by_tone"]
    tones = list(of[NAMES[0]]["spearman"])
    rows = [
        (
            name(m),
            *(
                f"{number(of[m]['spearman'][t], 2)} ({number(of[m]['constant_mae'][t], 0)})"
                for t in tones
            ),
        )
        for m in NAMES
    ]
    return table(("sign", *tones), rows)


def _coverage_tones(document: Document) -> str:
    of = document["phantoms"]
    tones = list(of["coverage_by_tone"][NAMES[0]])
    head = tuple(f"{tone} ({of['faces_of_tone'].get(tone, 0)})" for tone in tones)
    rows = [
        (
            name(m),
            *(
                f"{percent(region)} · {percent(of['faces_by_tone'][m].get(tone))}"
                for tone, region in of["coverage_by_tone"][m].items()
            ),
            number(of["calibration"]["interval_by_tone"][m], 3, signed=True),
        )
        for m in NAMES
    ]
    return table(("sign: a region · a face", *head, "wider for 10° of ITA, log"), rows)


def _mended(document: Document) -> str:
    of = document["phantoms"]["mended"]
    rows = [
        (
            name(m),
            number(of[m]["mae"]),
            f"{of[m]['gap']:.0f} %",
            number(of[m]["mae_mended"]),
            f"{of[m]['gap_mended']:.0f} %",
            ", ".join(number(bias, 0, signed=True) for bias in of[m]["bias"].values()),
        )
        for m in NAMES
    ]
    head = (
        "sign", "error", "gap", "error, mended", "gap, mended",
        "mean error with its sign, darkest to lightest",
    )  # fmt: skip
    return table(head, rows)


def _tone_only(document: Document) -> str:
    of = document["phantoms"]["tone_only"]
    rows = [
        (
            name(m),
            f"{number(of[m]['score'], 2, signed=True)} "
            f"({number(of[m]['score_low'], 2, signed=True)} to "
            f"{number(of[m]['score_high'], 2, signed=True)})",
            number(of[m]["truth"], 2, signed=True),
            number(of[m]["shift_dark_to_light"], 1, signed=True),
        )
        for m in NAMES
    ]
    head = ("sign", "Spearman of the score with ITA", "of the truth", "lightest less darkest")
    return table(head, rows)


def _hidden(document: Document) -> str:
    of = document["phantoms"]["abstention"]
    rows = []
    for condition, by_metric in of.items():
        cells = []
        for m in NAMES:
            row = by_metric[m]
            cells.append(
                f"{number(row['error_of_all'], 0)} → {number(row['error_of_shown'], 0)} "
                f"({percent(row['withheld'])})"
            )
        rows.append((condition, *cells))
    return table(("skin is", *(name(m) for m in NAMES)), rows)


BLOCKS: dict[str, Callable[[Document], str]] = {
    "phantoms": _phantoms,
    "intervals": _intervals,
    "tones": _tones,
    "tone_skill": _tone_skill,
    "coverage_tones": _coverage_tones,
    "mended": _mended,
    "tone_only": _tone_only,
    "hidden": _hidden,
}
