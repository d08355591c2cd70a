"""The regression from tables against statsmodels on the people themselves."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from core.analytics import Fact
from pipeline.analytics.adjust import Margin, fit

FACTS = (Fact.AGE_BAND, Fact.DEVICE, Fact.TONE_BAND)


def people(seed: int = 7, n: int = 20_000) -> pd.DataFrame:
    """Darker people use phones more often, and phones score higher: a confounder."""
    rng = np.random.default_rng(seed)
    tone = rng.choice(["dark", "light"], n, p=[0.4, 0.6])
    phone = rng.random(n) < np.where(tone == "dark", 0.9, 0.4)
    age = rng.choice(["18-24", "25-34", "35-44"], n)
    value = 40 + 6 * phone + 2 * (age == "35-44") + rng.normal(0, 8, n)
    return pd.DataFrame(
        {
            "tone_band": tone,
            "device": np.where(phone, "phone", "computer"),
            "age_band": age,
            "value": value,
        }
    )


def tables(frame: pd.DataFrame) -> tuple[dict[Fact, Margin], dict[tuple[Fact, Fact], np.ndarray]]:
    margins = {}
    for fact in FACTS:
        of = frame.groupby(fact.value)["value"].agg(["count", "mean"])
        margins[fact] = Margin(
            tuple(of.index), of["count"].to_numpy(float), of["mean"].to_numpy(float)
        )
    joint = {
        (one, other): pd.crosstab(frame[one.value], frame[other.value]).to_numpy(float)
        for one, other in combinations(FACTS, 2)
    }
    return margins, joint


def test_adjusted_means_are_those_of_a_regression_on_the_people() -> None:
    frame = people()
    margins, joint = tables(frame)
    found = fit(margins, joint, sd=float(frame["value"].std()), mean=float(frame["value"].mean()))
    changes = {change.group: change for change in found.changes(Fact.TONE_BAND, 1)}
    theirs = smf.ols("value ~ C(tone_band) + C(device) + C(age_band)", frame).fit()
    for tone, change in changes.items():
        expected = theirs.predict(frame.assign(tone_band=tone)).mean()
        assert change.after == pytest.approx(expected, abs=1e-6)
    assert found.variance == pytest.approx(theirs.scale, rel=0.01)
    before = changes["dark"].before - changes["light"].before
    after = changes["dark"].after - changes["light"].after
    assert before > 2.5  # the phones
    assert abs(after) < 0.4  # not the tone
    assert changes["dark"].low < changes["dark"].after < changes["dark"].high


def test_rounded_counts_and_a_hidden_cell_move_it_little() -> None:
    frame = people(n=4000)
    margins, joint = tables(frame)
    exact = fit(margins, joint, sd=8.0, mean=float(frame["value"].mean()))
    rough = {pair: np.maximum(5 * np.round(table / 5), 5.0) for pair, table in joint.items()}
    rounded = fit(margins, rough, sd=8.0, mean=float(frame["value"].mean()))
    for one, other in zip(
        exact.changes(Fact.TONE_BAND, 1), rounded.changes(Fact.TONE_BAND, 1), strict=True
    ):
        assert other.after == pytest.approx(one.after, abs=0.1)
