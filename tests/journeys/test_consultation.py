"""A question and its answer: one person and two dermatologists at once, each in a window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.metrics import FACTS
from core.people import Purpose
from core.reviews import GRADED
from pipeline.consents import WORDING
from tests.journeys.conftest import PATIENCE, watch
from tests.journeys.staff import make_staff
from tests.journeys.steps import (
    Somebody,
    begin_check,
    choose,
    open_from_section,
    register,
    sign_in,
    sign_out,
    until_focused,
)
from tests.journeys.test_a_photos_way import PORTRAIT, upload
from tests.running import Product, running

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(400)]

QUESTION = "Is the redness on my cheek something to treat?"
REASON = "I cannot take it alone"
OVERVIEW = ".st-key-case_viewer image[href^='blob:']"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Of its own: nobody else's questions are in this queue."""
    with running(tmp_path_factory.mktemp("product") / "var") as started:
        yield started


@pytest.fixture
def windows(browser: Browser, product: Product, tmp_path: Path) -> Iterator[list[Page]]:
    """Three windows of three people: theirs, and of two dermatologists."""
    expect.set_options(timeout=PATIENCE)
    contexts = [
        browser.new_context(base_url=product.address, viewport={"width": 1280, "height": 900})
        for _ in range(3)
    ]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(PATIENCE)
    complaints = [watch(page) for page in pages]
    yield pages
    for number, page in enumerate(pages):
        page.screenshot(path=tmp_path / f"last_{number}.png")
        page.context.close()
    assert complaints == [[], [], []]


def test_a_question_is_asked_claimed_by_one_graded_blind_answered_and_closed(
    windows: list[Page], product: Product
) -> None:
    person, first, second = windows
    ask_about_a_check(person)
    for page in (first, second):
        sign_in_as_dermatologist(page, product)
        expect(page.get_by_role("button", name="Claim")).to_have_count(1)

    # Both see it waiting; one wins, the other is told.
    first.get_by_role("button", name="Claim").click()
    expect(first.get_by_text(QUESTION)).to_be_visible()
    second.get_by_role("button", name="Claim").click()
    expect(second.get_by_test_id("stAlert").first).to_contain_text("colleague")
    expect(second.get_by_role("button", name="Claim")).to_have_count(0)

    expect(first.get_by_text(f"Side view missing: {REASON}")).to_be_visible()
    expect(first.locator(OVERVIEW)).to_have_count(1)
    answer_with_the_keyboard_alone(first)

    # The person is told on the page that is open, reads, replies and closes.
    person.get_by_role("link", name=re.compile("Notifications: [1-9]")).click()
    expect(person.get_by_text("A dermatologist has replied")).to_be_visible()
    person.locator("[class*='st-key-open_'] button").first.click()
    expect(person.get_by_text("What I see fits mild rosacea")).to_be_visible()
    expect(person.get_by_text("See a doctor within a few days")).to_be_visible()
    person.get_by_label("Write to the dermatologist").fill("Thank you, I will try that.")
    person.get_by_role("button", name="Send", exact=True).click()
    expect(person.get_by_text("Thank you, I will try that.")).to_be_visible()
    person.get_by_role("button", name="Close it: that answers my question").click()
    expect(person.get_by_text("You can always ask a new question.")).to_be_visible()


def test_a_consent_taken_back_hides_the_photos_at_once(
    windows: list[Page], product: Product
) -> None:
    person, dermatologist, _ = windows
    ask_about_a_check(person)
    sign_in_as_dermatologist(dermatologist, product)
    dermatologist.get_by_role("button", name="Claim").click()
    expect(dermatologist.locator(OVERVIEW)).to_have_count(1)
    open_from_section(person, "Account", "Profile")
    person.get_by_role("tab", name="Consents").click()
    person.locator(f".st-key-consent_{Purpose.DERMATOLOGIST.value} button").click()
    # Nobody touches the dermatologist's window: it asks by itself.
    expect(dermatologist.get_by_text("Photos and scores are hidden")).to_be_visible()
    expect(dermatologist.locator(OVERVIEW)).to_have_count(0)
    expect(dermatologist.get_by_text(QUESTION)).to_be_visible()


def ask_about_a_check(page: Page) -> None:
    """A new person's check, and a question about it with one view missing."""
    register(page)
    begin_check(page)
    upload(page, PORTRAIT)
    page.get_by_role("button", name="Ask a dermatologist about it").click()
    page.get_by_label("Your question").fill(QUESTION)
    page.locator('input[type="file"]').first.set_input_files(PORTRAIT)  # the close-up
    expect(page.get_by_alt_text("The close-up photo that you chose")).to_be_visible()
    page.get_by_text(WORDING[Purpose.DERMATOLOGIST]).click()
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_test_id("stAlert").last).to_contain_text("side")  # and is not sent
    choose(page, "No side photo? Say why", REASON)
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("heading", name="Your question")).to_be_visible()
    expect(page.get_by_text("Side view missing")).to_be_visible()


def sign_in_as_dermatologist(page: Page, product: Product) -> None:
    somebody = register(page, Somebody(first_name="Dara", last_name="Skin"), consent=False)
    sign_out(page)
    make_staff(product, somebody.email)
    sign_in(page, somebody)
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()


def answer_with_the_keyboard_alone(page: Page) -> None:
    """Draw, grade blind, answer with a template: no mouse touches this page."""
    keyboard = page.keyboard
    keyboard.press("p")  # the tool, and into the photo
    expect(page.get_by_text("Click a place, or move the cross")).to_be_visible()
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Take back 1"))).to_be_visible()

    keyboard.press("g")
    expect(page.get_by_text("Blind.")).to_be_visible()
    expect(page.get_by_text("Model:")).to_have_count(0)
    for metric in GRADED:
        name = FACTS[metric].name
        until_focused(page, f'input[aria-label="{name}, 0 to 100"]')
        keyboard.type("35")
    keyboard.press("Control+Enter")
    expect(page.get_by_text("Kept. The scores are shown now.")).to_be_visible()
    expect(page.get_by_text("Model:").first).to_be_visible()

    keyboard.press("Escape")
    keyboard.press("a")
    editor = page.get_by_label("Answer", exact=True)
    expect(editor).to_be_focused()
    keyboard.press("Escape")
    keyboard.press("t")
    keyboard.type("Rosacea")
    keyboard.press("Enter")
    expect(editor).to_have_value(re.compile("What I see fits mild rosacea"))
    until_focused(page, ".st-key-answer_nets button")
    keyboard.press("Enter")
    net = page.get_by_label(re.compile("^When to get help sooner"))
    expect(net).to_have_value(re.compile("See a doctor within a few days"))
    # What stands in brackets has to be filled in first.
    keyboard.press("Escape")
    keyboard.press("Control+Enter")
    expect(page.get_by_text("[Treatment, and how to use it]").last).to_be_visible()
    for key, blank, words in (
        ("a", "[Treatment, and how to use it]", "Azelaic acid 15 %, thinly, every evening"),
        ("s", "[time]", "four weeks"),
    ):
        keyboard.press("Escape")
        keyboard.press(key)
        field = editor if key == "a" else net
        expect(field).to_be_focused()
        text = field.input_value().replace(blank, words).replace("[place]", "the cheeks")
        keyboard.press("Control+a")
        keyboard.insert_text(text)
    keyboard.press("Control+Enter")
    expect(page.get_by_text("Sent. The person has been told.")).to_be_visible()
