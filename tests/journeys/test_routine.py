"""A routine is adopted and ticked, and two irritations slow it down before the person's eyes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import choose, open_from_section, register
from tests.journeys.test_advice import check_with_fine_lines
from tests.running import Product

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


def log_irritation(page: Page, half: str) -> None:
    form = page.get_by_test_id("stForm").filter(has_text="Skin irritated?")
    form.get_by_text(half, exact=True).click()
    form.get_by_text("Burning", exact=True).click()
    form.get_by_role("button", name="Log irritation").click()
    expect(page.get_by_text(re.compile(r"^Noted[.,]")).first).to_be_visible()


def test_a_routine_is_adopted_ticked_and_slowed_down_by_irritation(
    page: Page, product: Product
) -> None:
    somebody = register(page)
    check_with_fine_lines(product, somebody.email)
    open_from_section(page, "Care", "Routine")
    page.get_by_role("button", name="Adopt the advised routine").click()
    expect(page.get_by_role("heading", name="Morning")).to_be_visible()

    page.get_by_test_id("stCheckbox").first.click()
    expect(page.get_by_text("You have begun.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("checkbox").first).to_be_checked()

    # An active of one's own, due every evening: what is advised begins in later weeks.
    page.get_by_text("Change the steps", exact=True).click()
    page.get_by_label("Name", exact=True).last.fill("Retinol serum")
    choose(page, "What for", "Active")
    page.get_by_role("button", name="Add step").click()
    expect(page.get_by_text("Added.")).to_be_visible()

    slowed_down = page.get_by_role("heading", name="Your routine is slowed down")
    log_irritation(page, "Morning")
    expect(slowed_down).to_be_hidden()
    log_irritation(page, "Evening")
    expect(slowed_down).to_be_visible()
    expect(page.get_by_text("If it burns or peels twice")).to_be_visible()
    expect(page.get_by_text("Slowed down to 3 days a week, from 7.").first).to_be_visible()

    page.get_by_role("button", name="Back to the usual days").click()
    expect(slowed_down).to_be_hidden()
