"""The promised time: who is told when it runs out, once each, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.consultations import PROMISED, Consultation, State
from core.notifications import Kind
from core.people import Identity, Role
from data import consultations, notifications
from data.database import transaction
from pipeline.consultations import claims, clock, states, thread
from tests import people
from tests.consulting import question, staff

HOUR = timedelta(hours=1)


def case_of(id_: UUID) -> Consultation:
    with transaction() as session:
        found = consultations.by_id(session, id_)
    assert found is not None
    return found


def told(who: Identity, kind: Kind = Kind.CASE_ESCALATED) -> list[str]:
    with transaction() as session:
        found, _ = notifications.listed(session, who.user_id, kinds=[kind], limit=100)
    return [news.title for news in reversed(found)]


@pytest.fixture
def world(session: Session, var: Path) -> Iterator[dict[str, Identity]]:
    yield {
        "ada": people.signed_in(session),
        "grace": staff(session),
        "mary": staff(session),
        "admin": staff(session, Role.ADMIN),
    }
    session.flush()


def asked_by(session: Session, who: Identity) -> tuple[UUID, datetime]:
    id_ = question(session, who)
    session.flush()
    return id_, case_of(id_).created_at


def test_half_80_percent_and_missed_are_told_once_each(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, began = asked_by(session, world["ada"])
    claims.claim(session, world["grace"], id_)
    session.flush()
    seen: list[tuple[int, int, int, int]] = []
    for hours in (11.9, 12.1, 12.2, 19.0, 19.3, 19.4, 23.9, 24.1, 24.2, 48.0):
        clock.escalate(now=began + hours * HOUR)
        seen.append(
            (
                len(told(world["grace"])),
                len(told(world["mary"])),
                len(told(world["admin"])),
                len(told(world["ada"], Kind.CONSULTATION_OVERDUE)),
            )
        )
    half, most, missed = (1, 0, 0, 0), (2, 1, 0, 0), (3, 2, 1, 1)
    assert seen == [(0, 0, 0, 0), half, half, half, most, most, most, missed, missed, missed]
    case = case_of(id_)
    assert case.escalated_half_at is not None
    assert case.is_late
    assert case.state is State.CLAIMED  # who has it, keeps it


def test_a_case_that_nobody_took_gets_precedence_when_it_is_missed(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, began = asked_by(session, world["ada"])
    claims.assign(session, world["grace"], id_, world["mary"].user_id)
    session.flush()
    clock.escalate(now=began + 13 * HOUR)
    assert (len(told(world["mary"])), len(told(world["grace"]))) == (1, 0)
    clock.escalate(now=began + 20 * HOUR)
    assert case_of(id_).assigned_to is None
    clock.escalate(now=began + 25 * HOUR)
    assert case_of(id_).state is State.ESCALATED
    claims.claim(session, world["grace"], id_)


def test_after_an_outage_the_gravest_level_is_told_and_none_again(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, began = asked_by(session, world["ada"])
    for hours in (30, 31):
        clock.escalate(now=began + hours * HOUR)
    assert told(world["grace"]) == ["A case has missed its promised time"]
    case = case_of(id_)
    assert None not in (case.escalated_half_at, case.escalated_80_at, case.escalated_missed_at)


def test_several_workers_at_once_tell_each_level_once(var: Path, fresh_database: str) -> None:
    with transaction() as session:
        grace = staff(session)
        ids = [question(session, people.signed_in(session)) for _ in range(30)]
    began = case_of(ids[-1]).created_at
    for hours in (13, 20, 25):
        with ThreadPoolExecutor(4) as pool:
            jobs = [
                pool.submit(clock.escalate, now=began + hours * HOUR, batch=7) for _ in range(4)
            ]
            assert sum(job.result() for job in jobs) == len(ids)
    assert len(told(grace)) == 3 * len(ids)


def test_the_clock_stands_still_while_the_person_is_asked(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, began = asked_by(session, world["ada"])
    claims.claim(session, world["grace"], id_)
    thread.write(session, world["grace"], id_, "Since when exactly?", asks=True)
    session.flush()
    assert clock.escalate(now=began + 30 * HOUR) == 0
    session.execute(text("UPDATE consultations SET paused_at = paused_at - interval '5 hours'"))
    thread.reply(session, world["ada"], id_, "Since May.")
    session.flush()
    case = case_of(id_)
    assert case.state is State.CLAIMED
    assert case.due_at - began - PROMISED >= 5 * HOUR
    assert told(world["grace"], Kind.CASE_WAITING)[-1] == "A person has replied"


def test_an_answer_stops_the_clock_and_a_second_opinion_starts_it_anew(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, began = asked_by(session, world["ada"])
    claims.claim(session, world["grace"], id_)
    states.move(session, case_of(id_), State.ANSWERED, actor=world["grace"].user_id)
    session.flush()
    assert clock.escalate(now=began + 30 * HOUR) == 0
    case = case_of(id_)
    assert case.answered_by == world["grace"].user_id
    thread.ask_second_opinion(session, world["ada"], id_)
    session.flush()
    assert case_of(id_).first_reader == world["grace"].user_id
    assert clock.escalate(now=began + 30 * HOUR) == 1


def test_a_second_opinion_is_news_to_those_who_may_give_it(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, _ = asked_by(session, world["ada"])
    assert told(world["mary"], Kind.CASE_WAITING) == ["A case is waiting"]
    claims.claim(session, world["grace"], id_)
    states.move(session, case_of(id_), State.ANSWERED, actor=world["grace"].user_id)
    before = told(world["grace"], Kind.CASE_WAITING)
    thread.ask_second_opinion(session, world["ada"], id_)
    session.flush()
    assert told(world["mary"], Kind.CASE_WAITING)[1:] == ["A second opinion is wanted"]
    assert told(world["grace"], Kind.CASE_WAITING) == before  # she gave the first


def test_an_idle_case_waits_again_and_one_that_is_worked_on_does_not(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, began = asked_by(session, world["ada"])
    claims.claim(session, world["grace"], id_)
    session.flush()
    assert clock.release_idle(now=began + 1.9 * HOUR) == 0
    assert clock.release_idle(now=began + 2.1 * HOUR) == 1
    assert clock.release_idle(now=began + 2.2 * HOUR) == 0
    assert case_of(id_).state is State.PENDING
    assert told(world["grace"], Kind.CASE_WAITING)[-1] == "A case of yours went back to the queue"


def test_what_was_claimed_by_an_account_that_is_gone_waits_again(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, began = asked_by(session, world["ada"])
    claims.claim(session, world["grace"], id_)
    session.execute(text("DELETE FROM users WHERE user_id = :id"), {"id": world["grace"].user_id})
    session.flush()
    assert clock.release_idle(now=began) == 1
    assert case_of(id_).state is State.PENDING


def test_what_is_settled_is_closed_after_two_silent_weeks(
    session: Session, world: dict[str, Identity]
) -> None:
    id_, began = asked_by(session, world["ada"])
    claims.claim(session, world["grace"], id_)
    states.move(session, case_of(id_), State.ANSWERED, actor=world["grace"].user_id)
    thread.rate(session, world["ada"], id_, 5, "Clear.")
    session.flush()
    assert clock.close_settled(now=began + timedelta(days=13)) == 0
    assert clock.close_settled(now=began + timedelta(days=15)) == 1
    assert case_of(id_).state is State.CLOSED
    assert told(world["ada"], Kind.CONSULTATION_UPDATE) == ["Consultation closed"]
