"""What the files in data/knowledge may say. Anything else is refused when they are read."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.health import Substance
from core.metrics import Metric
from pipeline.advice.person import Fact

WORDS_OF_G = "common practice, not verified"


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    CONSENSUS = "consensus"
    D = "D"
    X = "X"


class Status(StrEnum):
    READ = "R"
    PARTLY_READ = "R/G"
    NOT_VERIFIED = "G"


class Scope(StrEnum):
    COSMETIC = "cosmetic"
    OTC_DRUG = "otc_drug"
    RX = "rx"
    NONE = "none"


class Role(StrEnum):
    BASE = "base"
    VARIANT = "variant"  # a kind of a base step's product
    ACTIVE = "active"
    LABEL = "label"  # words on a step
    HARM = "harm"
    NEVER = "never"


class Time(StrEnum):
    MORNING = "morning"
    EVENING = "evening"


class Cost(StrEnum):
    """Roughly, and our judgement: no prices were collected."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


SUGGESTIBLE = frozenset({Role.BASE, Role.VARIANT, Role.ACTIVE})


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, str_min_length=1)


class Source(Strict):
    """Who says so: never an address alone."""

    authors: str
    work: str | None = None
    year: int | None = Field(default=None, ge=1950, le=2100)

    @model_validator(mode="after")
    def _is_no_address(self) -> Self:
        if "://" in self.authors or self.authors.startswith("www."):
            raise ValueError("an address alone is no source: name authors or a body")
        return self

    def words(self) -> str:
        """As in “Hughes et al. (2013): Ann Intern Med 158:781”."""
        year = f" ({self.year})" if self.year else ""
        return f"{self.authors}{year}" + (f": {self.work}" if self.work else "")


class Row(Strict):
    """What every row of the knowledge has."""

    id: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    sources: tuple[str, ...] = Field(min_length=1)
    status: Status
    version: int = Field(ge=1)


class Use(Strict):
    """How something is used. Days are days of the week, from the first weeks to the full pace."""

    times: tuple[Time, ...] = Field(min_length=1)  # the preferred one first
    start_days: int = Field(ge=1, le=7)
    full_days: int = Field(ge=1, le=7)
    amount: str

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.full_days < self.start_days:
            raise ValueError("full_days is less than start_days")
        return self


class Ingredient(Row):
    row: int = Field(ge=1)
    name: str
    role: Role
    good_for: str
    evidence: Grade
    scope: Scope
    note: str | None = None
    helps: tuple[Metric, ...] = ()
    classes: tuple[str, ...] = ()
    contains: tuple[Substance, ...] = ()
    variant_of: str | None = None
    without_prescription_in: tuple[str, ...] = ()  # country codes; empty: no matter where
    cost: Cost | None = None
    use: Use | None = None
    times: tuple[Time, ...] = ()  # of what others prescribe
    cautions: tuple[str, ...] = ()
    not_near_eyes: bool = False
    label: str | None = None
    never: str | None = None  # why it is not suggested

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.status is Status.NOT_VERIFIED and self.evidence in (Grade.A, Grade.B):
            raise ValueError("what is not verified (G) is never graded A or B")
        suggestible = self.role in SUGGESTIBLE
        if suggestible and self.scope not in (Scope.COSMETIC, Scope.OTC_DRUG):
            raise ValueError(f"{self.scope} must not be suggested; its role is never")
        if suggestible and self.evidence is Grade.X:
            raise ValueError("grade X must not be suggested")
        if suggestible and (self.use is None or self.cost is None):
            raise ValueError("what may be suggested needs use and cost")
        if self.role is Role.NEVER and not self.never:
            raise ValueError("what is never suggested needs the reason (never)")
        if self.role in (Role.LABEL, Role.HARM) and not self.label:
            raise ValueError(f"the role {self.role} needs a label")
        if (self.role is Role.VARIANT) != (self.variant_of is not None):
            raise ValueError("variant_of goes with the role variant, and only with it")
        return self

    @property
    def names(self) -> frozenset[str]:
        """What rows elsewhere may call it: its id and its classes."""
        return frozenset({self.id, *self.classes})

    @property
    def usage(self) -> Use:
        """How it is used; only of what may be suggested."""
        if self.use is None:
            raise ValueError(f"{self.id} is not suggested, so no use is known")
        return self.use

    @property
    def usual_times(self) -> tuple[Time, ...]:
        return self.use.times if self.use else self.times


class ConcernLimit(Strict):
    metric: Metric
    words: str
    beyond: float = Field(ge=0, le=100)  # points


class Rule(Row):
    title: str
    text: str
    about: tuple[str, ...] = ()  # ingredients or classes
    builds_on: tuple[str, ...] = ()


class Interaction(Row):
    kind: Literal[
        "separate_times", "not_same_day_half", "never_together", "needs", "caution", "fine"
    ]
    one: tuple[str, ...] = Field(min_length=1)
    other: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    text: str


class Contraindication(Row):
    effect: Literal["avoid", "ask"]
    targets: tuple[str, ...] = Field(min_length=1)
    when: tuple[Fact, ...] = Field(min_length=1)
    text: str
    rules: tuple[str, ...] = ()


class RedFlag(Row):
    trigger: str
    urgency: Literal[
        "emergency",
        "same_day",
        "urgent_dermatologist",
        "dermatologist",
        "clinician",
        "mental_health",
    ]
    note: str | None = None
