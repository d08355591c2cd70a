"""A reminder arrives at 07:30 where the person is, and the bell says so by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from core.postgres import EmbeddedPostgres
from tests.journeys.conftest import PATIENCE
from tests.journeys.steps import open_from_section, register
from tests.running import Product, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

ZONE = "Asia/Kathmandu"  # 5:45 ahead of UTC
LIVE_SECONDS = 2.0


def bell(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("link", name="Notifications:")


def test_a_reminder_arrives_at_half_past_seven_in_another_time_zone(
    product: Product, browser: Browser
) -> None:
    context = browser.new_context(
        base_url=product.address, timezone_id=ZONE, viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    somebody = register(page)

    open_from_section(page, "Account", "Notifications")
    page.get_by_role("tab", name="Reminders").click()
    reminders = page.get_by_role("tabpanel", name="Reminders")
    reminders.get_by_text("Morning routine", exact=True).click()
    reminders.get_by_role("button", name="Save").click()
    expect(reminders.get_by_text("07:30.")).to_be_visible()  # Next: …, 07:30.

    # On another page, in the middle of writing something.
    open_from_section(page, "Account", "Profile")
    page.get_by_label("First name").fill("half a na")
    expect(bell(page)).to_have_accessible_name("Notifications: nothing new")
    page.evaluate("window.neverLoadedAnew = true")

    due = _due_at(product, somebody.email)
    there = due.astimezone(ZoneInfo(ZONE))  # the zone was learnt from the browser
    assert (there.hour, there.minute) == (7, 30)
    _work_at(product, due - timedelta(seconds=1))
    expect(bell(page)).to_have_accessible_name("Notifications: nothing new")
    told_at = _work_at(product, due)
    expect(bell(page)).to_have_accessible_name("Notifications: 1 unread")
    assert time.monotonic() - told_at < LIVE_SECONDS + 1.0  # and what a busy machine takes

    assert page.evaluate("window.neverLoadedAnew")
    expect(page.get_by_label("First name")).to_have_value("half a na")
    expect(page.get_by_label("First name")).to_be_focused()

    _work_at(product, due + timedelta(minutes=5))  # caught up once, not twice
    bell(page).click()
    expect(page.get_by_role("heading", name="Notifications", level=1)).to_be_visible()
    expect(page.get_by_text("Time for your morning routine")).to_have_count(1)

    # The list, too, follows what happens meanwhile; here in another tab.
    second = context.new_page()
    second.goto("/notifications")
    second.get_by_role("button", name="Mark as read").click()
    expect(bell(second)).to_have_accessible_name("Notifications: nothing new")
    expect(page.get_by_role("button", name="Mark as unread")).to_be_visible()
    context.close()


def test_a_tab_that_nobody_sees_catches_up_and_one_that_hears_nothing_looks_now_and_then(
    product: Product, browser: Browser
) -> None:
    context = browser.new_context(base_url=product.address)
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    somebody = register(page)
    expect(bell(page)).to_have_accessible_name("Notifications: nothing new")

    hidden = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    turned = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(hidden % "true" + turned)
    heard = []
    page.on("request", lambda request: heard.append(request.url))
    _tell(product, somebody.email)
    page.wait_for_timeout(1000 * (LIVE_SECONDS + 1))
    expect(bell(page)).to_have_accessible_name("Notifications: nothing new")
    assert not any("/events/" in address for address in heard)
    page.evaluate(hidden % "false" + turned)
    expect(bell(page)).to_have_accessible_name("Notifications: 1 unread")

    # Behind a proxy that lets no events through. The script is ours but for its patience.
    deaf = context.new_page()
    deaf.route("**/events/unread", lambda route: route.abort())
    deaf.route("**/bell.js*", _in_haste)
    deaf.goto("/")
    expect(bell(deaf)).to_have_accessible_name("Notifications: 1 unread")
    _tell(product, somebody.email)
    expect(bell(deaf)).to_have_accessible_name("Notifications: 2 unread")
    context.close()


def _in_haste(route: Route) -> None:
    script = route.fetch().text()
    assert "SILENCE = 30_000;" in script
    route.fulfill(
        body=script.replace("SILENCE = 30_000;", "SILENCE = 2_000;"), content_type="text/javascript"
    )


def test_the_bell_has_its_place_on_a_phone(product: Product, browser: Browser) -> None:
    context = browser.new_context(
        base_url=product.address, viewport={"width": 390, "height": 844}, has_touch=True
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    register(page)
    bar = page.get_by_role("navigation")
    for name in ("Today", "New check", "Result", "Trends", "More"):
        bar.get_by_role("link", name=name).tap()
        expect(bell(page)).to_be_in_viewport()
        box = bell(page).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 60  # within the bar at the top
        assert box["x"] + box["width"] <= 390
        assert min(box["width"], box["height"]) >= 44  # for a thumb
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    bell(page).tap()
    expect(page.get_by_role("heading", name="Notifications", level=1)).to_be_visible()
    context.close()


def _connect(product: Product) -> psycopg.Connection[tuple[object, ...]]:
    url = EmbeddedPostgres(product.var / "pg").url()
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def _tell(product: Product, email: str) -> None:
    """Write one more notification, as another process would."""
    with _connect(product) as connection:
        connection.execute(
            "INSERT INTO notifications (notification_id, user_id, type, title, message, dedupe_key)"
            " SELECT gen_random_uuid(), user_id, 'result_ready', 'Result', 'There.',"
            " gen_random_uuid()::text FROM users WHERE email = %s",
            [email],
        )


def _due_at(product: Product, email: str) -> datetime:
    with _connect(product) as connection:
        row = connection.execute(
            "SELECT next_due_at FROM reminders JOIN users USING (user_id)"
            " WHERE email = %s AND kind = 'morning_routine'",
            [email],
        ).fetchone()
    assert row is not None
    assert isinstance(row[0], datetime)
    return row[0]


def _work_at(product: Product, moment: datetime) -> float:
    """Have the product's worker look for due reminders as if it were then; when it was done."""
    with _connect(product) as connection:
        row = connection.execute(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('reminders', 'tell_due_reminders', 0,"
            " NULL, NULL, %s::jsonb, NULL)::procrastinate_job_to_defer_v1])",
            [f'{{"timestamp": 0, "moment": "{moment.astimezone(UTC).isoformat()}"}}'],
        ).fetchone()
        assert row is not None

        def is_done() -> bool:
            found = connection.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE args ? 'moment'"
            ).fetchone()
            return found == (0,)

        wait_until(is_done, 30)
    return time.monotonic()
