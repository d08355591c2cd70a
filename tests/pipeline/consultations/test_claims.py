"""Who gets a case: one of any number at once, and not who is away or has read it before."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.consultations import TRANSITIONS, Priority, State
from core.errors import Conflict, NotAllowed, NotFound
from core.people import Identity, Role
from data import case_queue, consultations
from data.case_queue import Filters, Which
from data.database import now as database_now
from data.database import transaction
from pipeline.consultations import cases, claims, states, thread
from tests import people
from tests.consulting import question, staff, with_photos

CASES = 50


@pytest.fixture
def ada(session: Session) -> Identity:
    return people.signed_in(session)


@pytest.fixture
def grace(session: Session) -> Identity:
    return staff(session, first_name="Grace")


@pytest.fixture
def mary(session: Session) -> Identity:
    return staff(session, first_name="Mary")


def state(session: Session, id_: UUID) -> State:
    case = consultations.by_id(session, id_)
    assert case is not None
    return case.state


def test_of_many_who_claim_at_once_each_case_has_exactly_one_owner(
    var: Path, fresh_database: str
) -> None:
    with transaction() as session:
        doctors = [staff(session) for _ in range(4)]
        asked = [question(session, people.signed_in(session)) for _ in range(CASES)]
    together = Barrier(len(doctors))
    won: dict[UUID, list[UUID]] = {doctor.user_id: [] for doctor in doctors}
    told: Counter[str] = Counter()

    def claim_all(doctor: Identity) -> None:
        for id_ in asked:
            together.wait(timeout=30)
            try:
                with transaction() as session:
                    claims.claim(session, doctor, id_)
                won[doctor.user_id].append(id_)
            except Conflict as error:
                told[str(error)] += 1

    with ThreadPoolExecutor(len(doctors)) as pool:
        list(pool.map(claim_all, doctors))
    winners = Counter(id_ for ids in won.values() for id_ in ids)
    assert winners == Counter(asked)
    assert told == {claims.TAKEN: CASES * (len(doctors) - 1)}
    with transaction() as session:
        found = session.execute(text("SELECT consultation_id, claimed_by FROM consultations"))
        owners = {row.consultation_id: row.claimed_by for row in found}
        claimed = session.scalar(
            text("SELECT count(*) FROM audit_events WHERE action = 'case_claimed'")
        )
    assert owners == {id_: doctor for doctor, ids in won.items() for id_ in ids}
    assert claimed == CASES


def test_every_state_goes_only_where_the_table_says(
    session: Session, ada: Identity, grace: Identity
) -> None:
    asked = question(session, ada)
    for before in State:
        for after in State:
            session.execute(
                text("UPDATE consultations SET state = :state, claimed_by = :grace"),
                {"state": before.value, "grace": grace.user_id},
            )
            case = consultations.by_id(session, asked)
            assert case is not None
            if after in TRANSITIONS[before]:
                assert states.move(session, case, after, actor=grace.user_id).state is after
            else:
                with pytest.raises(Conflict, match="moved on"):
                    states.move(session, case, after, actor=grace.user_id)
                assert state(session, asked) is before


def test_a_released_case_waits_again_and_an_assigned_one_is_for_who_shall_take_it(
    session: Session, ada: Identity, grace: Identity, mary: Identity
) -> None:
    asked = question(session, ada)
    claims.claim(session, grace, asked)
    with pytest.raises(Conflict, match="claimed this case already"):
        claims.claim(session, grace, asked)
    claims.release(session, grace, asked)
    claims.assign(session, grace, asked, mary.user_id)
    with pytest.raises(Conflict, match="assigned to a colleague"):
        claims.claim(session, grace, asked)
    assert case_queue.lines(session, grace.user_id, Filters(), limit=10) == []
    mine = case_queue.lines(session, mary.user_id, Filters(Which.ASSIGNED), limit=10)
    assert [line.consultation_id for line in mine] == [asked]
    claims.claim(session, mary, asked)
    assert state(session, asked) is State.CLAIMED


def test_an_administrator_takes_a_case_out_of_hands_and_a_colleague_cannot(
    session: Session, ada: Identity, grace: Identity, mary: Identity
) -> None:
    asked, admin = question(session, ada), staff(session, Role.ADMIN)
    claims.claim(session, grace, asked)
    with pytest.raises(Conflict, match="administrator"):
        claims.assign(session, mary, asked, mary.user_id)
    claims.assign(session, admin, asked, mary.user_id)
    with pytest.raises(NotFound):
        cases.open_case(session, grace, asked)
    claims.claim(session, mary, asked)
    with pytest.raises(NotAllowed):
        claims.claim(session, admin, asked)
    with pytest.raises(NotFound):
        claims.assign(session, admin, asked, ada.user_id)
    with pytest.raises(NotAllowed):
        claims.assign(session, ada, asked, mary.user_id)


def test_who_is_away_gets_no_case_and_has_none(
    session: Session, ada: Identity, grace: Identity, mary: Identity
) -> None:
    asked = question(session, ada)
    claims.claim(session, grace, asked)
    now = database_now(session)
    absence = claims.be_away(session, grace, now - timedelta(hours=1), now + timedelta(days=7))
    assert state(session, asked) is State.PENDING
    with pytest.raises(Conflict, match="away"):
        claims.claim(session, grace, asked)
    with pytest.raises(Conflict, match="away"):
        claims.assign(session, mary, asked, grace.user_id)
    with pytest.raises(NotFound):
        claims.be_back(session, mary, absence)
    claims.be_back(session, grace, absence)
    claims.claim(session, grace, asked)


def test_a_second_opinion_comes_from_another_and_the_first_reader_can_still_look(
    session: Session, ada: Identity, grace: Identity, mary: Identity
) -> None:
    asked = question(session, ada)
    claims.claim(session, grace, asked)
    thread.want_second_opinion(session, grace, asked)
    with pytest.raises(Conflict, match="somebody else"):
        claims.claim(session, grace, asked)
    with pytest.raises(Conflict, match="somebody else"):
        claims.assign(session, mary, asked, grace.user_id)
    claims.claim(session, mary, asked)
    assert cases.open_case(session, mary, asked).is_mine
    assert not cases.open_case(session, grace, asked).is_mine
    with pytest.raises(Conflict):
        thread.want_second_opinion(session, mary, asked)


def test_the_queue_puts_flags_first_then_the_time_that_is_left(
    session: Session, grace: Identity
) -> None:
    plain = [question(session, people.signed_in(session)) for _ in range(3)]
    flagged_person = people.signed_in(session)
    people.answer_safety(session, flagged_person.user_id, "scars")
    flagged = question(session, flagged_person)
    for hours, id_ in zip((5, 1, 3), plain, strict=True):
        session.execute(
            text("UPDATE consultations SET due_at = now() + :wait WHERE consultation_id = :id"),
            {"wait": timedelta(hours=hours), "id": id_},
        )
    found = case_queue.lines(session, grace.user_id, Filters(), limit=10)
    assert [line.consultation_id for line in found] == [flagged, plain[1], plain[2], plain[0]]
    only = Filters(priority=Priority.NORMAL)
    assert len(case_queue.lines(session, grace.user_id, only, limit=10)) == 3
    above = case_queue.summary(session, grace.user_id)
    assert (above.waiting, above.flagged, above.mine) == (4, 1, 0)


def test_the_queue_is_narrowed_to_what_was_asked_for(
    session: Session, ada: Identity, grace: Identity, mary: Identity
) -> None:
    def found(**wanted: Any) -> set[UUID]:
        lines = case_queue.lines(session, mary.user_id, Filters(**wanted), limit=10)
        return {line.consultation_id for line in lines}

    plain = question(session, ada)
    whole = question(session, ada, photos=True, views=with_photos(but_side=False))
    short, late, mine = (question(session, people.signed_in(session)) for _ in range(3))
    claims.assign(session, grace, mine, mary.user_id)
    due = "UPDATE consultations SET due_at = now() + :left WHERE consultation_id = :id"
    session.execute(text(due), {"left": timedelta(hours=5), "id": short})
    session.execute(text(due), {"left": -timedelta(minutes=1), "id": late})
    over = "UPDATE consultations SET escalated_missed_at = now() WHERE consultation_id = :id"
    session.execute(text(over), {"id": late})
    again = question(session, people.signed_in(session))
    claims.claim(session, grace, again)
    thread.want_second_opinion(session, grace, again)
    flagged_person = people.signed_in(session)
    people.answer_safety(session, flagged_person.user_id, "scars")
    flagged = question(session, flagged_person)

    assert found() == {plain, whole, short, late, mine, again, flagged}
    assert found(is_flagged=True) == {flagged}
    assert found(is_late=True) == {late}
    assert found(due_within=timedelta(hours=6)) == {short, late}
    assert found(due_within=timedelta(hours=6), is_late=True) == {late}
    assert found(is_missing=True) == {plain, short, late, mine, again, flagged}
    assert found(is_second_opinion=True) == {again}
    assert found(is_in_pool=True) == {plain, whole, short, late, again, flagged}


def test_loads_count_what_is_in_hand_and_what_waits(
    session: Session, ada: Identity, grace: Identity, mary: Identity
) -> None:
    asked = [question(session, ada) for _ in range(3)]
    claims.claim(session, grace, asked[0])
    claims.claim(session, grace, asked[1])
    claims.assign(session, grace, asked[2], mary.user_id)
    loads = {
        who.user_id: (claimed, assigned)
        for who, claimed, assigned in claims.colleagues(session, grace)
    }
    assert loads == {grace.user_id: (2, 0), mary.user_id: (0, 1)}
