"""At the width of a phone: every page fits, and the navigation is in reach and in nobody's way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.conftest import PATIENCE, watch
from tests.running import Product

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

PAGES = {"New check": "New check", "Result": "Result", "Trends": "Trends", "More": "More"}


@pytest.fixture
def phone(browser: Browser, product: Product) -> Iterator[Page]:
    context = browser.new_context(
        base_url=product.address,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        color_scheme="dark",
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    opened = context.new_page()
    complaints = watch(opened)
    yield opened
    context.close()
    assert complaints == []


def test_the_navigation_is_a_bar_at_the_bottom_on_every_page(phone: Page) -> None:
    steps.register(phone)
    bar = phone.get_by_role("navigation")
    for name, heading in PAGES.items():
        bar.get_by_role("link", name=name).tap()  # fails if anything covers it
        expect(phone.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        box = bar.bounding_box()
        assert box is not None
        assert (box["width"], box["y"] + box["height"]) == (390, 844)
        assert box["height"] < 100
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        expect(phone.get_by_test_id("stExpandSidebarButton")).to_be_hidden()


def test_the_end_of_a_page_is_not_behind_the_bar(phone: Page) -> None:
    steps.register(phone)
    steps.begin_check(phone)
    phone.get_by_role("navigation").get_by_role("link", name="New check").tap()
    last = phone.get_by_text("without place or camera data")
    last.scroll_into_view_if_needed()
    phone.mouse.move(195, 400)
    phone.mouse.wheel(0, 5000)
    expect(last).to_be_in_viewport()
    bar, end = phone.get_by_role("navigation").bounding_box(), last.bounding_box()
    assert bar is not None
    assert end is not None
    assert end["y"] + end["height"] <= bar["y"]
