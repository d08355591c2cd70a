"""Notifications, preferences and reminders over the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.notifications import Kind
from core.people import Role
from data.database import transaction
from pipeline import notify
from tests.api.calling import Api, Person, assert_problem, person
from tests.api.checking import scored


def _told(whose: Person, *kinds: Kind) -> None:
    with transaction() as session:
        for number, kind in enumerate(kinds):
            notify.tell(session, whose.user_id, kind, dedupe=f"{kind}{number}")


def test_the_list_has_what_the_guide_says(api: Api, ada: Person) -> None:
    _told(ada, Kind.MORNING_ROUTINE)
    answer = api.get("/notifications?limit=20&offset=0", token=ada.access)
    body = answer.json()
    assert (body["total"], body["unread"]) == (1, 1)
    [news] = body["notifications"]
    assert {"id", "title", "message", "timestamp", "read", "type"} <= news.keys()
    assert news["title"] == "Time for your morning routine"
    assert (news["read"], news["type"]) == (False, "morning_routine")
    assert answer.headers["cache-control"] == "private, no-store"


def test_it_is_filtered_and_paged(api: Api, ada: Person) -> None:
    _told(ada, Kind.RESULT_READY, Kind.TRIAL_ENDED, Kind.RESULT_READY)
    only = api.get("/notifications?type=result_ready&limit=1&offset=1", token=ada.access).json()
    assert (only["total"], len(only["notifications"]), only["unread"]) == (2, 1, 3)
    two = api.get("/notifications?type=result_ready&type=trial_ended", token=ada.access).json()
    assert two["total"] == 3
    api.post(f"/notifications/{only['notifications'][0]['id']}/read", token=ada.access)
    assert api.get("/notifications?unread=true", token=ada.access).json()["total"] == 2
    assert_problem(api.get("/notifications?type=horoscope", token=ada.access), 422, "invalid-input")


def test_one_is_marked_read_and_unread_and_all_at_once(api: Api, ada: Person) -> None:
    _told(ada, Kind.RESULT_READY, Kind.TRIAL_ENDED)
    id_ = api.get("/notifications", token=ada.access).json()["notifications"][0]["id"]
    read = api.post(f"/notifications/{id_}/read", token=ada.access).json()
    assert read["read"]
    assert api.post(f"/notifications/{id_}/read", token=ada.access).json() == read
    assert not api.post(f"/notifications/{id_}/unread", token=ada.access).json()["read"]
    assert api.post("/notifications/read-all", token=ada.access).json() == {"marked": 2}
    assert api.post("/notifications/read-all", token=ada.access).json() == {"marked": 0}


def test_somebody_elses_is_as_if_it_were_not_there(api: Api, ada: Person) -> None:
    _told(ada, Kind.RESULT_READY)
    id_ = api.get("/notifications", token=ada.access).json()["notifications"][0]["id"]
    eve = person()
    assert_problem(api.post(f"/notifications/{id_}/read", token=eve.access), 404, "not-found")
    assert api.get("/notifications", token=eve.access).json()["total"] == 0
    assert api.get("/notifications", token=ada.access).json()["unread"] == 1


def test_a_scored_check_is_news_with_a_link_to_it(api: Api, ada: Person) -> None:
    check = scored(ada)
    [news] = api.get("/notifications", token=ada.access).json()["notifications"]
    assert (news["type"], news["link"]) == ("result_ready", f"/result?check={check}")


def test_preferences_change_by_part_and_the_rest_stays(api: Api, ada: Person) -> None:
    before = api.get("/notifications/preferences", token=ada.access).json()
    assert before["channels"]["dermatologist_replied"] == {"app": True, "email": True}
    assert "case_waiting" not in before["channels"]
    assert "No mail server" in before["email_unavailable_because"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    changed = api.put(
        "/notifications/preferences",
        token=ada.access,
        json={
            "channels": {"real_change": {"app": False}},
            "quiet_hours": {"begins": "22:00", "ends": "06:30"},
            "paused_until": tomorrow,
        },
    ).json()
    assert changed["channels"]["real_change"] == {"app": False, "email": False}
    assert changed["channels"]["dermatologist_replied"] == {"app": True, "email": True}
    assert changed["quiet_hours"] == {"begins": "22:00", "ends": "06:30"}
    assert datetime.fromisoformat(changed["paused_until"]) == datetime.fromisoformat(tomorrow)
    again = api.put(
        "/notifications/preferences", token=ada.access, json={"paused_until": None}
    ).json()
    assert again == changed | {"paused_until": None}


@pytest.mark.parametrize(
    "change",
    [
        {"channels": {"new_sign_in": {"app": False}}},
        {"channels": {"case_waiting": {"app": True}}},  # not this person's news
        {"channels": {"horoscope": {"app": True}}},
        {"channels": {"real_change": {"app": "yes"}}},
        {"quiet_hours": {"begins": "22:00", "ends": "22:00"}},
        {"quiet_hours": {"begins": "25:00", "ends": "07:00"}},
        {"paused_until": "2026-11-23T08:00:00"},  # whose clock?
        {"role": "admin"},
    ],
    ids=str,
)
def test_preferences_that_cannot_be_are_refused(
    api: Api, ada: Person, change: dict[str, object]
) -> None:
    before = api.get("/notifications/preferences", token=ada.access).json()
    answer = api.put("/notifications/preferences", token=ada.access, json=change)
    assert_problem(answer, 422, "invalid-input")
    assert api.get("/notifications/preferences", token=ada.access).json() == before


@pytest.mark.parametrize(
    ("until", "kept"),
    [
        ("2020-01-01T00:00:00Z", None),  # over already
        ("9999-12-31T23:59:59-12:00", "9999-01-01T00:00:00Z"),
    ],
)
def test_a_pause_beyond_the_bounds_becomes_one_within(
    api: Api, ada: Person, until: str, kept: str | None
) -> None:
    answer = api.put("/notifications/preferences", token=ada.access, json={"paused_until": until})
    assert answer.json()["paused_until"] == kept


def test_staff_choose_among_their_own_news(api: Api, ada: Person) -> None:
    dermatologist = person(Role.DERMATOLOGIST)
    found = api.get("/notifications/preferences", token=dermatologist.access).json()
    assert "case_waiting" in found["channels"]
    assert "morning_routine" not in found["channels"]


def test_a_reminder_is_set_on_the_persons_own_clock(api: Api, ada: Person) -> None:
    assert api.get("/notifications/reminders", token=ada.access).json()["time_zone"] is None
    morning = {"is_on": True, "at": "07:30"}
    found = api.put(
        "/notifications/reminders",
        token=ada.access,
        json={"time_zone": "Asia/Kathmandu", "reminders": {"morning_routine": morning}},
    ).json()
    assert found["time_zone"] == "Asia/Kathmandu"
    due = datetime.fromisoformat(found["reminders"]["morning_routine"]["next_due_at"])
    assert (due.astimezone(UTC).hour, due.astimezone(UTC).minute) == (1, 45)
    assert found["reminders"]["evening_routine"]["next_due_at"] is None
    moved = api.put("/notifications/reminders", token=ada.access, json={"time_zone": "UTC"}).json()[
        "reminders"
    ]["morning_routine"]
    assert "T07:30:00" in moved["next_due_at"]
    assert moved["at"] == "07:30"


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": None},
        {"reminders": {"morning_routine": {"is_on": True, "at": "7:30"}}},
        {"reminders": {"morning_routine": {"is_on": True, "at": "24:00"}}},
        {"reminders": {"check_due": {"is_on": True, "at": "09:00", "every_days": 1}}},
        {"reminders": {"result_ready": {"is_on": True, "at": "09:00"}}},
    ],
    ids=str,
)
def test_reminders_that_cannot_be_are_refused(
    api: Api, ada: Person, change: dict[str, object]
) -> None:
    answer = api.put("/notifications/reminders", token=ada.access, json=change)
    assert_problem(answer, 422, "invalid-input")
    assert api.get("/notifications/reminders", token=ada.access).json()["time_zone"] is None
