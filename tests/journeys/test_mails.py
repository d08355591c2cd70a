"""A mail arrives in a real SMTP server, and what its link leads to happens once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PATIENCE, watch
from tests.journeys.ports import free_port
from tests.journeys.steps import Somebody, fill_sign_in, open_from_section, signed_in
from tests.mail_sink import Sink, environment, link_in, text_of
from tests.mail_sink import sink as started
from tests.running import Product, running

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

_CANARY = "canarybird"


@dataclass(frozen=True)
class World:
    product: Product
    sink: Sink


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    port = free_port()
    with started() as sink:
        says = environment(sink.port, SKINCARE_PUBLIC_URL=f"http://127.0.0.1:{port}")
        var = tmp_path_factory.mktemp("product") / "var"
        with running(var, **says, SKINCARE_PORT=str(port)) as product:
            yield World(product, sink)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    address = world.product.address
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    opened = context.new_page()
    complaints = watch(opened)
    yield opened
    context.close()
    assert complaints == []


def _register(page: Page, somebody: Somebody) -> None:
    page.goto("/register")
    page.get_by_label("E-mail").fill(somebody.email)
    page.get_by_label("First name").fill(somebody.first_name)
    page.get_by_label("Last name").fill(somebody.last_name)
    page.get_by_label("Password", exact=True).fill(somebody.password)
    page.get_by_label("Password again").fill(somebody.password)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("Look into your mailbox")).to_be_visible()


def _open_account(page: Page, world: World) -> Somebody:
    somebody = Somebody(first_name=_CANARY)
    before = len(world.sink.taken)
    _register(page, somebody)
    [mail] = world.sink.wait_for(before + 1)[before:]
    assert mail["To"] == somebody.email
    page.goto(link_in(mail))
    page.get_by_role("button", name="Confirm this address").click()
    expect(page.get_by_role("heading", name="Your account is open")).to_be_visible()
    return somebody


def test_an_account_opens_by_its_mail_and_not_before(page: Page, world: World) -> None:
    somebody = Somebody()
    _register(page, somebody)
    world.sink.wait_for(1)
    page.goto("/")
    fill_sign_in(page, somebody.email, somebody.password)
    expect(page.get_by_text("E-mail or password is wrong.")).to_be_visible()
    link = link_in(world.sink.taken[-1])
    page.goto(link)
    page.get_by_role("button", name="Confirm this address").click()
    page.get_by_role("link", name="Open Skincare AI").click()
    fill_sign_in(page, somebody.email, somebody.password)
    expect(signed_in(page)).to_be_visible()
    open_from_section(page, "Account", "Profile")
    page.get_by_role("tab", name="Account").click()
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()


def test_a_forgotten_password_is_set_anew_once_and_every_session_ends(
    page: Page, world: World, browser: Browser
) -> None:
    somebody = _open_account(page, world)
    page.get_by_role("link", name="Open Skincare AI").click()
    fill_sign_in(page, somebody.email, somebody.password)
    expect(signed_in(page)).to_be_visible()

    elsewhere = browser.new_context(base_url=world.product.address).new_page()
    elsewhere.set_default_timeout(PATIENCE)
    elsewhere.goto("/")
    elsewhere.get_by_role("link", name="Forgot your password?").click()
    # The page that is left has a field of this name, too.
    expect(elsewhere.get_by_role("heading", name="Forgot your password?")).to_be_visible()
    before = len(world.sink.taken)
    elsewhere.get_by_label("E-mail").fill(somebody.email)
    elsewhere.get_by_role("button", name="Send me a link").click()
    expect(elsewhere.get_by_text("If this address has an account")).to_be_visible()
    [mail] = world.sink.wait_for(before + 1)[before:]
    link = link_in(mail)

    elsewhere.goto(link)
    expect(elsewhere.get_by_label("New password", exact=True)).to_be_visible()
    assert "token" not in elsewhere.url, "the address bar does not keep it"
    elsewhere.get_by_label("New password", exact=True).fill("seven green pianos")
    elsewhere.get_by_label("New password again").fill("seven green pianos")
    elsewhere.get_by_role("button", name="Set new password").click()
    expect(elsewhere.get_by_text("Your new password is set")).to_be_visible()

    page.reload()  # the session from before
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    fill_sign_in(page, somebody.email, somebody.password)
    expect(page.get_by_text("E-mail or password is wrong.")).to_be_visible()

    elsewhere.goto(link)
    expect(elsewhere.get_by_text("This link does not work any more")).to_be_visible()
    elsewhere.goto("/")
    fill_sign_in(elsewhere, somebody.email, "seven green pianos")
    expect(signed_in(elsewhere)).to_be_visible()
    elsewhere.context.close()

    told = world.sink.wait_for(before + 2)[before + 1]
    assert told["Subject"] == "Your password was changed"
    unsubscribe = told["List-Unsubscribe"].strip("<>")
    clicked = httpx.post(unsubscribe, content="List-Unsubscribe=One-Click")
    assert clicked.status_code == 200
    assert clicked.headers["referrer-policy"] == "no-referrer"
    page.goto(unsubscribe)
    page.get_by_role("button", name="No more mails of this kind").click()
    expect(page.get_by_role("heading", name="You get no more mails of this kind")).to_be_visible()


def test_no_address_token_or_name_is_in_any_log(page: Page, world: World) -> None:
    somebody = _open_account(page, world)
    before = len(world.sink.taken)
    forgot = f"{world.product.address}/api/v1/auth/password/forgot"
    assert httpx.post(forgot, json={"email": somebody.email}).status_code == 202
    world.sink.wait_for(before + 1)
    logs = "".join(path.read_text() for path in world.product.var.rglob("*.log"))
    assert "mail_sent" in logs
    hidden = {_CANARY, "example.org", *_tokens(world.sink)}
    assert [one for one in hidden if one in logs] == []
    assert all(len(one) > 5 for one in hidden)


def _tokens(sink: Sink) -> set[str]:
    found = re.findall(r"token=([\w.-]+)", "".join(text_of(mail) for mail in sink.taken))
    assert len(found) >= 3
    return set(found)
