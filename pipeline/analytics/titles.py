"""A question in words, as it stands above its chart."""

from __future__ import annotations

from datetime import timedelta

from core.analytics import Fact
from pipeline.analytics.questions import GROUPED, Question, View, Where
from pipeline.analytics.words import FACT_NAMES, of_metric, of_region, of_value


def of(question: Question) -> str:
    """One sentence, with a question mark."""
    metric = of_metric(question.metric).lower()
    if question.region != "face":
        metric += f" ({of_region(question.region)})"
    about = {
        View.SPREAD: f"How is {metric} distributed among people",
        View.TREND: f"How does {metric} run over time",
        View.AGE_AND_TONE: f"How high is {metric} at each age and skin tone",
        View.TOGETHER: "Which metrics go together",
        View.INGREDIENTS: "What changes after people start an ingredient, more than in others",
        View.RETURNING: "How many of those who began come back",
        View.PHOTOS: f"How do people differ in “{_measure(question.measure)}”",
    }[question.view]
    if question.by is not None and question.view in GROUPED:
        about += f", by {FACT_NAMES[question.by].lower()}"
    if question.where:
        about += f", of {of_cohort(question.where)}"
    if question.against is not None:
        about += f", against {of_cohort(question.against)}"
    if question.since or question.until:
        about += f", {_time(question)}"
    return f"{about}?"


def of_cohort(cohort: Where) -> str:
    """A cohort in a few words, as “skin tone tan or brown, device phone”."""
    if not cohort:
        return "everybody"
    return ", ".join(_fact(fact, cohort[fact]) for fact in sorted(cohort))


def _measure(name: str) -> str:
    said = of_metric(name).replace(": ", ", ")
    return said[:1].lower() + said[1:]


def _fact(fact: Fact, values: tuple[str, ...]) -> str:
    said = [of_value(value) for value in values]
    listed = " or ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
    return f"{FACT_NAMES[fact].lower()} {listed.lower() if fact is not Fact.ZONE else listed}"


def _time(question: Question) -> str:
    since, until = question.since, question.until
    last = None if until is None else until - timedelta(days=1)
    if since and last:
        return f"{since:%-d %b %Y} to {last:%-d %b %Y}"
    return f"since {since:%-d %b %Y}" if since else f"until {last:%-d %b %Y}"
