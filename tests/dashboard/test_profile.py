"""Profile as a person sees it: their own words, consents, sessions, password and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from core.devices import device
from core.errors import NotAllowed
from core.metrics import Metric
from core.people import Identity, Purpose, Role, SkinType
from dashboard.preferences import Preferences
from data.database import read, transaction
from pipeline import accounts, consents, leaving, passwords, profiles, web_sessions
from pipeline.consents import WORDING
from pipeline.profiles import Profile
from tests import people
from tests.dashboard.checks import button, opened, words
from tests.dashboard.seeing import seen_by
from tests.people import ADDRESS, PASSWORD
from tests.stand_in import photo_that


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def ada(var: Path, database: Connection) -> Identity:
    with transaction() as session:
        return people.signed_in(session, first_name="Ada **x** [y](http://evil.example)")


def profile_of(who: Identity) -> Profile:
    with read() as session:
        return profiles.read(session, who.user_id)


def field(page: Any, label: str) -> Any:
    kinds = (page.text_input, page.number_input, page.selectbox, page.multiselect, page.toggle)
    return next(each for kind in kinds for each in kind if each.label.startswith(label))


def is_live(who: Identity) -> bool:
    with transaction() as session:
        return web_sessions.identity_of(session, who.session_id) is not None


def can_sign_in(who: Identity, password: str) -> bool:
    try:
        with transaction() as session:
            accounts.sign_in(session, email=who.email, password=password, address=ADDRESS)
    except NotAllowed:
        return False
    return True


def test_what_a_person_says_of_themselves_can_be_changed_and_taken_back(ada: Identity) -> None:
    page = opened(ada, "profile")
    field(page, "First name").set_value("Grace")
    field(page, "Age").set_value(41.0)
    field(page, "Skin type").set_value(SkinType.DRY)
    field(page, "Scores you watch").set_value([Metric.REDNESS])
    field(page, "Outline").set_value(False)
    button(page, "Save").click().run()
    assert page.success[0].value.startswith("Saved")
    kept = profile_of(ada)
    assert (kept.first_name, kept.age, kept.skin_type) == ("Grace", 41, SkinType.DRY)
    assert Preferences.of(kept.preferences) == Preferences((Metric.REDNESS,), outlines=False)
    field(page, "Age").set_value(None)
    field(page, "Skin type").set_value(None)
    button(page, "Save").click().run()
    assert (profile_of(ada).age, profile_of(ada).skin_type) == (None, None)


def test_saving_keeps_the_preferences_that_others_have_put_there(ada: Identity) -> None:
    with transaction() as session:
        profiles.update(session, ada.user_id, preferences={"theme": "of an app"})
    button(opened(ada, "profile"), "Save").click().run()
    assert profile_of(ada).preferences["theme"] == "of an app"


@pytest.mark.parametrize(
    ("label", "value", "named"), [("First name", " ", "first name"), ("Age", 12.0, "age")]
)
def test_what_cannot_be_is_refused_with_the_field_named(
    ada: Identity, label: str, value: Any, named: str
) -> None:
    page = opened(ada, "profile")
    field(page, label).set_value(value)
    button(page, "Save").click().run()
    assert named in page.error[0].value
    assert profile_of(ada).first_name.startswith("Ada")


def test_a_picture_can_be_put_and_removed_and_a_wrong_file_is_refused(ada: Identity) -> None:
    page = opened(ada, "profile")
    page.file_uploader[0].set_value(("a.png", b"no picture", "image/png")).run()
    assert page.error.len == 1
    assert not profile_of(ada).has_picture
    page.file_uploader[0].set_value(("a.png", photo_that("is scored"), "image/png")).run()
    assert not page.exception
    assert profile_of(ada).has_picture
    assert len(page.get("image")) == 1
    button(page, "Remove picture").click().run()
    assert not profile_of(ada).has_picture


def test_consent_stands_with_its_words_and_is_withdrawn_and_given_again(ada: Identity) -> None:
    page = opened(ada, "profile")
    assert WORDING[Purpose.ANALYSIS] in [text.value for text in page.text]
    assert "wording 1" in words(page)
    button(page, "Withdraw").click().run()
    with read() as session:
        consent = consents.current(session, ada.user_id)[Purpose.ANALYSIS]
    assert consent is not None
    assert not consent.in_force
    assert "Withdrawn" in words(page)
    button(page, "I agree").click().run()
    with read() as session:
        consent = consents.current(session, ada.user_id)[Purpose.ANALYSIS]
    assert consent is not None
    assert consent.in_force


def test_a_consent_for_something_else_can_be_withdrawn_where_it_was_given(ada: Identity) -> None:
    assert WORDING[Purpose.STATISTICS] not in words(opened(ada, "profile"))
    with transaction() as session:
        consents.give(session, ada.user_id, Purpose.STATISTICS)
    page = opened(ada, "profile")
    next(each for each in page.button if each.key == "consent_statistics").click().run()
    with read() as session:
        consent = consents.current(session, ada.user_id)[Purpose.STATISTICS]
    assert consent is not None
    assert not consent.in_force


def test_another_session_can_be_ended_alone_and_this_one_stays(ada: Identity) -> None:
    with transaction() as session:
        elsewhere = people.signed_in(session, ada.user_id)
        third = people.signed_in(session, ada.user_id)
    page = opened(ada, "profile")
    assert "this device" in words(page)
    next(each for each in page.button if each.key == f"end_{elsewhere.session_id}").click().run()
    assert not is_live(elsewhere)
    assert is_live(third)
    button(page, "Sign out everywhere else").click().run()
    assert not is_live(third)
    assert is_live(ada)


def test_signing_out_everywhere_ends_this_session_too(ada: Identity) -> None:
    page = opened(ada, "profile")
    button(page, "Sign out everywhere, here too").click().run()
    assert not is_live(ada)
    assert not any(each.label == "Save" for each in page.button)


def test_the_password_is_changed_only_with_the_old_one_and_twice_the_same(ada: Identity) -> None:
    page = opened(ada, "profile")

    def change(current: str, new: str, again: str) -> None:
        field(page, "Password now").set_value(current)
        field(page, "New password").set_value(new)
        field(page, "New password again").set_value(again)
        button(page, "Change password").click().run()

    change(PASSWORD, "a quiet harbour bell", "another harbour bell")
    assert "not the same" in page.error[0].value
    change("wrong password", "a quiet harbour bell", "a quiet harbour bell")
    assert "The password is wrong" in page.error[0].value
    change(PASSWORD, "a quiet harbour bell", "a quiet harbour bell")
    assert page.error.len == 0
    assert page.success.len == 1
    assert can_sign_in(ada, "a quiet harbour bell")
    assert not can_sign_in(ada, PASSWORD)


def test_an_account_is_deleted_only_with_its_password_and_a_tick(ada: Identity) -> None:
    page = opened(ada, "profile")
    field(page, "Your password").set_value(PASSWORD)
    button(page, "Delete my account").click().run()
    assert "Nothing was deleted" in page.error[0].value
    field(page, "Your password").set_value("not this one")
    page.checkbox[-1].check()
    button(page, "Delete my account").click().run()
    assert "The password is wrong" in page.error[0].value
    assert is_live(ada)


@pytest.mark.parametrize("at_once", [False, True], ids=["in 30 days", "now"])
def test_a_deleted_account_is_closed_and_erased_when_it_was_asked(
    ada: Identity, at_once: bool, database: Connection
) -> None:
    page = opened(ada, "profile")
    if at_once:
        page.radio[0].set_value("Erase everything now")
    field(page, "Your password").set_value(PASSWORD)
    page.checkbox[-1].check()
    button(page, "Delete my account").click().run()
    assert not page.exception
    assert not is_live(ada)
    assert not can_sign_in(ada, PASSWORD)
    assert _exists(database, ada) is not at_once


def test_who_is_erased_at_once_sees_the_receipt_where_they_arrive(ada: Identity) -> None:
    with transaction() as session:
        entry = leaving.delete_account(session, ada, password=PASSWORD, at_once=True)
    page = seen_by(None)
    page.query_params["erased"] = str(entry)
    page.run()
    assert not page.exception
    shown = page.table[0].value
    assert dict(zip(shown["Erased"], shown["How many"], strict=True))["consents"] == 2


@pytest.mark.parametrize("entry", ["", "nonsense", "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"])
def test_a_receipt_that_is_not_known_is_not_shown(database: Connection, entry: str) -> None:
    page = seen_by(None)
    page.query_params["erased"] = entry
    page.run()
    assert not page.exception
    assert page.table.len == 0


def test_staff_have_a_profile_without_preferences_of_results(ada: Identity) -> None:
    with transaction() as session:
        accounts.grant(session, email=ada.email, role=Role.DERMATOLOGIST)
        staff = people.signed_in(session, ada.user_id)
    page = opened(staff, "profile")
    assert page.multiselect.len == 0
    button(page, "Save").click().run()
    assert page.success.len == 1


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_device_is_told_in_words_of_ours(user_agent: str, said: str) -> None:
    assert device(user_agent) == said


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"watched_metrics": "redness", "region_outlines": 1},
        {"watched_metrics": [None, {}, "skin_score", "nothing"]},
    ],
)
def test_preferences_that_make_no_sense_are_left_out(kept: dict[str, Any]) -> None:
    assert Preferences.of(kept) == Preferences()


def _exists(database: Connection, who: Identity) -> bool:
    found = database.exec_driver_sql(
        "SELECT count(*) FROM users WHERE user_id = %s", (who.user_id,)
    ).scalar()
    return bool(found)


def test_the_person_reads_how_long_what_is_kept(ada: Identity) -> None:
    page = opened(ada, "profile")
    assert "**Notifications**, to tell you what is new. 180 days, read or not." in words(page)
