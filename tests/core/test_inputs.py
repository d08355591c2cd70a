from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.inputs import Age, Email, Password, PersonName, checked
from core.people import SkinType

NAUGHTY = [
    "nul\0",
    "line\nbreak",
    "ta\tb",
    "escape\x1b[31m",
    "\ud800 lone",
    "turned \u202e round",
    "no\ue000body's",
    "\u2028",
    "",
    "   ",
]


@pytest.mark.parametrize("text", NAUGHTY, ids=repr)
@pytest.mark.parametrize("kind", [PersonName, Email], ids=["name", "email"])
def test_what_is_not_plain_text_on_one_line_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^The field .+\.$"):
        checked(kind, text, "field")


@pytest.mark.parametrize("value", [None, 7, b"Ada", ["Ada"], {"a": 1}, True], ids=repr)
@pytest.mark.parametrize("kind", [PersonName, Email, Password], ids=["name", "email", "password"])
def test_what_is_no_text_is_refused(kind: Any, value: object) -> None:
    with pytest.raises(InvalidInput):
        checked(kind, value, "field")


@pytest.mark.parametrize(
    "name", ["Ada", "Ana María", "Ng", "O’Neill-Søren", "Дмитрий", "美咲", "عائشة", "x" * 100]
)
def test_names_of_the_world_are_taken(name: str) -> None:
    assert checked(PersonName, f" {name} ", "name") == name


def test_a_name_is_kept_in_one_form() -> None:
    assert checked(PersonName, "Jose\u0301", "name") == "Jos\u00e9"


def test_a_name_has_a_length() -> None:
    with pytest.raises(InvalidInput, match="100 characters"):
        checked(PersonName, "x" * 101, "first name")


@pytest.mark.parametrize(
    "email",
    [
        "a@b.co",
        "Ada.Byron+skin@Example.ORG",
        "x" * 64 + "@example.org",
        "ада@пример.рф",
        "a_b@1.xn--p1ai",
    ],
)
def test_email_addresses_are_taken_in_lower_case(email: str) -> None:
    assert checked(Email, email, "e-mail address") == email.lower()


@pytest.mark.parametrize(
    "email",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@@example.org",
        "ada@ex ample.org",
        "ada@example..org",
        "a..b@example.org",
        "Ada <ada@example.org>",
        "ada@example.org, eve@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "x" * 65 + "@example.org",
        "a@" + "b" * 60 + ("." + "b" * 60) * 4 + ".org",
    ],
)
def test_what_is_no_email_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidInput, match="e-mail address"):
        checked(Email, email, "e-mail address")


@pytest.mark.parametrize("age", [12, 121, -1, 2**63, 30.5, "30", True, float("nan")], ids=repr)
def test_ages_that_cannot_be_are_refused(age: object) -> None:
    with pytest.raises(InvalidInput, match="age"):
        checked(Age, age, "age")


def test_a_skin_type_is_one_of_the_list() -> None:
    assert checked(SkinType, "dry", "skin type") is SkinType.DRY
    with pytest.raises(InvalidInput, match="skin type"):
        checked(SkinType, "reptilian", "skin type")


@given(st.text(st.characters(), max_size=300))
def test_whatever_is_typed_becomes_clean_text_or_a_sentence(text: str) -> None:
    for kind in (PersonName, Email, Password):
        taken, refusal = _taken_or_refused(kind, text)
        if taken is None:
            assert refusal.startswith("The field ")
            assert len(refusal) < 120
        else:
            assert taken == unicodedata.normalize("NFC", taken)
            assert "\0" not in taken
            taken.encode()


@given(st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.binary(), st.booleans()))
def test_whatever_is_given_as_an_age_becomes_an_age_or_a_sentence(value: object) -> None:
    age, refusal = _taken_or_refused(Age, value)
    assert 13 <= age <= 120 if refusal == "" else refusal.startswith("The field ")


def _taken_or_refused(kind: Any, value: object) -> tuple[Any, str]:
    try:
        return checked(kind, value, "field"), ""
    except InvalidInput as error:
        return None, str(error)
