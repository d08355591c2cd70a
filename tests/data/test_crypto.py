"""What is encrypted opens only in its place, for its owner, and while the owner's key exists."""

from __future__ import annotations

import base64
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound, Unavailable
from core.settings import settings
from data import crypto, user_keys, vault
from data.crypto import Undecipherable
from data.photo_store import photo_store
from data.tables import UserKey
from tests import people

ADA, EVE = uuid4(), uuid4()


@given(st.binary(max_size=5000))
def test_what_was_sealed_opens_to_the_same_bytes(content: bytes) -> None:
    key = crypto.new_key()
    sealed, wrapped = crypto.seal(content, key, object_key="aa/1", user_id=ADA)
    assert crypto.open_(sealed, wrapped, key, object_key="aa/1", user_id=ADA) == content
    assert len(content) < 16 or content not in sealed


def test_the_same_bytes_are_sealed_differently_each_time() -> None:
    key = crypto.new_key()
    first, second = (crypto.seal(b"same", key, object_key="aa/1", user_id=ADA) for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize(
    ("name", "owner"), [("aa/2", ADA), ("aa/1", EVE)], ids=["another place", "another owner"]
)
def test_it_does_not_open_in_anothers_place(name: str, owner: object) -> None:
    key = crypto.new_key()
    sealed, wrapped = crypto.seal(b"photo", key, object_key="aa/1", user_id=ADA)
    with pytest.raises(Undecipherable):
        crypto.open_(sealed, wrapped, key, object_key=name, user_id=owner)  # type: ignore[arg-type]


@given(st.data())
def test_one_changed_bit_and_it_does_not_open(data: st.DataObject) -> None:
    key = crypto.new_key()
    sealed, wrapped = crypto.seal(b"photo", key, object_key="aa/1", user_id=ADA)
    parts = [bytearray(sealed), bytearray(wrapped)]
    part = data.draw(st.sampled_from(parts))
    bit = data.draw(st.integers(0, len(part) * 8 - 1))
    part[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Undecipherable):
        crypto.open_(bytes(parts[0]), bytes(parts[1]), key, object_key="aa/1", user_id=ADA)


@pytest.mark.parametrize("length", [0, 5, 12, 20, 27])
def test_a_truncated_object_does_not_open(length: int) -> None:
    key = crypto.new_key()
    sealed, wrapped = crypto.seal(b"photo", key, object_key="aa/1", user_id=ADA)
    with pytest.raises(Undecipherable):
        crypto.open_(sealed[:length], wrapped, key, object_key="aa/1", user_id=ADA)


def test_a_persons_key_is_bound_to_the_person_and_to_the_master_keys_version() -> None:
    key, master = crypto.new_key(), crypto.new_key()
    wrapped = crypto.wrap_user_key(key, master, ADA, 1)
    assert crypto.unwrap_user_key(wrapped, master, ADA, 1) == key
    for owner, version in ((EVE, 1), (ADA, 2)):
        with pytest.raises(Undecipherable):
            crypto.unwrap_user_key(wrapped, master, owner, version)


# ------------------------------------------------------------------ with rows and objects


def test_rows_that_were_swapped_do_not_open(session: Session, var: object) -> None:
    ada, eve = people.register(session), people.register(session)
    of_ada = vault.keep(session, ada, b"ada's face")
    of_eve = vault.keep(session, eve, b"eve's face")
    assert vault.read(session, ada, of_ada) == b"ada's face"
    for who, kept in (
        (eve, of_ada),
        (ada, vault.Kept(of_ada.object_key, of_eve.wrapped_key)),
        (ada, vault.Kept(of_eve.object_key, of_ada.wrapped_key)),
    ):
        with pytest.raises(Undecipherable):
            vault.read(session, who, kept)


def test_keys_of_two_people_that_were_swapped_do_not_open(session: Session, var: object) -> None:
    ada, eve = people.register(session), people.register(session)
    kept = vault.keep(session, ada, b"ada's face")
    rows = {row.user_id: row for row in session.scalars(select(UserKey))}
    rows[ada].wrapped_key = rows[eve].wrapped_key
    session.flush()
    with pytest.raises(Undecipherable):
        vault.read(session, ada, kept)


def test_without_the_persons_key_a_photo_cannot_be_read(session: Session, var: object) -> None:
    ada = people.register(session)
    kept = vault.keep(session, ada, b"ada's face")
    assert b"ada's face" not in photo_store().get(kept.object_key)
    user_keys.destroy(session, ada)
    session.expire_all()
    with pytest.raises(NotFound, match="key"):
        vault.read(session, ada, kept)


def test_a_master_key_that_is_missing_is_named_and_waited_for(
    session: Session, var: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = people.register(session)
    _use_master_key(monkeypatch, "3:" + base64.b64encode(b"3" * 32).decode())
    session.expire_all()
    with pytest.raises(Unavailable, match="Master key 1"):
        user_keys.get(session, ada)


def _use_master_key(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SKINCARE_MASTER_KEY", value)
    settings.cache_clear()
