from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound, SkincareError, UnreadablePhoto
from core.people import SkinType
from data import vault
from data.database import transaction
from data.tables import User
from pipeline import profiles
from tests import people
from tests.stand_in import photo_that


def test_what_is_changed_is_read_again(session: Session) -> None:
    ada = people.register(session)
    profiles.update(
        session,
        ada,
        first_name=" Ada  ",
        age=41,
        skin_type=SkinType.DRY,
        preferences={"reminders": True, "units": ["mm"], "näme": None},
    )
    profile = profiles.read(session, ada)
    assert (profile.first_name, profile.age, profile.skin_type) == ("Ada", 41, SkinType.DRY)
    assert profile.preferences == {"reminders": True, "units": ["mm"], "näme": None}
    profiles.update(session, ada, age=None, skin_type=None)
    profile = profiles.read(session, ada)
    assert (profile.age, profile.skin_type) == (None, None)


@pytest.mark.parametrize("field", ["role", "email", "is_active", "password_hash"])
def test_what_is_not_ones_own_to_change_is_refused(session: Session, field: str) -> None:
    ada = people.register(session)
    before = profiles.read(session, ada)
    with pytest.raises(InvalidInput, match=field):
        profiles.update(session, ada, **{field: "admin"})
    assert profiles.read(session, ada) == before


@pytest.mark.parametrize(
    "preferences",
    [
        None,
        "text",
        [1],
        {"a": float("nan")},
        {"a": "nul\0"},
        {"a": "\ud800"},
        {"\ud800": 1},
        {"a": {1, 2}},
        {"a": "x" * 10_001},
    ],
    ids=lambda value: repr(value)[:30],
)
def test_preferences_that_cannot_be_kept_are_refused(session: Session, preferences: Any) -> None:
    with pytest.raises(InvalidInput, match="preferences"):
        profiles.update(session, people.register(session), preferences=preferences)


def test_preferences_that_hold_themselves_are_refused(session: Session) -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(InvalidInput):
        profiles.update(session, people.register(session), preferences=endless)


_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters())),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(st.characters()), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(
    fields=st.dictionaries(
        st.sampled_from(["first_name", "last_name", "age", "skin_type", "preferences"]), _json
    )
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sent_is_kept_or_refused_with_a_sentence(
    session: Session, fields: dict[str, Any]
) -> None:
    ada = people.register(session)
    refused = ""
    try:
        profiles.update(session, ada, **fields)
    except SkincareError as error:
        refused = str(error)
    profile = profiles.read(session, ada)
    if not refused and isinstance(fields.get("preferences"), dict):
        assert profile.preferences.keys() == fields["preferences"].keys()
    assert refused == "" or refused.endswith(".")


def test_a_picture_is_a_small_square_and_encrypted(session: Session, var: Any) -> None:
    ada = people.register(session)
    with pytest.raises(NotFound):
        profiles.picture(session, ada)
    profiles.put_picture(session, ada, photo_that("is scored"))
    with Image.open(io.BytesIO(profiles.picture(session, ada))) as image:
        assert (image.format, image.size) == ("JPEG", (256, 256))
    assert profiles.read(session, ada).has_picture
    kept = [file.read_bytes() for file in (var / "photos").rglob("*") if file.is_file()]
    assert len(kept) == 1
    assert b"JFIF" not in kept[0]


def test_a_new_picture_takes_the_place_of_the_old(var: Any, fresh_database: str) -> None:
    with transaction() as session:
        ada = people.register(session)
        profiles.put_picture(session, ada, photo_that("is scored"))
    with transaction() as session:
        profiles.put_picture(session, ada, photo_that("is rejected"))
    with transaction() as session:
        assert len(vault.keys_of(session, ada)) == 1
    assert len([f for f in (var / "photos").rglob("*") if f.is_file()]) == 1
    with transaction() as session:
        profiles.remove_picture(session, ada)
    assert [f for f in (var / "photos").rglob("*") if f.is_file()] == []


def test_what_is_no_picture_is_refused_and_the_old_one_stays(session: Session, var: Any) -> None:
    ada = people.register(session)
    profiles.put_picture(session, ada, photo_that("is scored"))
    before = session.get_one(User, ada).picture_object_key
    for content in (b"", b"GIF89a", b"x" * 21 * 2**20):
        with pytest.raises(UnreadablePhoto):
            profiles.put_picture(session, ada, content)
    assert session.get_one(User, ada).picture_object_key == before
