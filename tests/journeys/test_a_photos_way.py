"""The main journey: from registration over two scored photos to trends, and out for good."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.metrics import FACTS, Metric
from core.settings import ROOT
from tests.journeys.conftest import watch
from tests.journeys.steps import begin_check, register, sign_out, signed_in
from tests.running import Product

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

FACES = Path(os.environ.get("SKINCARE_FACES", ROOT.parent / "shared" / "faces"))
PORTRAIT = ROOT / "data" / "demonstration" / "astronaut.jpg"
SCORED_WITHIN = 60_000  # milliseconds; the model is loaded for the first photo


def real_face(number: int) -> Path:
    faces = sorted(FACES.glob("london/images/*_neutral.jpg"))
    if not faces:
        pytest.skip(f"needs the photos of the face set in {FACES} (SKINCARE_FACES)")
    return faces[number]


def upload(page: Page, photo: Path) -> None:
    """Send a photo as a person does; ends when the page has moved on by itself."""
    begin_check(page)
    page.locator('input[type="file"]').set_input_files(photo)
    button = page.get_by_role("button", name="Check this photo")
    expect(button).to_be_enabled()
    button.click()


def expect_scores(page: Page) -> None:
    page.wait_for_url(re.compile(r"/result\?"), timeout=SCORED_WITHIN)
    expect(page.get_by_text("Skin score").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"likely \d+–\d+")).first).to_be_visible()


def test_from_registration_to_trends_and_out_again(
    page: Page, product: Product, browser: Browser
) -> None:
    register(page)
    upload(page, real_face(0))
    # The stages pass before the result, without a reload.
    expect(page.get_by_text("Finding your face").first).to_be_visible()
    expect_scores(page)
    for metric in Metric:
        expect(page.get_by_text(FACTS[metric].name, exact=True).first).to_be_visible()
    metrics = page.locator(".metrics label")
    metrics.filter(has_text="Spots").click()
    expect(page.get_by_role("heading", name="Spots")).to_be_visible()
    expect(page.locator(".over.areas .ink")).to_have_count(1)  # outlines
    metrics.filter(has_text="Redness").click()
    expect(page.get_by_role("heading", name="Redness")).to_be_visible()
    expect(page.locator(".over.veil image")).to_have_count(1)  # each score has its own picture

    page.goto("/")
    expect(page.get_by_text("This was your first check")).to_be_visible()
    upload(page, real_face(1))
    expect_scores(page)
    page.goto("/trends")
    expect(page.get_by_role("heading", name="Skin score")).to_be_visible()
    expect(page.locator(".vega-embed canvas, .vega-embed svg").first).to_be_visible()

    page.reload()
    expect(signed_in(page)).to_be_visible()
    copied = page.context.cookies()
    sign_out(page)
    page.go_back()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    thief = browser.new_context(base_url=product.address)
    thief.add_cookies(copied)  # type: ignore[arg-type] # read with more keys than are written
    stolen = thief.new_page()
    stolen.goto("/trends")
    expect(stolen.get_by_role("button", name="Sign in")).to_be_visible()
    thief.close()


def test_the_portrait_that_every_machine_has_is_scored_with_honest_gaps(page: Page) -> None:
    register(page)
    upload(page, PORTRAIT)
    expect_scores(page)
    # The face is about 110 pixels wide: pores cannot be seen in it, and the page says so.
    expect(page.get_by_text(re.compile("not measurable", re.IGNORECASE)).first).to_be_visible()


def test_a_photo_without_a_face_is_refused_with_what_to_do(page: Page, tmp_path: Path) -> None:
    from PIL import Image

    wall = tmp_path / "wall.jpg"
    Image.effect_noise((800, 800), 40).convert("RGB").save(wall)
    register(page)
    upload(page, wall)
    expect(page.get_by_text(re.compile("no face", re.IGNORECASE)).first).to_be_visible(
        timeout=SCORED_WITHIN
    )
    page.get_by_role("button", name="Try another photo").click()
    expect(page.get_by_role("button", name="Check this photo")).to_be_visible()


def test_a_file_that_is_no_photo_is_refused_at_once(page: Page, tmp_path: Path) -> None:
    letter = tmp_path / "letter.jpg"
    letter.write_text("Dear face,")
    register(page)
    begin_check(page)
    page.locator('input[type="file"]').set_input_files(letter)
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    expect(page.get_by_role("button", name="Check this photo")).to_be_disabled()
    assert "Traceback" not in page.inner_text("body")


def test_the_camera_takes_a_photo_and_sends_it(product: Product, browser: Browser) -> None:
    page = browser.new_context(base_url=product.address, permissions=["camera"]).new_page()
    page.set_default_timeout(20_000)
    complaints = watch(page)
    register(page)
    begin_check(page)
    page.get_by_text("Use the camera").click()
    playing = "() => (document.querySelector('video')?.videoWidth ?? 0) > 0"
    page.wait_for_function(playing)
    page.get_by_role("button", name="Take Photo").click()
    expect(page.get_by_role("button", name="Clear photo")).to_be_visible()
    button = page.get_by_role("button", name="Check this photo")
    expect(button).to_be_enabled(timeout=20_000)
    button.click()
    # Chromium's false camera shows a moving test picture, and no face that could be scored.
    expect(page.get_by_role("heading", name="This photo cannot be scored")).to_be_visible(
        timeout=SCORED_WITHIN
    )
    assert complaints == []
    page.context.close()
