"""Every query that is about somebody's things, asked by somebody else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import data
from core.errors import NotFound, SkincareError
from core.metrics import Metric
from core.notification_preferences import Preferences
from core.notifications import Kind
from core.people import Purpose
from data import (
    accesses,
    addresses,
    advice,
    analyses,
    consents,
    courses,
    erasures,
    holdings,
    known_devices,
    mail,
    notification_preferences,
    notifications,
    photos,
    progress,
    refresh_tokens,
    reminders,
    saved_views,
    sessions,
    user_keys,
    users,
    vault,
)
from tests import people
from tests.data import care_things
from tests.data.checks import simulated_check


@dataclass(frozen=True)
class Things:
    """What Ada has."""

    ada: UUID
    session_id: UUID
    photo_id: UUID
    kept: vault.Kept
    analysis_id: UUID
    notification_id: UUID
    view: UUID  # an analyst's question


Question = Callable[[Session, UUID, Things], Any]
REFUSED = object()  # it has to raise

# Each question, asked in Eve's name about Ada's things, and the only answer Eve may get.
MATRIX: dict[str, tuple[Question, Any]] = {
    "accesses.of": (lambda s, eve, its: accesses.of(s, eve, ["photo_viewed"], limit=9), []),
    "advice.answers": (lambda s, eve, its: advice.answers(s, eve), None),
    "advice.save_answers": (lambda s, eve, its: advice.save_answers(s, eve, {}), None),
    "advice.forget_answers": (lambda s, eve, its: advice.forget_answers(s, eve), False),
    "advice.of_check": (lambda s, eve, its: advice.of_check(s, eve, its.analysis_id), REFUSED),
    "advice.keep": (lambda s, eve, its: advice.keep(s, eve, its.analysis_id, {}), REFUSED),
    "advice.earlier": (lambda s, eve, its: advice.earlier(s, eve, its.analysis_id), []),
    "addresses.verified_at": (lambda s, eve, its: addresses.verified_at(s, eve), None),
    "addresses.is_waiting": (lambda s, eve, its: addresses.is_waiting(s, eve), False),
    "addresses.no_longer_waits": (lambda s, eve, its: addresses.no_longer_waits(s, eve), False),
    "analyses.get": (lambda s, eve, its: analyses.get(s, eve, its.analysis_id), REFUSED),
    "analyses.row": (lambda s, eve, its: analyses.row(s, eve, its.analysis_id), REFUSED),
    "analyses.latest": (lambda s, eve, its: analyses.latest(s, eve), []),
    "analyses.listed": (lambda s, eve, its: analyses.listed(s, eve), ([], 0)),
    "courses.history": (lambda s, eve, its: courses.history(s, eve), []),
    "courses.repeats": (lambda s, eve, its: courses.repeats(s, eve, least=0), []),
    "analyses.versions": (lambda s, eve, its: analyses.versions(s, eve, its.analysis_id), []),
    "analyses.remove": (lambda s, eve, its: analyses.remove(s, eve, its.analysis_id), None),
    "analyses.waiting": (lambda s, eve, its: analyses.waiting(s, eve), 0),
    "analyses.by_idempotency_key": (
        lambda s, eve, its: analyses.by_idempotency_key(s, eve, "key of ada"),
        None,
    ),
    "photos.get": (lambda s, eve, its: photos.get(s, eve, its.photo_id), REFUSED),
    "photos.of_check": (lambda s, eve, its: photos.of_check(s, eve, its.analysis_id), []),
    "photos.hashes_of": (lambda s, eve, its: photos.hashes_of(s, eve, its.analysis_id), ()),
    "photos.remove": (lambda s, eve, its: photos.remove(s, eve, [its.photo_id]), None),
    "sessions.end": (lambda s, eve, its: sessions.end(s, eve, its.session_id), False),
    "sessions.end_all": (lambda s, eve, its: sessions.end_all(s, eve), 0),
    "sessions.live": (lambda s, eve, its: sessions.live(s, eve), []),
    "consents.latest": (lambda s, eve, its: consents.latest(s, eve), []),
    "consents.in_force": (
        lambda s, eve, its: consents.in_force(s, eve, Purpose.ANALYSIS),
        False,
    ),
    "consents.withdraw": (
        lambda s, eve, its: consents.withdraw(s, eve, Purpose.ANALYSIS),
        False,
    ),
    "vault.read": (lambda s, eve, its: vault.read(s, eve, its.kept), REFUSED),
    "vault.keys_of": (lambda s, eve, its: vault.keys_of(s, eve), []),
    "user_keys.destroy": (lambda s, eve, its: user_keys.destroy(s, eve), None),
    "erasures.erase": (
        lambda s, eve, its: erasures.erase(s, eve).objects,
        {"photos": 0, "maps": 0, "profile_pictures": 0},
    ),
    "mail.waiting": (lambda s, eve, its: mail.waiting(s, eve), 0),
    "mail.withdraw": (lambda s, eve, its: mail.withdraw(s, eve), None),
    "refresh_tokens.rotate": (
        lambda s, eve, its: refresh_tokens.rotate(
            s, eve, its.session_id, used=b"\0" * 32, following=b"\1" * 32
        ),
        False,
    ),
    "holdings.checks": (lambda s, eve, its: holdings.checks(s, eve, after=None, at_most=9), []),
    "holdings.photos": (lambda s, eve, its: holdings.photos(s, eve), []),
    "holdings.maps": (lambda s, eve, its: holdings.maps(s, eve), {}),
    "holdings.consents": (lambda s, eve, its: holdings.consents(s, eve), []),
    "holdings.rows": (lambda s, eve, its: holdings.rows(s, eve, "photos"), []),
    "holdings.attempts": (lambda s, eve, its: holdings.attempts(s, eve), []),
    "notifications.listed": (lambda s, eve, its: notifications.listed(s, eve), ([], 0)),
    "notifications.forget_questions_of": (
        lambda s, eve, its: notifications.forget_questions_of(s, eve),
        None,
    ),
    "notifications.unread": (lambda s, eve, its: notifications.unread(s, eve), 0),
    "notifications.mark": (
        lambda s, eve, its: notifications.mark(s, eve, its.notification_id, read=True),
        REFUSED,
    ),
    "notifications.mark_all": (
        lambda s, eve, its: notifications.mark_all(s, eve, about=its.analysis_id),
        0,
    ),
    "notification_preferences.read": (
        lambda s, eve, its: notification_preferences.read(s, eve),
        Preferences(),
    ),
    "reminders.of": (lambda s, eve, its: reminders.of(s, eve), {}),
    "saved_views.of": (lambda s, eve, its: saved_views.of(s, eve), []),
    "saved_views.count": (lambda s, eve, its: saved_views.count(s, eve), 0),
    "saved_views.remove": (lambda s, eve, its: saved_views.remove(s, eve, its.view), REFUSED),
    "known_devices.count": (lambda s, eve, its: known_devices.count(s, eve), 0),
}

# These are about the person named by the id and take no id of a thing.
OF_ONESELF = {
    "addresses.verify",
    "addresses.wait_for",
    "audit.of",
    "belongings.belonging",
    "belongings.objects",
    "belongings.rows",
    "consents.give",
    "demonstration.add_simulated_check",
    "dirty_days.mark_person",
    "erasures.ask_again",
    "erasures.request",
    "holdings.events",  # of the audit, under the person's own pseudonym
    "holdings.person",
    "known_devices.note",
    "mailed_links.add",
    "mailed_links.end_all",
    "mailed_links.let_go",
    "notification_preferences.choose",
    "notification_preferences.learn_time_zone",
    "notification_preferences.write",
    "photos.add",
    "progress.add",
    "reminders.write",
    "saved_views.save",
    "sessions.add",
    "sessions.add_ticket",
    "user_keys.get",
    "user_keys.make",
    "users.change",
    "users.get",
    "users.lock",
    "users.note_login",
    "vault.keep",
}


@pytest.fixture
def things(session: Session, var: object) -> Things:
    identity = people.signed_in(session)
    kept = vault.keep(session, identity.user_id, b"face")
    photo_id = photos.add(
        session,
        identity.user_id,
        kept,
        sha256="0" * 64,
        size=4,
        width=1,
        height=1,
        original_format="JPEG",
    )
    analysis_id = progress.add(session, identity.user_id, [photo_id], idempotency_key="key of ada")
    simulated_check(session, identity.user_id, {Metric.PORES: 40.0})
    whose = identity.user_id
    draft = notifications.Draft(whose, Kind.RESULT_READY, "Ready", "See.", None, analysis_id, "1")
    notifications.add(session, [draft])
    preferences = Preferences(time_zone="Europe/Berlin")
    notification_preferences.write(session, whose, preferences)
    reminders.write(session, whose, reminders.Reminder(Kind.CHECK_DUE, True, time(9), 7))
    [news], _ = notifications.listed(session, whose)
    saved_views.save(session, whose, "tones", "by=tone_band")
    [view] = saved_views.of(session, whose)
    return Things(
        whose,
        identity.session_id,
        photo_id,
        kept,
        analysis_id,
        news.notification_id,
        view.view_id,
    )


@pytest.mark.parametrize("name", MATRIX)
def test_somebody_elses_things_are_as_if_they_were_not_there(
    session: Session, things: Things, name: str
) -> None:
    question, answer = MATRIX[name]
    eve = people.register(session, consent_to_analysis=False)
    if answer is REFUSED:
        with pytest.raises(SkincareError):
            question(session, eve, things)
    else:
        assert question(session, eve, things) == answer
    _ada_still_has(session, things)


@pytest.mark.parametrize(
    "question",
    [
        lambda s, who: analyses.get(s, who, UUID(int=1)),
        lambda s, who: photos.get(s, who, UUID(int=1)),
    ],
    ids=["analysis", "photo"],
)
def test_a_foreign_id_and_an_invented_id_are_the_same_answer(
    session: Session, things: Things, question: Callable[[Session, UUID], object]
) -> None:
    eve = people.register(session)
    with pytest.raises(NotFound) as invented:
        question(session, eve)
    with pytest.raises(NotFound) as foreign:
        analyses.get(session, eve, things.analysis_id)
    assert str(invented.value).replace("photo", "check") == str(foreign.value)


def test_every_query_about_a_person_is_in_the_matrix() -> None:
    found = set()
    for module_info in pkgutil.iter_modules(data.__path__):
        if module_info.name in ("migrations", "tables", "migrate", "crypto"):
            continue
        module = importlib.import_module(f"data.{module_info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and "user_id" in inspect.signature(function).parameters:
                found.add(f"{module_info.name}.{name}")
    asked = set(MATRIX) | OF_ONESELF | set(care_things.MATRIX) | care_things.OF_ONESELF
    assert found == asked


def _ada_still_has(session: Session, things: Things) -> None:
    session.expire_all()
    assert users.get(session, things.ada).is_active
    assert analyses.get(session, things.ada, things.analysis_id).photo_id == things.photo_id
    assert len(analyses.latest(session, things.ada)) == 1
    assert vault.read(session, things.ada, things.kept) == b"face"
    assert [row.session_id for row in sessions.live(session, things.ada)] == [things.session_id]
    assert notifications.unread(session, things.ada) == 1
    assert [view.view_id for view in saved_views.of(session, things.ada)] == [things.view]
    assert consents.in_force(session, things.ada, Purpose.ANALYSIS)
