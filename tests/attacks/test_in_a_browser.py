"""Row 9 and the content security policy, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.attacks.conftest import Served
from tests.attacks.probe.words import HOSTILE
from tests.journeys.conftest import PATIENCE, watch

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(180)]

Open = Callable[[str], tuple[Page, list[str], list[str]]]


@pytest.fixture
def opened(browser: Browser, probed: Served) -> Iterator[Open]:
    """Opens `?show=…` as somebody signed in: the page, complaints, and addresses that answered.

    What the policy forbids never leaves the browser: to Playwright such a request has failed.
    """
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(base_url=probed.address, permissions=["camera"])
    cookies = probed.signed_in(probed.anybody).cookies
    context.add_cookies(
        [{"name": n, "value": v, "url": probed.address} for n, v in cookies.items()]
    )

    def open_(show: str) -> tuple[Page, list[str], list[str]]:
        page = context.new_page()
        complaints = watch(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: asked.remove(request.url))
        page.goto(f"/?show={show}")
        expect(page.get_by_text("user ")).to_be_visible()
        return page, complaints, asked

    yield open_
    context.close()


def test_charts_camera_and_uploads_work_under_the_policy(opened: Open, probed: Served) -> None:
    page, complaints, asked = opened("charts")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
    expect(page.get_by_test_id("stImage").locator("img")).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    expect(page.get_by_test_id("stCameraInput")).to_be_visible()
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 1000}
    )
    expect(page.get_by_text("photo.jpg")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="csv", exact=True).click()
    assert download.value.suggested_filename == "scores.csv"
    page.wait_for_timeout(1500)
    assert complaints == []
    assert [url for url in asked if not url.startswith((probed.address, "data:", "blob:"))] == []


def test_what_people_wrote_stands_there_letter_for_letter(opened: Open) -> None:
    page, _, _ = opened("words")
    shown = page.get_by_test_id("stAlert").inner_text()
    assert shown.replace("\u2060", "").strip() == HOSTILE
    assert page.get_by_test_id("stAlert").locator("a, img, strong, code, svg.katex").count() == 0
    assert page.get_by_test_id("stText").nth(1).inner_text() == HOSTILE


def test_a_page_that_forgets_to_escape_still_loads_nothing_from_elsewhere(opened: Open) -> None:
    page, complaints, asked = opened("beacon")
    expect(page.get_by_test_id("stMarkdown").locator("img")).to_have_count(1)
    page.wait_for_timeout(1500)
    assert any("img-src" in complaint for complaint in complaints)  # tried, and refused
    assert [url for url in asked if "evil.example" in url] == []
