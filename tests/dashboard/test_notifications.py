"""The bell, the list, the reminders and the preferences, as people see and set them."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core.notification_preferences import Preferences, Quiet
from core.notifications import Channel, Kind
from core.people import Identity, Role
from data import database, notification_preferences, notifications
from data.database import read, transaction
from pipeline import accounts, notify, reminders, web_sessions
from tests.dashboard.seeing import seen_by
from tests.people import signed_in

PAGE = "pages/notifications.py"


def tell(who: Identity, *kinds: Kind, title: str = "", message: str = "") -> None:
    facts = {"title": title, "message": message} if title else {}
    with transaction() as session:
        now = database.now(session)
        for number, kind in enumerate(kinds):
            told = notify.Told(who.user_id, kind, f"{kind}{number}", facts=facts)
            notify.tell_many(session, [told], {who.user_id: Preferences()}, now=now)


def opened(who: Identity) -> AppTest:
    page = seen_by(who).run().switch_page(PAGE).run()
    assert not page.exception
    return page


def unread(who: Identity) -> int:
    with read() as session:
        return notifications.unread(session, who.user_id)


def titles(page: AppTest) -> list[str]:
    return [m.value for m in page.markdown if m.value.startswith(":material/")]


def test_the_bell_counts_what_is_unread(ada: Identity) -> None:
    """Seen anew each time: AppTest's later runs are of the page without what stands around it."""
    assert "Notifications: nothing new" in _links(seen_by(ada).run())
    tell(ada, Kind.RESULT_READY, Kind.TRIAL_ENDED)
    assert "Notifications: 2 unread" in _links(seen_by(ada).run())
    tell(ada, *[Kind.REAL_CHANGE] * 120)
    assert "Notifications: 99+ unread" in _links(seen_by(ada).run())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.USER])
def test_staff_have_the_bell_and_the_page_too(ada: Identity, role: Role) -> None:
    with transaction() as session:
        accounts.grant(session, email=ada.email, role=role)
        staff = signed_in(session, ada.user_id)
    tell(staff, Kind.NEW_SIGN_IN)
    assert "Notifications: 1 unread" in _links(seen_by(staff).run())
    page = opened(staff)
    assert [tab.label for tab in page.tabs] == ["News", "Settings"]


def test_looking_at_the_bell_is_not_using_the_session(ada: Identity) -> None:
    """Or a tab that is left open would never be signed out."""
    with transaction() as session:
        session.execute(text("UPDATE auth_sessions SET last_seen_at = now() - interval '1 hour'"))
        before = session.scalar(text("SELECT last_seen_at FROM auth_sessions"))
        assert web_sessions.watching(session, ada.session_id) == ada
        assert session.scalar(text("SELECT last_seen_at FROM auth_sessions")) == before
        assert web_sessions.identity_of(session, ada.session_id) == ada
        assert session.scalar(text("SELECT last_seen_at FROM auth_sessions")) != before


def test_nothing_yet_is_said_kindly(ada: Identity) -> None:
    assert "Nothing yet" in opened(ada).info[0].value


def test_one_is_marked_read_and_unread_again(ada: Identity) -> None:
    tell(ada, Kind.RESULT_READY)
    page = opened(ada)
    assert "**Your result is ready**" in titles(page)[0]
    _press(page, "Mark as read")
    assert unread(ada) == 0
    assert "**" not in titles(page)[0]
    _press(page, "Mark as unread")
    assert unread(ada) == 1


def test_all_are_marked_at_once(ada: Identity) -> None:
    tell(ada, Kind.RESULT_READY, Kind.TRIAL_ENDED)
    page = opened(ada)
    _press(page, "Mark all as read")
    assert unread(ada) == 0
    assert "Mark all as read" not in [b.label for b in page.button]


def test_the_list_is_filtered_by_kind_and_unread(ada: Identity) -> None:
    tell(ada, Kind.RESULT_READY, Kind.TRIAL_ENDED)
    page = opened(ada)
    page.multiselect[0].set_value([Kind.TRIAL_ENDED]).run()
    assert len(titles(page)) == 1
    _press(page, "Mark as read")
    page.segmented_control[0].set_value("Unread").run()
    assert page.info[0].value == "Nothing here fits these filters."


