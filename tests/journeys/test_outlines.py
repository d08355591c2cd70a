"""What can be ticked can be seen before it is, on paper and in the dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import register

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

LEAST = 3.0  # WCAG 2.2, 1.4.11: of the parts by which a control is known

# Contrast of the outline, drawn over what lies behind it, to what lies behind it; of each control.
CONTRASTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const paint = (...colours) => {
    colours.forEach(colour => { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); });
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = rgb => rgb.map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const page = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  const controls = document.querySelectorAll(
    '[data-testid="stRadioOption"] > div > div:first-child, ' +
    '[data-testid="stCheckbox"] label > span + div');
  return [...controls].map(control => {
    const outline = light(paint(page, getComputedStyle(control).borderTopColor));
    const behind = light(paint(page));
    return (Math.max(outline, behind) + 0.05) / (Math.min(outline, behind) + 0.05);
  });
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_can_be_ticked_stands_out_from_the_page(page: Page, theme: str) -> None:
    register(page)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto("/new-check")
    expect(page.get_by_test_id("stRadioOption")).to_have_count(8)
    expect(page.get_by_test_id("stCheckbox").first).to_be_visible()
    found = page.evaluate(CONTRASTS)
    assert len(found) >= 9
    assert min(found) >= LEAST
