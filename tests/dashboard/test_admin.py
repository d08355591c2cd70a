"""The page of administrators: queue, what broke, roles, audit."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.analyses import Status
from core.errors import Conflict, NotAllowed, NotFound
from core.people import Identity, Purpose, Role
from data import users
from data.database import read, transaction
from data.tables import AnalysisResult
from pipeline import consents, operations, record
from tests import people
from tests.consulting import staff
from tests.dashboard.checks import button, failed_check, opened, words
from tests.dashboard.test_models import admin, code

__all__ = ["admin"]

Admin = tuple[Identity, str]


@pytest.fixture
def person(var: object, database: object) -> Identity:
    with transaction() as session:
        who = people.signed_in(session, people.register(session))
        consents.give(session, who.user_id, Purpose.ANALYSIS)
    return who


def broken_job() -> int:
    with transaction() as session:
        return int(
            session.execute(
                text(
                    "INSERT INTO procrastinate_jobs"
                    " (queue_name, task_name, attempts, scheduled_at)"
                    " VALUES ('photos', 'examine_photo', 4, now() + interval '50 seconds')"
                    " RETURNING id"
                )
            ).scalar_one()
        )


def audited(action: str) -> int:
    with read() as session:
        found = session.scalar(
            text("SELECT count(*) FROM audit_events WHERE action = :action"), {"action": action}
        )
    return int(found or 0)


@pytest.mark.parametrize("role", [Role.USER, Role.DERMATOLOGIST, Role.ANALYST])
def test_nobody_but_administrators_may_look_or_act(database: object, role: Role) -> None:
    with transaction() as session:
        who = staff(session, role)
        for refused in (
            lambda: operations.state(session, who),
            lambda: operations.staff(session, who),
            lambda: operations.find(session, who, who.email),
            lambda: operations.search(session, who),
            lambda: operations.names(session, who),
            lambda: operations.actions(session, who),
            lambda: operations.try_job_now(session, who, 1),
            lambda: operations.check_again(session, who, who.user_id),
            lambda: operations.give_role(
                session, who, email=who.email, role=Role.ADMIN, code=None, address="-"
            ),
        ):
            with pytest.raises(NotAllowed):
                refused()


def test_without_a_worker_the_page_says_so_and_shows_every_queue(admin: Admin) -> None:
    page = opened(admin[0], "admin")
    assert "No worker is alive" in words(page)
    queues = page.dataframe[0].value
    assert list(queues["Queue"])[:2] == ["Photos", "Housekeeping"]


def test_a_job_that_broke_is_shown_and_tried_now(admin: Admin) -> None:
    job = broken_job()
    page = opened(admin[0], "admin")
    assert "broke 4 times" in words(page)
    page.button(key=f"job_{job}").click().run()
    assert "next in line" in words(page)
    with read() as session:
        due = session.scalar(
            text("SELECT scheduled_at <= now() FROM procrastinate_jobs WHERE id = :job"),
            {"job": job},
        )
    assert due
    assert audited("job_tried_now") == 1


def test_a_check_that_was_given_up_goes_into_the_queue_again_with_all_its_attempts(
    admin: Admin, person: Identity
) -> None:
    check = failed_check(person, record.GIVEN_UP)
    with transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    page = opened(admin[0], "admin")
    assert person.first_name not in words(page)  # whose it is concerns nobody here
    page.button(key=f"check_{check}").click().run()
    with transaction() as session:
        row = session.get_one(AnalysisResult, check)
        assert (row.status, row.attempts, row.reasons) == (Status.QUEUED, 0, [])
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1
        with pytest.raises(NotFound):
            operations.check_again(session, admin[0], check)


def test_a_check_that_failed_for_want_of_consent_is_not_offered(
    admin: Admin, person: Identity
) -> None:
    check = failed_check(person, record.NO_CONSENT)
    with transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        assert not operations.state(session, admin[0]).given_up
        with pytest.raises(NotFound):
            operations.check_again(session, admin[0], check)


def test_a_role_is_given_with_the_second_factor_only_and_ends_their_sessions(
    admin: Admin, person: Identity
) -> None:
    who, secret = admin
    page = opened(who, "admin")
    page.text_input(key="admin_role_email").set_value(person.email)
    page.selectbox(key="admin_role_role").set_value(Role.ANALYST)
    button(page, "Give this role").click().run()
    assert page.error
    page.text_input(key="admin_role_email").set_value(person.email)
    page.selectbox(key="admin_role_role").set_value(Role.ANALYST)
    page.text_input(key="admin_role_code").set_value(code(secret))
    button(page, "Give this role").click().run()
    assert "has the role Analyst" in words(page)
    with read() as session:
        assert users.get(session, person.user_id).role is Role.ANALYST
        left = session.scalar(
            text("SELECT count(*) FROM auth_sessions WHERE user_id = :who"),
            {"who": person.user_id},
        )
    assert left == 0


def test_nobody_changes_their_own_role_and_the_last_administrator_stays(admin: Admin) -> None:
    who, _secret = admin
    with transaction() as session:
        with pytest.raises(NotAllowed, match="own role"):
            operations.give_role(
                session, who, email=who.email, role=Role.USER, code=None, address="-"
            )
        other = staff(session, Role.ADMIN)
        users.change(session, who.user_id, is_active=False)
        with pytest.raises(Conflict, match="last administrator"):
            operations.give_role(
                session, who, email=other.email, role=Role.USER, code=None, address="-"
            )


def test_the_audit_is_searched_by_person_and_that_is_noted_too(
    admin: Admin, person: Identity
) -> None:
    page = opened(admin[0], "admin")
    page.text_input(key="admin_audit_email").set_value(person.email)
    button(page, "Search").click().run()
    found = page.dataframe[-1].value
    assert "Registered" in set(found["What"])
    assert not any(person.first_name in str(cell) for cell in found.to_numpy().ravel())
    assert not any(str(person.session_id) in str(cell) for cell in found.to_numpy().ravel())
    assert audited("audit_searched") == 1
    page.text_input(key="admin_audit_email").set_value("nobody@example.org")
    button(page, "Search").click().run()
    assert any("no account" in error.value for error in page.error)
