"""`run.py export-gradings FOLDER`: what dermatologists gave, as a dataset with its consent ledger.

Only of people who agree to model improvement at that moment. Everybody is named by pseudonyms of
this export alone: two exports cannot be joined by them. Times are kept to the month.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import hmac
import json
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.launch import say
from data import audit, graded_rows, vault
from data.crypto import Undecipherable
from data.database import transaction

EXPORTED = "gradings_exported"

README = """\
Gradings of dermatologists
==========================

Made on {made_at} by Skincare AI. People: {people}. Gradings: {gradings}. Drawings: {drawings}.

Everybody in it agreed that what they gave is used to improve the scoring, and had not taken that
back when this was made; consents.csv is the ledger. Whoever takes it back later is not in the next
export: make a new one before each use, and delete the old one.

person, reader, check, photo and grading are pseudonyms of this export alone. Months are of UTC.

grades.csv       one metric of one grading: verdict (value, agree, cannot_tell), value (0-100, on
                 the metric's own scale), what the model said of the face (scored, and its 90 %
                 interval, empty: not measured), its version, is_blind (1: the model's scores were
                 hidden from the reader), ita (individual typology angle of the photo, degrees)
severity.csv     a level on a published scale over the face; empty: the reader could not tell
drawings.jsonl   labelled shapes on a photo, in its pixels; width and height are the photo's
consents.csv     wording (version of the words that were agreed to), given, withdrawn
photos/          the photos that were graded or drawn on, as JPEG, by pseudonym; only with --photos
checks.csv       which photo a check was made of; only with --photos

A face is personal data, whatever its file is called. Do not publish this folder.
"""


@dataclass
class Dataset:
    """What is being written, and under which names."""

    folder: Path
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    people: set[UUID] = field(default_factory=set)
    gradings: set[UUID] = field(default_factory=set)
    checks: set[tuple[UUID, UUID]] = field(default_factory=set)  # person, check
    photos: set[tuple[UUID, UUID]] = field(default_factory=set)  # person, photo
    drawings: int = 0

    def name(self, kind: str, of: UUID | None) -> str:
        """A pseudonym; "" of nobody."""
        if of is None:
            return ""
        made = hmac.new(self.key, f"{kind} {of}".encode(), hashlib.sha256)
        return f"{kind}-{made.hexdigest()[:16]}"

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        with (self.folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; ends the program when it is not understood."""
    parser = argparse.ArgumentParser(
        prog="run.py export-gradings",
        description="Write grades, severities and drawings of dermatologists as a dataset, of "
        "people who agree to model improvement.",
    )
    parser.add_argument("folder", type=Path, help="a folder that does not exist yet")
    parser.add_argument(
        "--photos", action="store_true", help="the photos, too: decrypted, so mind where"
    )
    return parser.parse_args(arguments)


def run(folder: Path, *, with_photos: bool) -> int:
    """Write the dataset whole or not at all; the exit status. Conflict when the folder exists."""
    if folder.exists():
        raise Conflict(f"{folder} exists already. Name a folder that does not.")
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    try:
        unfinished.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise Conflict(f"{folder} cannot be made: {error.strerror}.") from error
    try:
        with transaction() as session:
            written = write(session, unfinished, with_photos=with_photos)
            unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    say(
        f"{len(written.gradings)} gradings of {len(written.people)} people and "
        f"{written.drawings} drawings are in {folder}."
    )
    if not written.people:
        say("Nobody who was graded agrees to model improvement at present.")
    return 0


def write(session: Session, folder: Path, *, with_photos: bool) -> Dataset:
    """Everything into `folder`, and into the audit of each person that it was taken along."""
    to = Dataset(folder)
    _grades(session, to)
    _severities(session, to)
    _drawings(session, to)
    _ledger(session, to)
    if with_photos:
        _photos(session, to)
    made_at = f"{datetime.now(UTC):%Y-%m-%d}"
    counts = {"people": len(to.people), "gradings": len(to.gradings), "drawings": to.drawings}
    (folder / "README.txt").write_text(README.format(made_at=made_at, **counts))
    for person in sorted(to.people):
        audit.add(session, EXPORTED, actor=None, subject=person, photos=with_photos)
    session.flush()
    return to


def _grades(session: Session, to: Dataset) -> None:
    def rows() -> Iterable[Sequence[Any]]:
        for one in graded_rows.grades(session):
            to.people.add(one.person)
            to.gradings.add(one.grading_id)
            to.checks.add((one.person, one.analysis_id))
            yield (
                to.name("grading", one.grading_id),
                to.name("person", one.person),
                to.name("reader", one.reader),
                to.name("check", one.analysis_id),
                one.model_version,
                int(one.is_blind),
                _month(one.graded_at),
                one.metric.value,
                one.verdict.value,
                *(one.value, one.scored, one.scored_low, one.scored_high, one.ita),
            )

    columns = "grading person reader check model_version is_blind graded metric verdict value"
    to.table("grades.csv", [*columns.split(), "scored", "scored_low", "scored_high", "ita"], rows())


def _severities(session: Session, to: Dataset) -> None:
    def rows() -> Iterable[Sequence[Any]]:
        for one in graded_rows.severities(session):
            to.people.add(one.person)
            to.gradings.add(one.grading_id)
            yield (
                to.name("grading", one.grading_id),
                to.name("person", one.person),
                to.name("reader", one.reader),
                int(one.is_blind),
                _month(one.graded_at),
                one.scale.value,
                one.level,
            )

    to.table("severity.csv", "grading person reader is_blind graded scale level".split(), rows())


def _drawings(session: Session, to: Dataset) -> None:
    with (to.folder / "drawings.jsonl").open("w", encoding="utf-8") as file:
        for one in graded_rows.drawings(session):
            to.people.add(one.person)
            to.photos.add((one.person, one.photo_id))
            to.drawings += 1
            line: Mapping[str, Any] = {
                "person": to.name("person", one.person),
                "reader": to.name("reader", one.reader),
                "photo": to.name("photo", one.photo_id),
                "width": one.width,
                "height": one.height,
                "label": one.label.value,
                "shape": one.shape.value,
                "geometry": one.geometry,
                "drawn": _month(one.created_at),
            }
            file.write(json.dumps(line) + "\n")


def _ledger(session: Session, to: Dataset) -> None:
    rows = (
        (to.name("person", one.person), one.wording, _month(one.given_at), _month(one.withdrawn_at))
        for one in graded_rows.ledger(session)
        if one.person in to.people
    )
    to.table("consents.csv", "person wording given withdrawn".split(), rows)


def _photos(session: Session, to: Dataset) -> None:
    """Of each check that was graded, and what was drawn on; `checks.csv` says which is whose."""
    folder = to.folder / "photos"
    folder.mkdir()
    of_checks = []
    for person, check in sorted(to.checks):
        for one in graded_rows.photos_of_check(session, person, check):
            to.photos.add((person, one.photo_id))
            of_checks.append((to.name("check", check), to.name("photo", one.photo_id)))
    to.table("checks.csv", ["check", "photo"], of_checks)
    for person, photo_id in sorted(to.photos):
        for one in graded_rows.photo(session, person, photo_id):
            try:
                jpeg = vault.read(session, person, one.kept)
            except (NotFound, Undecipherable):  # erased, or damaged: its grades stand without it
                continue
            file = folder / f"{to.name('photo', photo_id)}.jpg"
            file.touch(mode=0o600)
            file.write_bytes(jpeg)


def _month(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m}"
