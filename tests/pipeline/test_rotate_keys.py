"""`run.py rotate-keys`: what it says and does, and that nothing is unreadable in between."""

from __future__ import annotations

import base64
import contextlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event, current_thread, main_thread

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from core import master_keys
from core.errors import Conflict, Unavailable
from core.locks import file_lock
from core.settings import settings
from data import user_keys, vault
from data.database import read, transaction
from data.photo_store import photo_store
from data.tables import UserKey
from pipeline import rotate_keys
from tests.rotating import Faces, check_all_open, needed, with_faces


def test_a_rotation_wraps_every_key_anew_and_touches_no_object(
    var: Path, fresh_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    faces = with_faces(3)
    objects = {face.object_key: photo_store().get(face.object_key) for face in faces.values()}
    assert rotate_keys.run(retire=False) == 0
    said = capsys.readouterr().out
    assert f"Back up {var / 'keys' / 'master.key'}" in said
    assert "3 keys of people wrapped anew with master key 2" in said
    assert "Backups of the database made before now need it" in said
    assert needed() == {2: 3}
    assert set(master_keys.master_keys()) == {1, 2}  # until it is told to retire
    check_all_open(faces)
    assert {key: photo_store().get(key) for key in objects} == objects


def test_the_older_key_goes_only_when_told_and_no_new_one_is_made_then(
    var: Path, fresh_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    faces = with_faces(2)
    rotate_keys.run(retire=False)
    assert rotate_keys.run(retire=True) == 0
    assert "Master key 1 was removed" in capsys.readouterr().out
    assert set(master_keys.master_keys()) == {2}
    check_all_open(faces | with_faces(1))


def test_an_unfinished_rotation_is_finished_before_another_begins(
    var: Path, fresh_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with_faces(2)
    master_keys.add()  # and then it was killed
    assert rotate_keys.run(retire=False) == 0
    assert "not finished" in capsys.readouterr().out
    assert needed() == {2: 2}
    assert set(master_keys.master_keys()) == {1, 2}


def test_a_damaged_key_stops_nobody_elses_and_keeps_the_older_master_key(
    var: Path, fresh_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    faces = with_faces(3)
    damaged = min(faces)
    with transaction() as session:
        session.execute(
            update(UserKey).where(UserKey.user_id == damaged).values(wrapped_key=b"\0" * 60)
        )
    assert rotate_keys.run(retire=False) == 1
    assert rotate_keys.run(retire=True) == 1
    assert "1 key of people could not be opened" in capsys.readouterr().out
    assert needed() == {1: 1, 2: 2}
    assert set(master_keys.master_keys()) == {1, 2}
    del faces[damaged]
    check_all_open(faces)


def test_a_key_that_is_missing_is_restored_first(var: Path, fresh_database: str) -> None:
    """With a file from an old backup, a new key would take the number of the missing one."""
    faces = with_faces(1)
    old = master_keys.file().read_bytes()
    rotate_keys.run(retire=False)
    newer = master_keys.file().read_bytes()
    master_keys.file().write_bytes(old)
    with pytest.raises(Unavailable, match="Master key 2"):
        rotate_keys.run(retire=False)
    assert master_keys.file().read_bytes() == old
    master_keys.file().write_bytes(newer)
    check_all_open(faces)


def test_two_rotations_at_once_are_refused(var: Path, fresh_database: str) -> None:
    with (
        file_lock(var / "run" / "rotate-keys.lock"),
        pytest.raises(Conflict, match="already"),
    ):
        rotate_keys.run(retire=False)


def test_keys_that_are_set_rotate_to_the_newest_given(
    var: Path,
    fresh_database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, two = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
    use_master_key(monkeypatch, one)
    faces = with_faces(2)
    assert rotate_keys.run(retire=False) == 0
    assert "set it to 2:NEW,1:OLD everywhere" in capsys.readouterr().out
    use_master_key(monkeypatch, f"1:{one},2:{two}")
    assert rotate_keys.run(retire=False) == 0
    assert "take it out of SKINCARE_MASTER_KEY" in capsys.readouterr().out
    use_master_key(monkeypatch, f"2:{two}")
    check_all_open(faces)
    assert not master_keys.file().exists()


def test_who_is_about_to_come_is_waited_for(
    var: Path, fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who has read the keys, and writes a row with the older one only afterwards."""
    with_faces(1)
    has_read, go_on = Event(), Event()

    def slowly() -> dict[int, bytes]:
        keys = master_keys.master_keys()
        if current_thread() is not main_thread() and not has_read.is_set():
            has_read.set()
            assert go_on.wait(30)
        return keys

    monkeypatch.setattr(user_keys, "master_keys", slowly)
    with ThreadPoolExecutor(2) as pool:
        coming = pool.submit(with_faces, 1)
        assert has_read.wait(30)
        master_keys.add()
        retiring = pool.submit(rotate_keys.run, retire=True)
        with contextlib.suppress(TimeoutError):
            retiring.result(timeout=1)  # long enough to do harm, if nothing stopped it
        go_on.set()
        faces = coming.result()
        retiring.result()
    check_all_open(faces)


def use_master_key(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SKINCARE_MASTER_KEY", value)
    settings.cache_clear()


# ---------------------------------------------------------------- in whatever order it happens


class Killed(Exception):
    pass


class Rotation(RuleBasedStateMachine):
    """Steps of rotations, of people who come and of people who are in the middle of reading."""

    def __init__(self) -> None:
        super().__init__()
        self.faces: Faces = with_faces(1)
        self.readers = ExitStack()
        self.looking: list[tuple[Session, UserKey]] = []  # with the row as it was

    def teardown(self) -> None:
        self.readers.close()
        with transaction() as session:
            session.execute(text("DELETE FROM users"))

    @rule()
    def somebody_comes(self) -> None:
        self.faces |= with_faces(1)

    @precondition(lambda self: len(self.looking) < 3)
    @rule()
    def somebody_looks_at_their_row(self) -> None:
        session = self.readers.enter_context(read())
        row = session.scalars(select(UserKey).order_by(func.random()).limit(1)).one()
        self.looking.append((session, row))

    @precondition(lambda self: self.looking)
    @rule()
    def who_looked_reads(self) -> None:
        for session, row in self.looking:
            user_id = row.user_id
            assert vault.read(session, user_id, self.faces[user_id]) == user_id.bytes
        self.looking.clear()
        self.readers.close()

    @rule()
    def a_key_is_made(self) -> None:
        master_keys.add()

    @rule(at_most=st.integers(1, 3))
    def a_batch_is_wrapped_anew(self, at_most: int) -> None:
        with transaction() as session:
            user_keys.rewrap(session, at_most=at_most)

    @rule(at_most=st.integers(1, 3))
    def a_batch_is_lost(self, at_most: int) -> None:
        with contextlib.suppress(Killed), transaction() as session:
            user_keys.rewrap(session, at_most=at_most)
            raise Killed

    @rule(retire=st.booleans())
    def the_command_runs(self, retire: bool) -> None:
        assert rotate_keys.run(retire=retire) == 0

    @rule()
    def a_whole_rotation_passes(self) -> None:
        self.the_command_runs(retire=False)
        self.the_command_runs(retire=True)

    @invariant()
    def everything_opens(self) -> None:
        check_all_open(self.faces)


@pytest.mark.slow
def test_nothing_is_unreadable_in_between(var: Path, fresh_database: str) -> None:
    run_state_machine_as_test(
        Rotation,
        settings=effort(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
