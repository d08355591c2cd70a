"""Fill the demonstration's database: people who do not exist, and half a year of one of them.

The half year is simulated, says so in every row, and lives in a database of its own; see
docs/decisions/demonstration-data.md. A person of their own has one real check: a free portrait,
scored by the worker.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.examination import Score
from core.keys import pseudonym
from core.metrics import Metric, Region
from core.people import Identity, Purpose, Role, SkinType
from data.demonstration import add_simulated_check
from pipeline import accounts, consents, intake
from pipeline.safety import answers
from pipeline.scoring import composite
from pipeline.shots import combine_scores

Transactions = Callable[[], AbstractContextManager[Session]]

PORTRAIT = Path(__file__).resolve().parent.parent / "data" / "demonstration" / "astronaut.jpg"
WEEKS = 26
FROM_THEN_ON = 13  # the week in which Uma begins to take three photos at a time
SEED = 20261122


@dataclass(frozen=True)
class _Person:
    email: str
    first_name: str
    last_name: str
    role: Role
    age: int | None = None
    skin_type: SkinType | None = None

    @property
    def password(self) -> str:
        """The same at every start of this installation, and different from every other's."""
        return pseudonym("demonstration password", self.email)[:12]


_PORTRAYED = _Person("portrait@demo.example", "Portia", "Demonstration", Role.USER)
PEOPLE = (
    _Person("user@demo.example", "Uma", "Demonstration", Role.USER, 34, SkinType.COMBINATION),
    _PORTRAYED,
    _Person("dermatologist@demo.example", "Dara", "Demonstration", Role.DERMATOLOGIST),
    _Person("analyst@demo.example", "Ana", "Demonstration", Role.ANALYST),
)


@dataclass(frozen=True)
class _Course:
    """How one simulated metric runs through the half year, in points of 0–100."""

    start: float
    end: float
    sd: float  # of a single shot


COURSES = {
    Metric.HYDRATION: _Course(61, 70, 3.5),
    Metric.OILINESS: _Course(44, 40, 4.0),
    Metric.FINE_LINES: _Course(31, 30, 3.0),
    Metric.PORES: _Course(47, 43, 3.5),
    Metric.REDNESS: _Course(46, 29, 3.0),
    Metric.SPOTS: _Course(24, 25, 2.5),
    Metric.BLEMISHES: _Course(38, 14, 3.0),
}
_REGION_OFFSET = {
    Region.FOREHEAD: 2.0,
    Region.NOSE: 6.0,
    Region.LEFT_CHEEK: -1.0,
    Region.RIGHT_CHEEK: 1.0,
    Region.LEFT_UNDER_EYE: -5.0,
    Region.RIGHT_UNDER_EYE: -4.0,
    Region.CHIN: 1.0,
}
_Z90 = 1.645  # a normal distribution holds 90 % within this many standard deviations


def fill(transaction: Transactions) -> list[str]:
    """Make the demonstration's people and checks once; returns the lines to print."""
    for person in PEOPLE:
        try:
            with transaction() as session:
                user_id = _make(session, person)
            if person is _PORTRAYED:
                # No browser stands behind this one; intake only asks whose photo it is.
                who = Identity(user_id, uuid.uuid4(), person.email, person.first_name, person.role)
                with transaction() as session:
                    consents.give(session, user_id, Purpose.SAFETY_ANSWERS)
                    answers.answer(session, who, ())  # nothing of it: nobody is there to ask
                with transaction() as session:  # intake looks at what is committed
                    intake.submit(session, who, [PORTRAIT.read_bytes()])
        except Conflict:  # a start before this one made them
            continue
    width = max(len(person.email) for person in PEOPLE)
    return [
        "Sign in as one of these; nothing of theirs is real:",
        *(f"  {p.email:<{width}}  password {p.password}  ({p.role.value})" for p in PEOPLE),
    ]


def _make(session: Session, person: _Person) -> uuid.UUID:
    user_id = accounts.register(
        session,
        email=person.email,
        password=person.password,
        first_name=person.first_name,
        last_name=person.last_name,
        age=person.age,
        skin_type=person.skin_type,
        consent_to_analysis=person.role is Role.USER,
    )
    if person.role is not Role.USER:
        accounts.grant(session, email=person.email, role=person.role)
    if person.role is not Role.USER or person is _PORTRAYED:
        return user_id
    rng = np.random.default_rng(SEED)
    today = datetime.now(UTC)
    for week in range(WEEKS):
        at = today - timedelta(weeks=WEEKS - week, minutes=float(rng.uniform(0, 600)))
        share = 1 / (1 + np.exp(-(week - WEEKS / 2) / 3))  # a slow turn in the middle
        day = simulate(float(share), rng, shots=1 if week < FROM_THEN_ON else 3)
        add_simulated_check(session, user_id, at, day.scores, day.regions, day.shots)
    return user_id


@dataclass(frozen=True)
class Day:
    """A simulated check."""

    scores: dict[Metric, Score]
    regions: dict[Region, dict[Metric, Score]]
    shots: list[dict[Metric, float]]  # what each photo says by itself; empty for one


def simulate(share: float, rng: np.random.Generator, *, shots: int = 1) -> Day:
    """A simulated day; `share` (0–1) is how far each course has run."""
    regions: dict[Region, dict[Metric, Score]] = {region: {} for region in Region}
    seen: list[dict[Metric, Score]] = [{} for _ in range(shots)]
    for metric, course in COURSES.items():
        truth = course.start + share * (course.end - course.start)
        for one in seen:
            one[metric] = _score(truth + rng.normal(0, course.sd), course.sd)
        value = combine_scores([one[metric] for one in seen], 1.0).value or 0.0
        for region, offset in _REGION_OFFSET.items():
            shifted = value + offset + rng.normal(0, course.sd)
            regions[region][metric] = _score(shifted, 1.5 * course.sd)
    for of_face in (*seen, *regions.values()):
        of_face[Metric.ELASTICITY] = of_face[Metric.FINE_LINES].turned()
    # all of the noise is the single photo's own
    scores = {metric: combine_scores([one[metric] for one in seen], 1.0) for metric in seen[0]}
    for of_face in (*seen, scores):
        of_face[Metric.SKIN_SCORE] = composite(of_face)
    values = [{m: s.value for m, s in one.items() if s.value is not None} for one in seen]
    return Day(scores, regions, values if shots > 1 else [])


def _score(value: float, sd: float) -> Score:
    low, middle, high = (
        float(np.clip(v, 0, 100)) for v in (value - _Z90 * sd, value, value + _Z90 * sd)
    )
    return Score(middle, low, high)
