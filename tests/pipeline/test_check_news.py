"""What is told when a check is recorded, when a device is new and when a password changes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.metrics import Metric
from core.notifications import Kind
from core.people import Identity, Purpose
from data import notifications, progress
from data.database import transaction
from data.notifications import News
from data.progress import Seen
from data.tables import AnalysisResult
from pipeline import (
    accounts,
    check_news,
    consents,
    intake,
    jobs,
    record,
    reminders,
    web_sessions,
)
from pipeline.change import Change, Verdict
from tests import people
from tests.stand_in import examination, photo_that

PORES = Metric.PORES


@pytest.fixture
def ada(var: Path, session: Session) -> Identity:
    return people.signed_in(session)


def check(who: Identity, value: float, seed: int = 0) -> None:
    with transaction() as session:
        analysis_id = intake.submit(session, who, [photo_that("is scored", seed=seed)])
    jobs.examine(analysis_id, lambda *_: examination(value))


def told(session: Session, who: Identity) -> list[News]:
    return notifications.listed(session, who.user_id)[0]


def test_a_result_is_told_and_the_next_check_is_due(session: Session, ada: Identity) -> None:
    check(ada, 40.0)
    [news] = told(session, ada)
    assert (news.kind, news.title) == (Kind.RESULT_READY, "Your result is ready")
    assert reminders.current(session, ada.user_id)[Kind.CHECK_DUE].next_due_at is not None


def test_a_real_change_is_told_without_a_number_and_noise_is_not(
    session: Session, ada: Identity
) -> None:
    check(ada, 40.0, seed=0)
    check(ada, 40.5, seed=1)
    assert [news.kind for news in told(session, ada)] == [Kind.RESULT_READY] * 2
    check(ada, 90.0, seed=2)
    [change] = [news for news in told(session, ada) if news.kind is Kind.REAL_CHANGE]
    assert "Oiliness rose (less is better)" in change.message
    assert not re.search(r"\d", change.title + re.sub(r"and \d more", "", change.message))


def test_more_changes_than_can_be_read_are_counted() -> None:
    rose = Change(Verdict.REAL, 12.0, "")
    words = check_news.in_words(dict.fromkeys(Metric, rose))
    assert words.count("rose") == check_news.MOST_NAMED
    assert f"and {len(Metric) - check_news.MOST_NAMED} more." in words


def test_a_check_that_cannot_be_scored_is_told_once(session: Session, ada: Identity) -> None:
    analysis_id = intake.submit(session, ada, [photo_that("is scored")])
    consents.withdraw(session, ada.user_id, Purpose.ANALYSIS)
    jobs.examine(analysis_id, lambda *_: examination(40.0))
    jobs.examine(analysis_id, lambda *_: examination(40.0))
    [news] = told(session, ada)
    assert news.title == "Your check did not work"


def test_a_scoring_again_is_no_news(session: Session, ada: Identity) -> None:
    check(ada, 40.0)
    first = session.scalars(select(AnalysisResult)).one()
    again = progress.again(session, first, wanted_version="2")
    assert again is not None
    begun = record.start(session, again)
    assert begun is not None
    assert record.record(session, begun, [Seen(replace(examination(90.0), model_version="2"))])
    assert len(told(session, ada)) == 1


# ---------------------------------------------------------------------- security


def signs_in(session: Session, who: Identity, address: str, browser: str) -> None:
    ticket = web_sessions.issue_ticket(session, who.user_id, visitor="v")
    web_sessions.redeem_ticket(session, ticket, visitor="v", address=address, user_agent=browser)


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
HOME = people.ADDRESS


@pytest.mark.parametrize(
    ("address", "browser", "is_news"),
    [
        (HOME, FIREFOX, False),
        (HOME, FIREFOX.replace("145", "146"), False),  # an update
        (HOME.rpartition(".")[0] + ".200", FIREFOX, False),  # another lease
        ("198.51.100.9", FIREFOX, True),  # elsewhere
        (HOME, FIREFOX.replace("X11; Linux x86_64", "Windows NT 10.0; Win64"), True),
        (HOME, "python-requests/2.32", True),
        ("2001:db8::1", FIREFOX, True),
        ("", FIREFOX, True),
    ],
)
def test_a_sign_in_from_a_device_or_network_not_seen_before_is_told(
    session: Session, ada: Identity, address: str, browser: str, is_news: bool
) -> None:
    signs_in(session, ada, HOME, FIREFOX)
    notifications.mark_all(session, ada.user_id)
    signs_in(session, ada, address, browser)
    assert notifications.unread(session, ada.user_id) == int(is_news)
    signs_in(session, ada, address, browser)
    assert notifications.unread(session, ada.user_id) == int(is_news)  # known by now


def test_the_first_device_of_an_account_is_no_news(session: Session, ada: Identity) -> None:
    assert told(session, ada) == []


def test_the_news_of_a_sign_in_says_where_in_our_words_only(
    session: Session, ada: Identity
) -> None:
    signs_in(session, ada, "198.51.100.9", "<img src=x> Firefox/1 [a](http://evil.example)")
    [news] = told(session, ada)
    assert news.message.startswith("Firefox, network 198.51.100.….")
    assert "evil" not in news.message


def test_a_changed_password_is_told(session: Session, ada: Identity) -> None:
    accounts.change_password(session, ada, current=people.PASSWORD, new="green piano north tea")
    [news] = told(session, ada)
    assert (news.kind, news.link) == (Kind.PASSWORD_CHANGED, "/profile")
