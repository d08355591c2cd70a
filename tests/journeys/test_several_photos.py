"""Three photos in one check; what was seen on the face; the face beside an earlier one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance
from playwright.sync_api import Locator, Page, expect

from core.settings import ROOT
from tests.journeys.steps import begin_check, register

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

PORTRAIT = ROOT / "data" / "demonstration" / "astronaut.jpg"
SCORED_WITHIN = 60_000  # milliseconds


def shots(folder: Path, number: int) -> list[Path]:
    """The portrait as if taken several times: a little lighter each."""
    files = []
    with Image.open(PORTRAIT) as portrait:
        for shot in range(number):
            files.append(folder / f"shot{shot}.jpg")
            ImageEnhance.Brightness(portrait).enhance(1 + 0.05 * shot).save(files[-1], quality=95)
    return files


def check(page: Page, photos: list[Path]) -> None:
    begin_check(page)
    page.locator('input[type="file"]').set_input_files(photos)
    expect(page.get_by_role("button", name="Remove")).to_have_count(len(photos))
    page.get_by_role("button", name=re.compile("^Check th")).click()
    page.wait_for_url(re.compile(r"/result\?"), timeout=SCORED_WITHIN)
    expect(page.locator(".stage svg").first).to_be_visible()


def seen_part(face: Locator) -> list[float]:
    return [round(float(number), 3) for number in (face.get_attribute("viewBox") or "").split()]


def test_three_photos_are_one_check_and_its_face_can_be_explored_and_compared(
    page: Page, tmp_path: Path
) -> None:
    register(page)
    photos = shots(tmp_path, 3)
    check(page, photos[:1])
    check(page, photos)
    expect(page.get_by_text("All 3 photos count")).to_be_visible()
    expect(page.get_by_text("Used, shown above")).to_have_count(1)
    expect(page.get_by_text("Used", exact=True)).to_have_count(2)

    sent: list[object] = []
    page.on("websocket", lambda _: sent.append("a new connection"))
    stage, face = page.locator(".stage"), page.locator(".stage svg").first
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)

    page.locator(".metrics label").filter(has_text="Redness").click()
    veil = page.locator(".over.veil")
    expect(veil.locator("image")).to_have_attribute("href", re.compile("^data:image/png"))
    page.get_by_label("Strength of the overlay").press("Home")
    expect(veil).to_have_css("opacity", "0")
    page.get_by_label("Strength of the overlay").press("End")
    expect(veil).to_have_css("opacity", "1")
    page.locator(".metrics input:checked").press("ArrowRight")  # radio buttons: arrows choose
    expect(page.get_by_role("heading", name="Spots")).to_be_visible()
    regions = page.locator(".region").first
    expect(regions).to_be_visible()
    page.get_by_label("Regions").uncheck()
    expect(regions).to_be_hidden()

    assert seen_part(face) == [0, 0, 768, 960]
    stage.press("+")
    stage.press("ArrowRight")
    x, y, width, height = seen_part(face)
    assert (width, height) == (512, 640)
    assert (x, y) == (168, 160)  # the middle, and a step to the right
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2)
    page.mouse.up()
    assert seen_part(face)[0] < x  # dragged along
    page.get_by_role("button", name="Whole face").click()
    assert seen_part(face) == [0, 0, 768, 960]
    assert sent == []

    earlier_checks = page.get_by_label("Compare with an earlier check")
    earlier_checks.click()
    earlier_checks.press("ArrowDown")
    page.get_by_role("option", name=re.compile(r"\d\d:\d\d")).click()
    expect(page.locator(".stage svg")).to_have_count(2)
    earlier, now = page.locator(".stage svg").all()
    page.get_by_role("button", name="Zoom in").click()
    assert seen_part(earlier) == seen_part(now)  # both at the same place
    expect(page.get_by_text(re.compile(r"^(Since|Against) \d"))).to_be_visible()
    page.locator(".ways label").filter(has_text="Swipe").click()
    swipe = page.locator(".swipe input")
    swipe.press("Home")
    covered = "getComputedStyle(document.activeElement.shadowRoot.querySelector('.now')).clipPath"
    assert page.evaluate(covered).endswith(" 0%)")
    for _ in range(3):
        swipe.press("ArrowRight")
    assert page.evaluate(covered).endswith(" 3%)")


def test_the_face_fills_a_phone_and_nothing_sticks_out(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    register(page)
    check(page, shots(tmp_path, 2))
    box = page.locator(".stage").bounding_box()
    assert box is not None
    assert box["width"] > 340
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in page.locator(".viewer :is(.pills label, button, .regions)").all():
        if control.is_visible():
            size = control.bounding_box()
            assert size is not None
            assert size["x"] >= 0
            assert size["x"] + size["width"] <= 390
            assert size["height"] >= 36  # a thumb hits it
