"""A red flag stops the check before a photo is taken, and is answered with the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from pipeline.safety.questions import questionnaire
from tests.journeys.steps import (
    answer_safety_questions,
    choose,
    open_from_section,
    register,
    until_focused,
)

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

TEXT = {item.id: item.text for item in questionnaire().items()}
CAMERA = 'input[type="file"]'


def test_a_red_flag_stops_the_check_until_somebody_qualified_has_seen_it(page: Page) -> None:
    register(page)
    page.goto("/new-check")
    expect(page.get_by_text(questionnaire().sections[0].question)).to_be_visible()
    answer_safety_questions(page, yes="now")
    page.get_by_text(TEXT["spreading_redness"]).click()
    expect(page.get_by_text("See a doctor today").first).to_be_visible()  # before it is saved
    page.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_text("No check for now")).to_be_visible()
    expect(page.locator(CAMERA)).to_have_count(0)
    page.reload()
    expect(page.get_by_text("See a doctor today").first).to_be_visible()
    expect(page.locator(CAMERA)).to_have_count(0)

    open_from_section(page, "Care", "Safety questions")
    page.get_by_role("link", name="Ask a dermatologist here, with these answers").click()
    expect(page.get_by_label("Your question")).to_have_value(
        re.compile(re.escape(TEXT["spreading_redness"]), re.IGNORECASE)
    )
    expect(page.get_by_text("goes with your question, and puts it in front")).to_be_visible()
    for view in ("overview", "close-up", "side"):
        choose(page, f"No {view} photo? Say why", "I do not want to show it")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("heading", name="Your question")).to_be_visible()
    expect(page.get_by_text("From the safety questions")).to_be_visible()

    open_from_section(page, "Care", "Safety questions")
    page.get_by_text("Somebody qualified has seen it", exact=True).click()
    page.get_by_role("button", name="It was seen on this day").click()
    expect(page.get_by_text("Nothing of what you told us stops a check.")).to_be_visible()
    page.get_by_role("button", name="New check").click()
    expect(page.locator(CAMERA)).to_have_count(1)


def test_the_whole_questionnaire_is_answered_with_the_keyboard(page: Page) -> None:
    register(page)
    page.goto("/new-check")
    asked = questionnaire().sections
    for section in asked:
        group = page.get_by_role("radiogroup", name=section.question)
        answer = "Yes" if section.id == "marks" else "No"
        until_focused(page, f"[role=radiogroup][aria-label='{section.question}'] input")
        page.keyboard.press("Space")  # the first is No
        expect(group.get_by_role("radio", name="No")).to_be_checked()
        if answer == "Yes":
            page.keyboard.press("ArrowRight")
            expect(group.get_by_role("radio", name="Yes")).to_be_checked()
            box = page.get_by_role("checkbox", name=TEXT["mark_changed"])
            expect(box).to_be_visible()
            until_focused(page, f'input[aria-label="{TEXT["mark_changed"]}"]')
            page.keyboard.press("Space")
            expect(box).to_be_checked()
            expect(page.get_by_role("checkbox", name=TEXT["change_in_size"])).to_be_visible()
    until_focused(page, ".st-key-consent_to_safety_answers input")
    page.keyboard.press("Space")
    save = page.get_by_role("button", name="Save my answers")
    expect(save).to_be_enabled()
    until_focused(page, ".st-key-save_safety_answers button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("spots are not scored")).to_be_visible()
    expect(page.locator(CAMERA)).to_have_count(1)
