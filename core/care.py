"""Words about what people do for their skin: routines, the diary, trials."""

from __future__ import annotations

from enum import StrEnum


class Half(StrEnum):
    """Of a day."""

    MORNING = "morning"
    EVENING = "evening"


class StepKind(StrEnum):
    """What a step of a routine is for; the order is that of a routine."""

    CLEANSE = "cleanse"
    ACTIVE = "active"
    MOISTURISE = "moisturise"
    PROTECT = "protect"
    OTHER = "other"


class Source(StrEnum):
    """Where a routine comes from."""

    ADVICE = "advice"
    OWN = "own"


class Topic(StrEnum):
    """What a line of the diary is about."""

    IRRITATION = "irritation"
    SLEEP = "sleep"
    SUN = "sun"
    CYCLE = "cycle"
    PRODUCT = "product"


class Sign(StrEnum):
    """How irritation shows."""

    BURNING = "burning"
    PEELING = "peeling"
    REDNESS = "redness"
    ITCHING = "itching"


class Outcome(StrEnum):
    """What a trial says of one metric."""

    BETTER = "better"  # a real change that the person would like
    WORSE = "worse"
    NO_CHANGE = "no_change"  # too small to matter, and that is known
    UNCLEAR = "unclear"  # the interval holds both
    TOO_FEW = "too_few"  # checks that measured it


class TrialState(StrEnum):
    BASELINE = "baseline"  # checks before the change are collected
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"  # by the person, before its time


# From what a photo of the day can show, to what a calendar allows.
LEAST_BASELINE = 3  # checks before the change
LEAST_AFTER = 4  # checks after it
TRIAL_WEEKS = (8, 12)  # shortest and longest
MOST_METRICS = 4  # that one trial may judge: each more makes a false alarm likelier
