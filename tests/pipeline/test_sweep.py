"""What goes by itself, and accounts that end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from core.errors import NotAllowed, NotFound
from core.people import Identity
from core.settings import settings
from data import analyses, audit, erasures
from data.database import read, transaction
from data.tables import Base, Erasure
from pipeline import accounts, intake, jobs, leaving, profiles, results, sweep, web_sessions
from tests import people
from tests.people import PASSWORD
from tests.stand_in import examination, photo_that


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    """Somebody with a picture, a scored check, and one that waits."""
    with transaction() as session:
        ada = people.signed_in(session, email="ada@example.org")
        profiles.put_picture(session, ada.user_id, photo_that("is scored"))
        scored = intake.submit(session, ada, [photo_that("is scored")])
        intake.submit(session, ada, [photo_that("is rejected")])
    jobs.examine(scored, lambda _jpeg, _on_stage: examination())
    return ada


def rows_of_everything() -> dict[str, int]:
    with read() as session:
        tables = [*Base.metadata.tables, "procrastinate_jobs"]
        counted = {t: session.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables}  # noqa: S608
    return {table: int(count) for table, count in counted.items() if count}


def objects() -> int:
    return sum(1 for file in (settings().var / "photos").rglob("*") if file.is_file())


def ledger() -> Any:
    with read() as session:
        return session.scalars(select(Erasure)).one()


def test_an_account_that_is_erased_at_once_leaves_only_the_ledger(ada: Identity) -> None:
    assert objects() == 4
    with transaction() as session:
        leaving.delete_account(session, ada, password=PASSWORD, at_once=True)
    assert objects() == 0
    assert set(rows_of_everything()) == {"erasures", "audit_events"}
    row = ledger()
    assert row.user_id is None
    assert row.pseudonym == audit.of(ada.user_id)
    assert row.erased["objects"] == {"photos": 2, "maps": 1, "profile_pictures": 1}
    assert row.erased["rows"]["analysis_results"] == 2
    assert row.erased["rows"]["user_keys"] == 1
    assert row.erased["jobs"] == 2
    assert row.erased_at is not None


def test_nothing_in_the_ledger_or_the_audit_names_the_person(ada: Identity) -> None:
    with transaction() as session:
        leaving.delete_account(session, ada, password=PASSWORD, at_once=True)
    with read() as session:
        written = str(session.execute(text("SELECT * FROM erasures")).all())
        written += str(session.execute(text("SELECT * FROM audit_events")).all())
    for word in (str(ada.user_id), ada.email, "Byron", ada.user_id.hex):
        assert word not in written


def test_after_the_days_of_grace_an_account_is_erased_by_itself(ada: Identity) -> None:
    with transaction() as session:
        leaving.delete_account(session, ada, password=PASSWORD)
    with transaction() as session:  # closed at once
        assert web_sessions.identity_of(session, ada.session_id) is None
        with pytest.raises(NotAllowed):
            accounts.sign_in(session, email=ada.email, password=PASSWORD, address="")
    sweep.due_erasures()
    assert objects() == 4
    assert ledger().due_at - ledger().requested_at == erasures.GRACE == timedelta(days=30)
    with transaction() as session:
        session.execute(text("UPDATE erasures SET due_at = now()"))
    sweep.due_erasures()
    assert objects() == 0
    assert ledger().erased_at is not None
    sweep.due_erasures()  # nothing left to do


def test_erasing_one_account_touches_no_other(ada: Identity) -> None:
    with transaction() as session:
        eve = people.signed_in(session)
        photo_id = intake.submit(session, eve, [photo_that("is scored")])
        leaving.delete_account(session, ada, password=PASSWORD, at_once=True)
    with read() as session:
        assert results.photo(session, eve.user_id, photo_id)
        assert analyses.waiting(session, eve.user_id) == 1
    assert objects() == 1


def test_the_wrong_password_deletes_nothing(ada: Identity) -> None:
    with pytest.raises(NotAllowed), transaction() as session:
        leaving.delete_account(session, ada, password="wrong", at_once=True)
    with transaction() as session:
        assert web_sessions.identity_of(session, ada.session_id) is not None
    assert objects() == 4


def test_a_later_wish_does_not_push_an_earlier_one_back(ada: Identity) -> None:
    with transaction() as session:
        erasures.request(session, ada.user_id, at_once=True)
        erasures.request(session, ada.user_id)
        assert erasures.due(session) == [ada.user_id]


def test_the_address_of_an_erased_account_is_free_again(ada: Identity) -> None:
    with transaction() as session:
        leaving.delete_account(session, ada, password=PASSWORD, at_once=True)
    with transaction() as session:
        again = people.register(session, email=ada.email)
    assert again != ada.user_id
    with read() as session, pytest.raises(NotFound):
        profiles.read(session, ada.user_id)


def test_expired_rows_go_and_others_stay(ada: Identity) -> None:
    with transaction() as session:
        web_sessions.issue_ticket(session, ada.user_id, visitor="v")
        web_sessions.issue_ticket(session, ada.user_id, visitor="w")
        people.token_of(session, ada.user_id)
        session.execute(
            text(
                "INSERT INTO sign_in_attempts (account, address, at)"
                " VALUES ('a', 'b', now()), ('a', 'b', now() - interval '16 minutes')"
            )
        )
        session.execute(
            text(
                "UPDATE sign_in_tickets SET expires_at = now()"
                " WHERE ticket_hash = (SELECT min(ticket_hash) FROM sign_in_tickets)"
            )
        )
        session.execute(
            text("UPDATE auth_sessions SET expires_at = now() WHERE session_id <> :id"),
            {"id": ada.session_id},
        )
    sweep.expired()
    left = rows_of_everything()
    names = ("sign_in_tickets", "auth_sessions", "sign_in_attempts")
    assert {name: left[name] for name in names} == dict.fromkeys(names, 1)


def test_orphans_go_after_an_hour_and_what_is_named_stays(ada: Identity) -> None:
    orphan = settings().var / "photos" / "ab" / ("a" * 32)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"left by a crash")
    assert sweep.orphans() == 0
    assert sweep.orphans(grace=timedelta(seconds=-5)) == 1
    assert not orphan.exists()
    assert objects() == 4
