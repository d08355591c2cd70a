from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.errors import NotAllowed
from core.people import Purpose
from data.tables import Consent
from pipeline import consents
from tests import people


def test_every_purpose_is_listed_whether_asked_or_not(session: Session) -> None:
    ada = people.register(session)
    current = consents.current(session, ada)
    assert set(current) == set(Purpose) == set(consents.WORDING)
    given = current[Purpose.ANALYSIS]
    assert given is not None
    assert given.in_force
    assert given.wording == consents.WORDING_VERSION
    assert current[Purpose.STATISTICS] is None


def test_a_consent_can_be_withdrawn_and_given_again_and_all_of_it_is_kept(
    session: Session,
) -> None:
    ada = people.register(session)
    consents.withdraw(session, ada, Purpose.ANALYSIS)
    withdrawn = consents.current(session, ada)[Purpose.ANALYSIS]
    assert withdrawn is not None
    assert not withdrawn.in_force
    with pytest.raises(NotAllowed, match="Profile"):
        consents.require(session, ada, Purpose.ANALYSIS)
    consents.give(session, ada, Purpose.ANALYSIS)
    consents.require(session, ada, Purpose.ANALYSIS)
    again = consents.current(session, ada)[Purpose.ANALYSIS]
    assert again is not None
    assert again.in_force
    assert session.scalar(_number_for_analysis()) == 2


def test_giving_twice_is_giving_once(session: Session) -> None:
    ada = people.register(session)
    before = consents.current(session, ada)[Purpose.ANALYSIS]
    consents.give(session, ada, Purpose.ANALYSIS)
    assert consents.current(session, ada)[Purpose.ANALYSIS] == before


def test_new_words_need_a_new_consent(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = people.register(session)
    monkeypatch.setattr(consents, "WORDING_VERSION", "next")
    consents.give(session, ada, Purpose.ANALYSIS)
    now = consents.current(session, ada)[Purpose.ANALYSIS]
    assert now is not None
    assert now.wording == "next"
    assert session.scalar(_number_for_analysis()) == 2


def test_withdrawing_what_was_never_given_is_no_error(session: Session) -> None:
    ada = people.register(session, consent_to_analysis=False)
    consents.withdraw(session, ada, Purpose.ANALYSIS)
    assert consents.current(session, ada)[Purpose.ANALYSIS] is None


def test_one_purpose_says_nothing_about_another(session: Session) -> None:
    ada = people.register(session)
    consents.give(session, ada, Purpose.STATISTICS)
    consents.withdraw(session, ada, Purpose.ANALYSIS)
    consents.require(session, ada, Purpose.STATISTICS)
    for purpose in (Purpose.ANALYSIS, Purpose.DERMATOLOGIST, Purpose.MODEL_IMPROVEMENT):
        with pytest.raises(NotAllowed):
            consents.require(session, ada, purpose)


def test_whoever_changes_the_words_raises_their_version() -> None:
    """Rows name only the version: the words of a version may not change."""
    later = (Purpose.HEALTH_ANSWERS, Purpose.SAFETY_ANSWERS)
    asked = [each for each in Purpose if each not in later]
    words = "\n".join(consents.WORDING[purpose] for purpose in asked)
    digests = {"1": ("b77eb733e11e6675", "30fef8e4974c8d21", "e8608587a5e6c159")}
    found = (_digest(words), *(_digest(consents.WORDING[each]) for each in later))
    assert digests[consents.WORDING_VERSION] == found


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _number_for_analysis() -> Select[int]:
    return select(func.count()).where(Consent.purpose == Purpose.ANALYSIS)
