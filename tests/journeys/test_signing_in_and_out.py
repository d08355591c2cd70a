"""Register → signed in → reload → sign out → neither the back button nor an old cookie helps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import watch
from tests.journeys.steps import (
    Somebody,
    fill_sign_in,
    open_from_section,
    register,
    sign_in,
    sign_out,
    signed_in,
)
from tests.running import Product

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


def test_an_account_from_its_first_to_its_last_click(
    page: Page, product: Product, browser: Browser
) -> None:
    somebody = register(page)
    page.reload()
    expect(signed_in(page)).to_be_visible()
    second_tab = page.context.new_page()
    second_tab.goto("/profile")
    expect(signed_in(second_tab)).to_be_visible()

    copied = page.context.cookies()
    [session] = [cookie for cookie in copied if cookie["name"] == "sid"]
    assert session["httpOnly"]
    assert session["sameSite"] == "Lax"
    assert "sid" not in page.evaluate("document.cookie")
    sign_out(page)

    page.go_back()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert somebody.email not in page.content()
    second_tab.reload()
    expect(second_tab.get_by_role("button", name="Sign in")).to_be_visible()

    thief = browser.new_context(base_url=product.address)
    thief.add_cookies(copied)  # type: ignore[arg-type] # read with more keys than are written
    stolen = thief.new_page()
    stolen.goto("/")
    expect(stolen.get_by_role("button", name="Sign in")).to_be_visible()
    thief.close()

    sign_in(page, somebody)


def test_a_tab_left_open_is_signed_out_at_its_next_click(page: Page) -> None:
    register(page)
    left_open = page.context.new_page()
    complaints = watch(left_open)
    left_open.goto("/")
    expect(signed_in(left_open)).to_be_visible()
    sign_out(page)
    open_from_section(left_open, "Account", "Profile")
    expect(left_open.get_by_role("button", name="Sign in")).to_be_visible()
    assert complaints == []


def test_a_wrong_password_is_said_without_telling_whether_the_account_exists(page: Page) -> None:
    somebody = register(page)
    sign_out(page)
    for email in (somebody.email, Somebody().email):
        page.goto("/")
        fill_sign_in(page, email, "not the password")
        expect(page.get_by_text("E-mail or password is wrong.")).to_be_visible()


def test_nothing_of_the_workshop_shows(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.title() == "Skincare AI"
    for words in ("Deploy", "Made with Streamlit", "Streamlit"):
        assert words not in page.inner_text("body")
    register(page)
    page.goto("/today")  # the first page, under an address of its name
    expect(signed_in(page)).to_be_visible()
    for words in ("Deploy", "Made with Streamlit", "Streamlit", "Page not found"):
        assert words not in page.inner_text("body")
    assert page.get_by_test_id("stMainMenu").count() == 0
