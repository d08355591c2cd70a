"""Whose photos real skin for training was cut from: the sets, their licences, how many people."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class _Source:
    people: re.Pattern[str]  # what the set's ids look like, see its labels.csv
    name: str
    licence: str


_SOURCES = (
    _Source(
        re.compile(r"\d+"),
        "Face Research Lab London Set, DeBruine & Jones 2017, doi 10.6084/m9.figshare.5047666",
        "CC BY 4.0",
    ),
    _Source(
        re.compile(r"\d+[mf]"),
        "Young Adult White Faces, DeBruine & Jones 2017, doi 10.6084/m9.figshare.4220517",
        "CC BY 4.0",
    ),
)
_UNKNOWN = _Source(re.compile(r".*"), "photos of your own", "not stated")


@dataclass(frozen=True)
class Used:
    source: str
    licence: str
    people: int


def described(backdrops: Path) -> list[dict[str, Any]]:
    """What is in a folder that bench/backdrops.py filled; no names, only numbers of people."""
    people = {path.stem.rsplit("-", 1)[0] for path in backdrops.glob("*.npz")}
    used = []
    for source in (*_SOURCES, _UNKNOWN):
        of = {person for person in people if source.people.fullmatch(person)}
        people -= of
        if of:
            used.append(asdict(Used(source.name, source.licence, len(of))))
    return used