def test_a_long_list_has_pages(ada: Identity) -> None:
    tell(ada, *[Kind.RESULT_READY] * 45)
    page = opened(ada)
    assert len(titles(page)) == 20
    page.session_state["news_page"] = 3
    page.run()
    assert len(titles(page)) == 5


def test_words_of_others_are_no_markup(ada: Identity) -> None:
    tell(ada, Kind.TRIAL_ENDED, title="![x](https://evil.example/b.png) <b>", message="[a](b)")
    page = opened(ada)
    assert "![x](" not in titles(page)[0]
    assert not any("](b)" in m.value for m in page.markdown)


def test_opening_marks_it_and_leads_to_what_it_is_about(ada: Identity) -> None:
    tell(ada, Kind.CHECK_DUE)
    page = opened(ada)
    _press(page, "Open")
    assert unread(ada) == 0
    assert page.title[0].value == "New check"


def test_a_reminder_is_set_and_says_when_it_comes(ada: Identity) -> None:
    page = opened(ada)
    page.toggle(key="morning_routine_on").set_value(True)
    page.time_input(key="morning_routine_at").set_value(time(6, 45))
    page.selectbox(key="reminder_zone").set_value("Asia/Kathmandu")
    _press(page, "Save", 0)
    with read() as session:
        found = reminders.current(session, ada.user_id)[Kind.MORNING_ROUTINE]
    assert found.next_due_at is not None
    assert (found.is_on, found.next_due_at.hour, found.next_due_at.minute) == (True, 1, 0)
    assert any("06:45" in c.value and c.value.startswith("Next: ") for c in page.caption)
    assert page.success[0].value == "Saved\\."


def test_preferences_are_kept(ada: Identity) -> None:
    page = opened(ada)
    page.pills(key="by_app").set_value([Kind.RESULT_READY, Kind.TRIAL_ENDED])
    page.pills(key="by_email").set_value([Kind.TRIAL_ENDED])
    page.toggle(key="quiet_on").set_value(True)
    page.time_input(key="quiet_from").set_value(time(21, 0))
    _press(page, "Save", 1)
    kept = _kept(ada)
    assert kept.quiet == Quiet(time(21), time(7))
    assert kept.is_on(Kind.RESULT_READY, Channel.APP)
    assert not kept.is_on(Kind.REAL_CHANGE, Channel.APP)
    assert kept.is_on(Kind.TRIAL_ENDED, Channel.EMAIL)
    assert not kept.is_on(Kind.DERMATOLOGIST_REPLIED, Channel.EMAIL)
    assert kept.is_on(Kind.NEW_SIGN_IN, Channel.APP)
    assert page.success[0].value == "Saved\\."


def test_an_installation_without_mail_says_so(ada: Identity) -> None:
    assert any("No mail server is set up" in c.value for c in opened(ada).caption)


def test_everything_is_paused_and_resumed(ada: Identity) -> None:
    page = opened(ada)
    _press(page, "A week")
    assert "Paused until" in page.warning[0].value
    assert _kept(ada).paused_until is not None
    _press(page, "Resume")
    assert _kept(ada).paused_until is None
    _press(page, "Until I resume")
    assert "until you resume" in page.warning[0].value


def test_choices_survive_a_pause(ada: Identity) -> None:
    with transaction() as session:
        notify.switch(session, ada.user_id, Kind.REAL_CHANGE, Channel.APP, on=False)
    page = opened(ada)
    _press(page, "A day")
    assert not _kept(ada).is_on(Kind.REAL_CHANGE, Channel.APP)


def _kept(who: Identity) -> Preferences:
    with read() as session:
        return notification_preferences.read(session, who.user_id)


def _press(page: AppTest, label: str, which: int = 0) -> None:
    [b for b in page.button if b.label == label][which].click()
    page.run()
    assert not page.exception


def _links(page: AppTest) -> list[str]:
    return [str(e.proto.label) for e in page.get("page_link")]
