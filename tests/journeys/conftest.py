"""A page in a real browser, before the whole product (`product` and `browser` of tests/conftest).

`page`   Chromium at 1280 × 800 with an empty cookie jar. When its test ends, nothing may have
         broken the content security policy, and no script may have failed.

A journey in which something did not come, or a click led nowhere, is made once more: here a page
may be drawn anew between two steps of Playwright's, as it is not between two of a person's. The
report names each (RERUN), and one that comes again and again is a defect. What a journey asserts
of the product itself, and broken scripts and policies, fails at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from tests.running import Product

WAITED_IN_VAIN = ["TimeoutError", "(Locator|Page) expected"]
PATIENCE = 60_000.0  # milliseconds; this may be a small machine with much to do


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    again = pytest.mark.flaky(reruns=1, only_rerun=WAITED_IN_VAIN)
    for item in items:
        if here in item.path.parents:
            item.add_marker(again)


@pytest.fixture
def page(browser: Browser, product: Product, tmp_path: Path) -> Iterator[Page]:
    """A browser window; `page.goto("/")` is the product's first page."""
    context = browser.new_context(base_url=product.address, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    opened = context.new_page()
    complaints = watch(opened)
    yield opened
    opened.screenshot(path=tmp_path / "last.png")
    context.close()
    assert complaints == []


def watch(page: Page) -> list[str]:
    """A list that fills with what breaks the content security policy, and with script errors."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Permissions-Policy" in message.text:
            complaints.append(message.text)

    def failed(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", heard)
    page.on("pageerror", failed)
    return complaints
