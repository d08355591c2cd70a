from __future__ import annotations

import threading

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import InvalidInput, Unavailable
from data.tables import SignInAttempt
from pipeline import accounts, passwords

OWN = ("ada.byron@example.org", "Ada", "Byron")


@pytest.mark.parametrize(
    "password",
    [
        "violet otter lamp",
        "x9$Kq2!vLp",
        "Пять рыжих лисиц",
        "q" * 3 + " many words " * 10,
        "🦊🦊🦉🌲🦔🐟🌻🍄",
    ],
)
def test_a_password_that_is_hard_to_guess_is_accepted(password: str) -> None:
    assert passwords.accepted(password, OWN)


@pytest.mark.parametrize(
    "password",
    ["password", "password1", "qwertyuiop", "12345678910", "iloveyou", "aaaaaaaaaaaa", "skincare"],
)
def test_a_common_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.accepted(password, OWN)


@pytest.mark.parametrize(
    "password",
    ["ada.byron@example.org", "AdaByron1815", "byron-byron-99", "Ada!Byron!2024", "example.ada.1"],
)
def test_ones_own_name_is_refused_as_a_password(password: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.accepted(password, OWN)


@pytest.mark.parametrize("length", [0, 1, 7, 129, 100_000])
def test_a_password_has_8_to_128_characters(length: int) -> None:
    with pytest.raises(InvalidInput, match="8 to 128"):
        passwords.accepted("kW3 ?z" * length if length > 7 else "kW3 ?zq"[:length], OWN)


def test_every_character_counts_also_beyond_what_bcrypt_reads() -> None:
    long = "violet otter lamp " * 7
    stored = passwords.kept(long)
    assert passwords.matches(long, stored)
    assert not passwords.matches(long[:-1] + "x", stored)
    assert not passwords.matches(long[:72], stored)


def test_the_same_characters_typed_on_another_system_are_the_same_password() -> None:
    assert passwords.matches("cafe\u0301 otter lamp", passwords.kept("caf\u00e9 otter lamp"))


def test_no_stored_password_matches_nothing_after_the_same_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[bytes] = []
    real = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        calls.append(hashed)
        return real(password, hashed)

    stored = passwords.kept("violet otter lamp")
    passwords._nobodys()
    monkeypatch.setattr(bcrypt, "checkpw", counted)
    assert not passwords.matches("wrong", stored)
    assert not passwords.matches("wrong", None)
    assert not passwords.matches("nobody has this password", None)
    rounds = {hashed.split(b"$")[2] for hashed in calls}
    assert len(calls) == 3
    assert len(rounds) == 1


@given(st.text(st.characters(), max_size=200))
@settings(max_examples=50, deadline=None)
def test_whatever_is_typed_is_compared_without_an_error(text: str) -> None:
    assert not passwords.matches(text, passwords.kept("violet otter lamp"))


def test_who_finds_no_room_to_sign_in_is_told_so_and_has_not_failed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "_LONGEST_WAIT", 0.01)
    with passwords.turn(), pytest.raises(Unavailable, match="Very many people are signing in"):
        accounts.sign_in(session, email="ada@example.org", password="x", address="10.0.0.1")
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0
    with passwords.turn():
        pass  # and the room is there again
