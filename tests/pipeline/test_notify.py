"""What people are told, once each, by the channels that they want."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound
from core.notification_preferences import Preferences, Quiet
from core.notifications import FACTS, Channel, Kind, kinds_for
from core.people import Role
from data import database, notification_preferences, notifications
from pipeline import notify
from pipeline.notification_words import link, words
from tests import people


def test_news_is_told_once_however_often_it_is_said(session: Session) -> None:
    ada, eve = people.register(session), people.register(session)
    assert notify.tell(session, ada, Kind.RESULT_READY, dedupe="check:1")
    assert not notify.tell(session, ada, Kind.RESULT_READY, dedupe="check:1")
    assert notify.tell(session, eve, Kind.RESULT_READY, dedupe="check:1")
    assert notifications.unread(session, ada) == notifications.unread(session, eve) == 1


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_and_a_link_to_what_it_is_about(session: Session, kind: Kind) -> None:
    ada, about = people.register(session), uuid4()
    assert notify.tell(session, ada, kind, dedupe="once", about=about)
    [news], total = notifications.listed(session, ada)
    assert (total, news.kind, news.read_at) == (1, kind, None)
    assert news.title
    assert news.message.endswith(".")
    assert news.link is not None
    assert news.link.startswith("/")
    assert ("=" not in news.link) or news.link.endswith(f"={about}")
    assert "=" not in link(kind, None)


def test_facts_choose_and_complete_the_words() -> None:
    assert words(Kind.RESULT_READY, {}).title == "Your result is ready"
    assert words(Kind.RESULT_READY, {"outcome": "rejected"}).title.endswith("could not be scored")
    assert words(Kind.RESULT_READY, {"outcome": "nothing we know"}).title == "Your result is ready"
    assert words(Kind.REAL_CHANGE, {"what": "Pores fell."}).message.startswith("Pores fell. ")
    assert len(words(Kind.TRIAL_ENDED, {"title": "x" * 9999}).title) == 500


def test_news_that_is_switched_off_is_not_told(session: Session) -> None:
    ada = people.register(session)
    notify.switch(session, ada, Kind.REAL_CHANGE, Channel.APP, on=False)
    assert not notify.tell(session, ada, Kind.REAL_CHANGE, dedupe="1")
    assert notify.tell(session, ada, Kind.RESULT_READY, dedupe="2")
    assert notifications.listed(session, ada)[1] == 1
    notify.switch(session, ada, Kind.REAL_CHANGE, Channel.APP, on=True)
    assert notify.tell(session, ada, Kind.REAL_CHANGE, dedupe="1")


@pytest.mark.parametrize("kind", [k for k in Kind if FACTS[k].is_mandatory])
def test_security_cannot_be_switched_off_in_the_app_nor_paused(
    session: Session, kind: Kind
) -> None:
    ada = people.register(session)
    with pytest.raises(InvalidInput, match="cannot be switched off"):
        notify.switch(session, ada, kind, Channel.APP, on=False)
    # not even by a row that stands there already
    notification_preferences.choose(session, ada, kind, Channel.APP, is_wanted=False)
    _pause(session, ada)
    assert notify.tell(session, ada, kind, dedupe="1")
    assert notifications.unread(session, ada) == 1


def test_while_paused_news_waits_in_the_list_and_reminders_are_left_out(session: Session) -> None:
    ada = people.register(session)
    _pause(session, ada)
    assert not notify.tell(session, ada, Kind.MORNING_ROUTINE, dedupe="1")
    assert notify.tell(session, ada, Kind.DERMATOLOGIST_REPLIED, dedupe="2")
    assert notifications.unread(session, ada) == 0
    [news], _ = notifications.listed(session, ada)
    assert news.kind is Kind.DERMATOLOGIST_REPLIED
    assert not notify.wants(session, ada, Kind.DERMATOLOGIST_REPLIED, Channel.APP)
    _pause(session, ada, for_=timedelta(seconds=-1))
    assert notify.wants(session, ada, Kind.DERMATOLOGIST_REPLIED, Channel.APP)


def test_by_mail_comes_what_cannot_wait_unless_the_person_says_otherwise(session: Session) -> None:
    ada = people.register(session)
    by_mail = {k for k in Kind if notify.wants(session, ada, k, Channel.EMAIL)}
    assert by_mail == {k for k in Kind if FACTS[k].by_mail}
    assert Kind.DERMATOLOGIST_REPLIED in by_mail
    assert Kind.MORNING_ROUTINE not in by_mail
    notify.switch(session, ada, Kind.DERMATOLOGIST_REPLIED, Channel.EMAIL, on=False)
    notify.switch(session, ada, Kind.NEW_SIGN_IN, Channel.EMAIL, on=False)  # the bell still rings
    assert not notify.wants(session, ada, Kind.DERMATOLOGIST_REPLIED, Channel.EMAIL)
    assert not notify.wants(session, ada, Kind.NEW_SIGN_IN, Channel.EMAIL)


def test_looking_at_a_thing_marks_its_news_as_read(session: Session) -> None:
    ada, check, other = people.register(session), uuid4(), uuid4()
    notify.tell(session, ada, Kind.RESULT_READY, dedupe="1", about=check)
    notify.tell(session, ada, Kind.REAL_CHANGE, dedupe="2", about=check)
    notify.tell(session, ada, Kind.RESULT_READY, dedupe="3", about=other)
    notify.seen(session, ada, check)
    assert notifications.unread(session, ada) == 1


def test_marking_is_for_ones_own(session: Session) -> None:
    ada, eve = people.register(session), people.register(session)
    notify.tell(session, ada, Kind.RESULT_READY, dedupe="1")
    [news], _ = notifications.listed(session, ada)
    with pytest.raises(NotFound):
        notifications.mark(session, eve, news.notification_id, read=True)
    read = notifications.mark(session, ada, news.notification_id, read=True)
    assert read.read_at is not None
    again = notifications.mark(session, ada, news.notification_id, read=True)
    assert again.read_at == read.read_at
    assert notifications.mark(session, ada, news.notification_id, read=False).read_at is None


def test_the_list_is_filtered_paged_and_newest_first(session: Session) -> None:
    ada = people.register(session)
    for n in range(5):
        notify.tell(session, ada, Kind.RESULT_READY, dedupe=f"r{n}")
        notify.tell(session, ada, Kind.TRIAL_ENDED, dedupe=f"t{n}")
    page, total = notifications.listed(session, ada, limit=3, offset=3)
    everything, _ = notifications.listed(session, ada)
    assert (total, page) == (10, everything[3:6])
    results, total = notifications.listed(session, ada, kinds=[Kind.RESULT_READY])
    assert total == 5
    assert {news.kind for news in results} == {Kind.RESULT_READY}
    notifications.mark(session, ada, results[0].notification_id, read=True)
    assert notifications.listed(session, ada, unread_only=True)[1] == 9
    assert notifications.mark_all(session, ada) == 9
    assert notifications.listed(session, ada, unread_only=True) == ([], 0)
    for limit, offset in ((0, 0), (101, 0), (1, -1)):
        with pytest.raises(InvalidInput):
            notifications.listed(session, ada, limit=limit, offset=offset)


def test_the_bell_stops_counting_at_a_hundred(session: Session) -> None:
    ada = people.register(session)
    for n in range(103):
        notify.tell(session, ada, Kind.RESULT_READY, dedupe=str(n))
    assert notifications.unread(session, ada) == notifications.MOST_COUNTED


BERLIN = Preferences(time_zone="Europe/Berlin", quiet=Quiet(time(22), time(7)))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 7, 1, 19, 59, tzinfo=UTC), None),  # 21:59 there
        (datetime(2026, 7, 1, 20, 0, tzinfo=UTC), datetime(2026, 7, 2, 5, tzinfo=UTC)),
        (datetime(2026, 7, 2, 4, 59, tzinfo=UTC), datetime(2026, 7, 2, 5, tzinfo=UTC)),
        (datetime(2026, 7, 2, 5, 0, tzinfo=UTC), None),
        # the night in which the clocks go back has an hour more
        (datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC)),
    ],
)
def test_quiet_hours_hold_mail_back_until_they_end(now: datetime, until: datetime | None) -> None:
    assert BERLIN.mail_from(Kind.DERMATOLOGIST_REPLIED, now) == until
    assert BERLIN.mail_from(Kind.PASSWORD_CHANGED, now) is None
    assert BERLIN.wants(Kind.DERMATOLOGIST_REPLIED, Channel.APP, now)  # never the bell


def test_staff_and_people_have_their_own_kinds() -> None:
    assert Kind.CASE_WAITING not in kinds_for(Role.USER)
    assert Kind.MORNING_ROUTINE not in kinds_for(Role.DERMATOLOGIST)
    for role in Role:
        assert Kind.NEW_SIGN_IN in kinds_for(role)
    assert {kind for role in Role for kind in kinds_for(role)} == set(Kind)


def test_the_sweep_removes_what_is_old_and_nothing_else(session: Session) -> None:
    ada = people.register(session)
    notify.tell(session, ada, Kind.RESULT_READY, dedupe="old")
    session.execute(text("UPDATE notifications SET created_at = now() - interval '181 days'"))
    notify.tell(session, ada, Kind.RESULT_READY, dedupe="new")
    assert notifications.sweep(session, older_than=notify.KEPT) == 1
    assert notifications.listed(session, ada)[1] == 1


def _pause(session: Session, user_id: UUID, for_: timedelta = timedelta(days=1)) -> None:
    until = database.now(session) + for_
    notification_preferences.write(session, user_id, Preferences(paused_until=until))
