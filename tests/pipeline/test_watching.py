"""How many are unread, for many tabs at once: the same numbers as one by one."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection

from core.notification_preferences import Preferences
from core.notifications import Kind
from core.people import Identity
from data import database as db
from data import notifications, sessions, users
from data.database import read, transaction
from pipeline import notify, watching
from tests.people import signed_in


def tell(who: Identity, times: int) -> None:
    with transaction() as session:
        now = db.now(session)
        for number in range(times):
            told = notify.Told(who.user_id, Kind.RESULT_READY, f"news {number}", facts={})
            notify.tell_many(session, [told], {who.user_id: Preferences()}, now=now)


def person() -> Identity:
    with transaction() as session:
        return signed_in(session, email=f"{uuid4().hex}@example.org")


def test_each_session_has_the_number_of_its_own_person(database: Connection) -> None:
    ada, grace, joan = person(), person(), person()
    tell(ada, 2)
    tell(grace, notifications.MOST_COUNTED + 5)
    with read() as session:
        found = watching.unread_by_session(
            session, [ada.session_id, grace.session_id, joan.session_id, uuid4()]
        )
        one_by_one = [notifications.unread(session, who.user_id) for who in (ada, grace, joan)]
    before = [found[who.session_id] for who in (ada, grace, joan)]
    assert before == one_by_one
    assert found[grace.session_id] == notifications.MOST_COUNTED
    assert len(found) == 3
    with read() as session:
        assert watching.unread_by_session(session, []) == {}


def test_sessions_that_have_ended_and_people_who_are_gone_are_missing(database: Connection) -> None:
    ada, grace = person(), person()
    both = [ada.session_id, grace.session_id]
    with transaction() as session:
        sessions.end(session, ada.user_id, ada.session_id)
        assert set(watching.unread_by_session(session, both)) == {grace.session_id}
        users.change(session, grace.user_id, is_active=False)
        assert watching.unread_by_session(session, both) == {}
