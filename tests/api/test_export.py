"""Everything that is held about a person, in one archive."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import text

from core.errors import TooMany
from core.metrics import Metric
from core.people import Identity, Purpose
from data import analyses, holdings
from data.database import read, transaction
from data.tables import AnalysisResult, Base, User
from pipeline import consents, exports, intake, jobs, leaving, profiles, results
from tests import people
from tests.api.test_fhir import mistakes
from tests.stand_in import examination, photo_that


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


def submit(who: Identity, *photos: bytes) -> UUID:
    with transaction() as session:
        return intake.submit(session, who, photos)


def score(analysis_id: UUID) -> None:
    jobs.examine(analysis_id, lambda *_: examination(40.0))


def exported(user_id: UUID) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(exports.archive(user_id)))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_archive_holds_what_the_person_said_agreed_to_and_sent(ada: Identity) -> None:
    with transaction() as session:
        profiles.update(session, ada.user_id, age=36, preferences={"theme": "dark"})
        profiles.put_picture(session, ada.user_id, photo_that("is scored", seed=9))
        consents.give(session, ada.user_id, Purpose.STATISTICS)
        consents.withdraw(session, ada.user_id, Purpose.STATISTICS)
    scored, waiting = (
        submit(ada, photo_that("is scored")),
        submit(ada, photo_that("is scored", seed=1)),
    )
    score(scored)
    with read() as session:
        shown = analyses.get(session, ada.user_id, scored)
        kept = results.photo(session, ada.user_id, scored, longest_side=None)

    files = exported(ada.user_id)
    profile = json.loads(files["profile.json"])
    assert (profile["email"], profile["age"]) == (ada.email, 36)
    assert profile["preferences"] == {"theme": "dark"}
    agreed = [(c["purpose"], c["withdrawn_at"]) for c in json.loads(files["consents.json"])]
    assert [(purpose, ended is None) for purpose, ended in agreed] == [
        ("analysis", True),
        ("safety_answers", True),
        ("statistics", False),
    ]
    checks = {check["id"]: check for check in json.loads(files["checks.json"])}
    assert checks.keys() == {str(scored), str(waiting)}
    assert checks[str(waiting)]["metric_scores"] == []
    face = {
        row["metric"]: row
        for row in checks[str(scored)]["metric_scores"]
        if row["region"] == "face"
    }
    assert face["pores"]["value"] == 40.0
    assert (
        face["hydration"]["abstained_because"] == shown.scores[Metric.HYDRATION].abstained_because
    )
    assert f"photos/{shown.photo_id}.jpg" in files
    assert files[f"photos/{shown.photo_id}.jpg"] == kept
    assert Image.open(io.BytesIO(files["profile-picture.jpg"])).size == (256, 256)
    assert Image.open(io.BytesIO(files[f"maps/{scored}/pores.png"])).size == (192, 240)
    assert {row["action"] for row in json.loads(files["activity.json"])} >= {
        "registered",
        "photo_submitted",
    }
    assert json.loads(files["sessions.json"])[0]["user_agent"] == "Test/1.0"
    for name in files:
        if name.endswith(".json") and "/" not in name:
            assert name in files["README.txt"].decode() or name in _UNNAMED, name


_UNNAMED = {"erasures.json"}  # "other files"


def test_the_fhir_bundle_in_the_archive_is_r4_and_points_to_the_photos_beside_it(
    ada: Identity,
) -> None:
    checks = [submit(ada, photo_that("is scored", seed=seed)) for seed in range(3)]
    for analysis_id in checks[:2]:
        score(analysis_id)
    files = exported(ada.user_id)
    bundle = json.loads(files["fhir-bundle.json"])
    assert mistakes(bundle) == []
    found = [entry["resource"] for entry in bundle["entry"]]
    media = [r["content"]["url"] for r in found if r["resourceType"] == "Media"]
    assert len(media) == 3
    assert set(media) <= files.keys()
    assert sum(r["resourceType"] == "Observation" for r in found) == 2 * len(Metric)


def test_many_checks_come_in_pages_and_each_comes_once(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_CHECKS_AT_ONCE", 2)
    checks = [submit(ada, photo_that("is scored", seed=seed)) for seed in range(5)]
    files = exported(ada.user_id)
    assert [c["id"] for c in json.loads(files["checks.json"])] == [str(c) for c in checks]
    reports = [
        entry["resource"]["id"]
        for entry in json.loads(files["fhir-bundle.json"])["entry"]
        if entry["resource"]["resourceType"] == "DiagnosticReport"
    ]
    assert reports == [str(c) for c in reversed(checks)]


def test_nothing_of_another_person_is_in_it(ada: Identity) -> None:
    with transaction() as session:
        eve = people.signed_in(session, email="eve.the.other@example.org", first_name="Evelyn")
    hers = submit(eve, photo_that("is scored"))
    score(hers)
    submit(ada, photo_that("is scored"))
    mine, everything = exported(ada.user_id), b"".join(exported(ada.user_id).values())
    assert len([name for name in mine if name.startswith("photos/")]) == 1
    for of_eve in (str(hers), str(eve.user_id), eve.email, "Evelyn", str(eve.session_id)):
        assert of_eve.encode() not in everything


def test_no_secret_of_the_installation_is_in_it(ada: Identity) -> None:
    score(submit(ada, photo_that("is scored")))
    everything = b"".join(exported(ada.user_id).values())
    with read() as session:
        hash_ = session.scalar(text("SELECT password_hash FROM users"))
        keys = session.scalars(text("SELECT object_key FROM photos")).all()
    for secret in (str(hash_), *keys, "wrapped_key", "token_hash", "password_hash"):
        assert secret.encode() not in everything


def test_a_photo_that_is_deleted_while_the_archive_is_made_is_left_out(ada: Identity) -> None:
    gone, stays = submit(ada, photo_that("is scored")), submit(ada, photo_that("is scored", seed=1))
    pieces = exports.archive(ada.user_id)
    begun = next(pieces)
    with transaction() as session:
        results.delete(session, ada.user_id, gone)
    with zipfile.ZipFile(io.BytesIO(begun + b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert str(stays) in archive.read("checks.json").decode()
        assert sum(name.startswith("photos/") for name in archive.namelist()) == 1


def test_every_table_is_exported_or_holds_nothing_about_a_person() -> None:
    """A table that comes later has to be thought about here, unless it leads to a person."""
    exported = {
        *holdings.tables_of_a_person(),
        *holdings.parts_of_a_check(),
        *holdings.BY_PSEUDONYM,
        str(User.__tablename__),
        str(AnalysisResult.__tablename__),
    }
    assert exported.isdisjoint(holdings.LEFT_OUT)
    assert set(Base.metadata.tables) - exported - holdings.LEFT_OUT == set()


def test_asking_for_everything_is_written_down_and_limited(ada: Identity) -> None:
    for _ in range(exports.MOST_AN_HOUR):
        with transaction() as session:
            exports.begin(session, ada.user_id)
    with transaction() as session, pytest.raises(TooMany):
        exports.begin(session, ada.user_id)
    activity = json.loads(exported(ada.user_id)["activity.json"])
    assert [row["action"] for row in activity].count("data_exported") == exports.MOST_AN_HOUR


def test_an_account_that_is_gone_has_no_archive(ada: Identity) -> None:
    with transaction() as session:
        leaving.delete_account(session, ada, password=people.PASSWORD, at_once=True)
    with pytest.raises(Exception, match="no such account"):
        b"".join(exports.archive(ada.user_id))
