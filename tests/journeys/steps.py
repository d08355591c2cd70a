"""What a person does in the browser, step by step, for journeys to be made of."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from core.people import Purpose
from pipeline.consents import WORDING


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


def sign_in(page: Page, somebody: Somebody) -> None:
    """Fill in the sign-in form; ends on the person's first page."""
    page.goto("/")
    fill_sign_in(page, somebody.email, somebody.password)
    expect(signed_in(page)).to_be_visible()


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
