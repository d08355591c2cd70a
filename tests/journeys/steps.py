"""What a person does in the browser, step by step, for journeys to be made of."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field

import pyotp
from playwright.sync_api import Locator, Page, TimeoutError, expect

from core.people import Purpose
from pipeline.consents import WORDING
from pipeline.safety.questions import questionnaire

PATIENCE_WITH_A_LIST = 15_000.0  # milliseconds


@dataclass(frozen=True)
class Somebody:
    """What a person types about themselves."""

    email: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@example.org")
    password: str = "three blind mice run"
    first_name: str = "Ann"
    last_name: str = "Lee"


def register(page: Page, somebody: Somebody | None = None, *, consent: bool = True) -> Somebody:
    """Make an account; ends on the person's first page."""
    somebody = somebody or Somebody()
    page.goto("/register")
    page.get_by_label("E-mail").fill(somebody.email)
    page.get_by_label("First name").fill(somebody.first_name)
    page.get_by_label("Last name").fill(somebody.last_name)
    page.get_by_label("Password", exact=True).fill(somebody.password)
    page.get_by_label("Password again").fill(somebody.password)
    box = page.get_by_role("checkbox", name=WORDING[Purpose.ANALYSIS])
    expect(box).not_to_be_checked()  # consent is given, never assumed
    if consent:
        page.get_by_text(WORDING[Purpose.ANALYSIS]).click()
        expect(box).to_be_checked()
    page.get_by_role("button", name="Create account").click()
    expect(signed_in(page)).to_be_visible()
    return somebody


def begin_check(page: Page) -> None:
    """Open New check; who was never asked answers the safety questions: nothing of it."""
    page.goto("/new-check")
    asked = page.get_by_role("button", name="Save my answers")
    camera = page.get_by_role("button", name=re.compile("^Check th"))
    expect(asked.or_(camera)).to_be_visible()
    if asked.is_visible():
        answer_safety_questions(page)
    expect(camera).to_be_visible()


def answer_safety_questions(page: Page, yes: str | None = None) -> None:
    """No to all of them, but yes to the section `yes`; saved where that can be."""
    for section in questionnaire().sections:
        answer = "Yes" if section.id == yes else "No"
        group = page.get_by_role("radiogroup", name=section.question)
        group.get_by_text(answer, exact=True).click()
        expect(group.get_by_role("radio", name=answer)).to_be_checked()
    wording = page.get_by_text(WORDING[Purpose.SAFETY_ANSWERS])
    if wording.count():
        wording.click()
    if yes is None:
        page.get_by_role("button", name="Save my answers").click()


def sign_in(page: Page, somebody: Somebody) -> None:
    """Fill in the sign-in form, and a code where one is asked; ends on the first page."""
    page.goto("/")
    fill_sign_in(page, somebody.email, somebody.password)
    asked = page.get_by_role("textbox", name="Code")
    expect(signed_in(page).or_(asked).first).to_be_visible()
    if asked.is_visible():
        give_code(page, somebody)
    expect(signed_in(page)).to_be_visible()


def give_code(page: Page, somebody: Somebody) -> None:
    """The second factor of staff: set up at their first sign-in, a code at each later one."""
    setting_up = page.get_by_role("heading", name="Set up your second factor").is_visible()
    if setting_up:
        _secrets[somebody.email] = page.get_by_test_id("stCode").inner_text().strip()
    code, button = _next_code(somebody.email), "Confirm" if setting_up else "Sign in"
    page.get_by_role("textbox", name="Code").fill(code)
    page.get_by_role("button", name=button).click()
    if setting_up:
        page.get_by_role("button", name="I have kept them: go on").click()


_secrets: dict[str, str] = {}
_last_steps: dict[str, int] = {}


def _next_code(email: str) -> str:
    """A code that was not used yet: one half minute early or late is accepted.

    It has to be valid for some seconds more, until it was typed and read.
    """
    step = max(_last_steps.get(email, 0) + 1, int((time.time() + 10) // 30) - 1)
    time.sleep(max(0.0, (step - 1) * 30 + 1 - time.time()))
    _last_steps[email] = step
    return str(pyotp.TOTP(_secrets[email]).generate_otp(step))


def fill_sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    open_from_section(page, "Account", "Sign out")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def open_from_section(page: Page, section: str, name: str) -> None:
    """Choose a page of a section: from the bar at the top, or over "More" on a phone."""
    expect(signed_in(page)).to_be_visible()
    navigation = page.get_by_role("navigation", name="App pages")
    if navigation.count():
        navigation.get_by_role("button", name=section).click()
        page.get_by_role("menuitem", name=name, exact=True).click()
    else:
        page.get_by_role("navigation").get_by_role("link", name="More").click()
        page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def signed_in(page: Page) -> Locator:
    """The part of the navigation that only those who are signed in have."""
    wide = page.get_by_role("button", name="Account", exact=True)
    narrow = page.get_by_role("link", name="More", exact=True)
    return wide.or_(narrow).first


def until_focused(page: Page, selector: str) -> None:
    """Tab on until something of this has the focus."""
    for _ in range(60):
        if page.evaluate("wanted => document.activeElement?.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def choose(page: Page, question: str, answer: str) -> None:
    """One of a list that opens; scrolling would close it again, so that is done first.

    So does a page that is just drawn anew, because of the field that was left: then once more.
    """
    box = page.get_by_role("combobox", name=question)
    option = page.get_by_role("option", name=answer)
    box.scroll_into_view_if_needed()
    box.click()
    box.press_sequentially(answer)
    try:
        option.click(timeout=PATIENCE_WITH_A_LIST)
    except TimeoutError:
        page.keyboard.press("Escape")
        box.click()
        box.fill(answer)
        option.click()
    if page.get_by_role("listbox").count():  # where several may be chosen it stays open
        page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
