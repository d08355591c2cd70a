"""The page that is shown while nothing else can be: readable, and loaded again by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from api.waiting_page import waiting_page


def test_it_is_a_503_that_says_when_to_come_again() -> None:
    shown = waiting_page("Soon.", title="one moment", heading="One moment", seconds=7)
    assert (shown.status_code, shown.headers["retry-after"]) == (503, "7")
    assert '<meta http-equiv="refresh" content="7">' in bytes(shown.body).decode()


@pytest.mark.slow
@pytest.mark.browser
def test_its_words_are_light_on_dark_and_dark_on_light(browser: Browser) -> None:
    shown = waiting_page("Soon.", title="one moment", heading="One moment", seconds=900)
    colours = {}
    for scheme in ("light", "dark"):
        page = browser.new_page()
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_content(bytes(shown.body).decode())
        colours[scheme] = page.evaluate("getComputedStyle(document.querySelector('p')).color")
        page.close()
    assert colours == {"light": "rgb(0, 0, 0)", "dark": "rgb(255, 255, 255)"}
