"""`run.py evaluate`: the model card's figures anew, or the scores against a folder's labels."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.settings import settings
from evaluation import card, figures, labelled, page, people
from evaluation.into_service import calibrate
from models.manifest import WEIGHTS

MODELS = Path(__file__).resolve().parent.parent / "models"
DOCUMENT = MODELS / "evaluation.json"
_DESCRIPTION = """
Without --photos: measures the model in service (or --weights) on phantoms and, where the folder of
--faces is there, on real people whom training never saw, about 16 minutes on two cores. Writes
models/evaluation.json, models/MODEL_CARD.md, the manifest's calibration and var/evaluation/
index.html; with --out FOLDER everything goes there and the product stays as it is.

With --photos and --labels: how the scores of your own photos agree with your labels. Rank
correlations, AUC for labels of two kinds, ICC(2,1) and Bland-Altman limits for repeated photos.
"""


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if (options.photos is None) != (options.labels is None):
        print("--photos and --labels go together: a folder of photos and a CSV file about them.")
        return 2
    if options.photos is not None:
        return _labelled(options)
    return _whole(options)


def _whole(options: argparse.Namespace) -> int:
    out: Path | None = options.out
    if options.as_version and out is not None:
        print("--as-version is for what goes into service; --out changes nothing there.")
        return 2
    if options.quick and out is None:
        print("--quick measures too little to go into service: say --out FOLDER as well.")
        return 2
    earlier = json.loads(DOCUMENT.read_text()) if DOCUMENT.exists() else None
    if options.card:
        if earlier is None:
            print(f"{DOCUMENT} is not there. Measure first: python3 run.py evaluate")
            return 2
        document = figures.concluded(earlier)
    else:
        document = _measure(options, earlier)
    if options.as_version:
        document["version"] = options.as_version
    if out is None:
        _write(DOCUMENT, document)
        manifest = calibrate(options.weights, document, options.as_version)
        card.CARD.write_text(card.filled(card.CARD.read_text(), document, manifest))
        written, view = DOCUMENT, settings().var / "evaluation" / "index.html"
    else:
        out.mkdir(parents=True, exist_ok=True)
        written, view = out / "evaluation.json", out / "index.html"
        _write(written, document)
        manifest = card.with_calibration(options.weights, document)
        (out / card.CARD.name).write_text(card.filled(card.CARD.read_text(), document, manifest))
    view.parent.mkdir(parents=True, exist_ok=True)
    view.write_text(page.of_model(document), encoding="utf-8")
    print(card.goals(document))
    print(f"\n{document['minutes']} minutes. Figures: {written}. Page: {view}")
    return 0


def _measure(options: argparse.Namespace, earlier: figures.Document | None) -> figures.Document:
    sizes = figures.QUICK if options.quick else figures.Sizes()
    if options.phantoms is not None:
        sizes = replace(sizes, phantoms=options.phantoms, fitting=3 * options.phantoms)
    if options.portraits is not None:
        sizes = replace(sizes, portraits=options.portraits, toned=options.portraits)
    found = people.find(options.faces)
    if found is None:
        print(f"{options.faces} holds no photos of people: only phantoms are measured.")
    return figures.measure(
        options.weights, found, earlier, sizes, options.processes, lambda line: print(line)
    )


def _labelled(options: argparse.Namespace) -> int:
    question = labelled.Question(
        photos=options.photos,
        labels=options.labels,
        file=options.file,
        targets=tuple(options.target),
        by=tuple(options.by),
        person=options.person,
        tone=options.tone,
    )
    answer = labelled.evaluate(question, options.weights, options.processes)
    out: Path = options.out or settings().var / "evaluation" / "labelled"
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "labelled.json", answer)
    (out / "index.html").write_text(page.of_labels(answer), encoding="utf-8")
    print(labelled.table(answer))
    print(f"\nFigures: {out / 'labelled.json'}. Page: {out / 'index.html'}")
    return 0


def _write(path: Path, document: dict[str, Any]) -> None:
    half = path.with_suffix(".part")
    half.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    half.replace(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py evaluate",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the figures go")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, metavar="FOLDER")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    of_model = parser.add_argument_group("the model's own figures")
    of_model.add_argument("--faces", type=Path, default=people.DEFAULT, metavar="FOLDER")
    of_model.add_argument("--quick", action="store_true", help="a minute, to see that it runs")
    of_model.add_argument(
        "--card", action="store_true", help="conclude again from what was measured"
    )
    of_model.add_argument(
        "--as-version", metavar="NAME",
        help="the same weights with a new calibration go into service as another version",
    )  # fmt: skip
    of_model.add_argument("--phantoms", type=int, metavar="N", help="phantoms tried on (2000)")
    of_model.add_argument("--portraits", type=int, metavar="N", help="people who vary (30)")
    own = parser.add_argument_group("your own photos")
    own.add_argument("--photos", type=Path, metavar="FOLDER")
    own.add_argument("--labels", type=Path, metavar="CSV", help="one row for each photo")
    own.add_argument("--file", default="file", metavar="COLUMN", help="the photo's path (file)")
    own.add_argument(
        "--target", action="append", default=[], metavar="COLUMN",
        help="what a score should agree with; may be given several times",
    )  # fmt: skip
    own.add_argument("--person", metavar="COLUMN", help="who is in it: for repeated photos")
    own.add_argument(
        "--by", action="append", default=[], metavar="COLUMN", help="also for each value of it"
    )
    own.add_argument(
        "--tone", metavar="COLUMN", help="skin tone: ITA in degrees, or names (the photo's own ITA)"
    )
    return parser
