from __future__ import annotations

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from pipeline import passwords

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
