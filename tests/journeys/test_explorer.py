"""An analyst in the browser: a chart is clicked, an address shared, two cohorts compared."""

from __future__ import annotations

import contextlib
import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from core.analytics import Because, Period
from tests import analytics_rows as rows
from tests.journeys import steps
from tests.journeys.staff import make_staff
from tests.running import Product

pytestmark = pytest.mark.slow


def release(product: Product) -> None:
    """As the worker does when a block is over; here of people that are known."""
    owner = (product.var / "run" / "database_owner_url").read_text().strip()
    engine = create_engine(owner)
    with Session(engine) as session, session.begin():
        rows.partitions(session)
        for period in Period:
            rows.metric(session, "", {("", ""): (310, 33.5)}, period=period)
            rows.metric(
                session,
                "tone_band",
                {("light", ""): (200, 30.0), ("tan", ""): Because.FEW, ("dark", ""): (100, 40.0)},
                period=period,
            )
    engine.dispose()


def test_an_analyst_clicks_shares_compares_and_is_told_why_a_group_is_hidden(
    page: Page, product: Product
) -> None:
    release(product)
    who = steps.register(page, consent=False)
    make_staff(product, who.email, "analyst")
    page.context.clear_cookies()
    steps.sign_in(page, who)
    page.goto("/explorer?metric=redness&by=tone_band")
    asked = page.get_by_role("heading", level=3)
    expect(asked).to_have_text("How is redness distributed among people, by skin tone?")
    expect(page.get_by_text("Tan: fewer than 10 people")).to_be_visible()

    # The topmost ridge is of light skin: clicking its mean asks for that group alone.
    points = page.locator(".js-plotly-plot .scatterlayer .point")
    expect(points).to_have_count(2)
    points.last.click(force=True)
    expect(asked).to_have_text("How is redness distributed among people, of skin tone light?")
    expect(page).to_have_url(re.compile(r"/explorer\?metric=redness&tone_band=light$"))

    # The address says all: another tab shows the same.
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("heading", level=3)).to_have_text(asked.inner_text())
    other.close()

    page.get_by_text("Filters and second cohort").click()
    compare(page)
    expect(page.get_by_text(re.compile("A less B: −"))).to_be_visible()
    expect(page).to_have_url(re.compile("b.=everybody"))

    with page.expect_download() as table:
        page.get_by_role("button", name="CSV").click()
    assert b"redness" in table.value.path().read_bytes().lower()
    page.locator(".js-plotly-plot").first.hover()
    with page.expect_download() as picture:
        page.locator('[data-title*="Download"]').first.click()
    assert picture.value.suggested_filename == "skincare-statistics.svg"
    assert b"<svg" in picture.value.path().read_bytes()

    # Charts are linked: what is clicked in one filters all of them.
    page.goto("/explorer?metric=redness")
    page.get_by_text("Linked charts:").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(3)  # the answer, over time, by tone
    page.locator(".js-plotly-plot").last.locator(".point").first.click(force=True)
    expect(page).to_have_url(re.compile(r"/explorer\?metric=redness&tone_band=light$"))
    expect(page.get_by_role("button", name="Skin tone: Light")).to_be_visible()


def compare(page: Page) -> None:
    """Turn the second cohort on. A click that comes while the section still opens may miss it."""
    switch = page.get_by_role("switch", name="Compare with a second cohort")
    for _ in range(3):
        page.get_by_text("Compare with a second cohort").click()
        with contextlib.suppress(AssertionError):
            expect(switch).to_be_checked(timeout=10_000)
            return
    expect(switch).to_be_checked()
