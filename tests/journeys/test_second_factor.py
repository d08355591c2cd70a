"""A dermatologist signs in: the first time an app is set up, later its code is asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.staff import make_staff
from tests.journeys.steps import fill_sign_in, register, sign_in, sign_out
from tests.running import Product

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


def test_staff_sign_in_with_a_second_factor_and_not_without(page: Page, product: Product) -> None:
    somebody = register(page)
    sign_out(page)
    make_staff(product, somebody.email)
    sign_in(page, somebody)  # sets the app up
    expect(page.get_by_role("navigation", name="App pages")).to_be_visible()
    sign_out(page)

    page.goto("/")
    fill_sign_in(page, somebody.email, somebody.password)
    code = page.get_by_role("textbox", name="Code")
    code.fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.goto("/queue")  # the password alone opens nothing
    expect(page.get_by_label("E-mail")).to_be_visible()
    sign_in(page, somebody)
