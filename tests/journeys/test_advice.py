"""From a check to its advice; and what a person tells changes it before their eyes."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from core.examination import Score
from core.metrics import Metric, Region
from core.people import Purpose
from core.settings import embedded_database_url_file
from data import demonstration, users
from pipeline.consents import WORDING
from tests.journeys.steps import choose, open_from_section, register
from tests.journeys.test_a_photos_way import PORTRAIT, SCORED_WITHIN, upload
from tests.running import Product

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


def test_after_a_check_its_advice_is_one_click_away(page: Page) -> None:
    register(page)
    upload(page, PORTRAIT)
    page.wait_for_url(re.compile(r"/result\?"), timeout=SCORED_WITHIN)
    page.get_by_role("button", name="What to do: your advice").click()
    expect(page.get_by_role("heading", name="Morning")).to_be_visible()
    expect(page.get_by_text("Gentle cleanser").first).to_be_visible()
    expect(page.get_by_text("SPF 30").first).to_be_visible()
    page.get_by_text("Cautions and sources").first.click()
    expect(page.get_by_text("NG198").first).to_be_visible()  # who says so
    page.reload()
    expect(page.get_by_role("heading", name="Evening")).to_be_visible()


def test_pregnancy_ticked_takes_retinoids_away_and_says_why(page: Page, product: Product) -> None:
    somebody = register(page)
    check_with_fine_lines(product, somebody.email)
    open_from_section(page, "Care", "Advice")
    page.get_by_text("Answer these to leave less out").click()
    page.get_by_role("spinbutton", name="Age").fill("34")
    choose(page, "Skin type", "Normal")
    page.get_by_text("None of these", exact=True).first.click()
    for question in ("Allergies", "Skin and health", "Medicines that", "On your skin now"):
        choose(page, question, "None of these")
    choose(page, "What your skin did not tolerate", "Vitamin C")  # it would come first
    page.get_by_text(WORDING[Purpose.HEALTH_ANSWERS]).click()
    page.get_by_role("button", name="Save answers").click()
    expect(page.get_by_text("Begin with: Retinol")).to_be_visible()

    tick_pregnant(page)
    page.get_by_role("button", name="Save answers").click()
    expect(page.get_by_text("Left out for you")).to_be_visible()
    expect(page.get_by_text("Begin with: Retinol")).to_have_count(0)
    left_out = page.locator(".said li", has_text="Retinol")
    expect(left_out).to_contain_text("Not in pregnancy, while planning one")
    expect(left_out).to_contain_text("Bozzo et al. (2011)")


def check_with_fine_lines(product: Product, email: str) -> None:
    """A check whose scores are known: what a model sees in some photo is not the subject here."""
    lines = Score(60, 50, 66)
    calm = {metric: Score(10, 5, 15) for metric in Metric} | {Metric.HYDRATION: Score(90, 85, 95)}
    regions = {region: {m: s for m, s in calm.items() if m != "skin_score"} for region in Region}
    engine = create_engine(embedded_database_url_file(product.var).read_text().strip())
    with Session(engine) as session, session.begin():
        person = users.by_email(session, email)
        assert person is not None
        demonstration.add_simulated_check(
            session,
            person.user_id,
            datetime.now(UTC),
            calm | {Metric.FINE_LINES: lines},
            regions,
        )
    engine.dispose()


def tick_pregnant(page: Page) -> None:
    """The page may still be drawn anew after the first saving: a click then goes nowhere."""
    said = page.get_by_text("Pregnant", exact=True)
    chosen = page.get_by_role("radio", name="Pregnant", exact=True)
    for _ in range(3):
        if not said.is_visible():
            page.get_by_text("Your answers", exact=True).click()
        said.click()
        with contextlib.suppress(AssertionError):
            expect(chosen).to_be_checked(timeout=10_000)
            return
    expect(chosen).to_be_checked()
