"""Everything that is held about a person as one ZIP archive, made while it is being sent.

Nothing of it is written to a disk, and no more than one photo or one page of checks stands in
memory. Each piece is read in a transaction of its own: a slow reader holds no connection.
"""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.consultations import Why
from core.errors import NotFound, TooMany
from data import analyses, audit, holdings, users, vault
from data.analyses import Analysis
from data.database import read
from pipeline import consents, fhir, profiles

log = structlog.get_logger(__name__)

MOST_AN_HOUR = 5  # each opens every photo there is
_EXPORTED = "data_exported"
_HOUR = timedelta(hours=1)
_CHECKS_AT_ONCE = 50
# What is called by another name than its table.
_NAMES = {
    "auth_sessions": "sessions",
    "audit_events": "activity",
    "health_answers": "health-answers",
    "raised_flags": "red-flags",
    "safety_answers": "safety-answers",
    "sign_in_attempts": "failed-sign-ins",
    "known_devices": "known-devices",
    "notification_choices": "notification-choices",
    "notification_settings": "notification-settings",
}

README = """\
What Skincare AI holds about you
================================

Made on {made_at} (all times are UTC).

profile.json          what you said of yourself, your role and your settings
consents.json         what you agreed to, when, and when you withdrew it
health-answers.json   what you told of your health, for advice
safety-answers.json, red-flags.json
                      what you answered to the safety questions, what that raised, and when
                      somebody qualified had seen it
sessions.json         where you are signed in
verified_addresses.json, email_outbox.json, mailed_links.json, pending_accounts.json
                      your confirmed e-mail address, and mails to you: of which kind, when, how far
second_factors.json, recovery_codes.json
                      since when signing in asks for a code, and which recovery codes were used
known-devices.json    from which browsers and parts of the internet you have signed in before
notifications.json    what you were told here, and when you read it
notification-settings.json, notification-choices.json, reminders.json
                      what you want to be told, how, and when you are reminded
routines.json, routine_steps.json, routine_ticks.json, routine_brakes.json
                      the routines you followed, what you ticked, and when irritation slowed one
diary_entries.json    what you noted of your days
trials.json           what you tried on yourself, with the verdicts
consultations.json, consultation_photos.json, consultation_messages.json,
consultation_attachments.json
                      what you asked dermatologists, with which photos (or why without one), what
                      was written on both sides, and the pictures sent with it
case_readings.json, case_gradings.json, metric_grades.json, severity_grades.json,
second_readings.json, photo_annotations.json, case_notes.json, case_times.json, answer_drafts.json,
answer_templates.json, referral_letters.json
                      what dermatologists noted, graded, drew and wrote about your questions
break_glass.json      which of the staff opened a question of yours that was not theirs, and why
dermatologist_absences.json
                      of dermatologists: when they were away
saved_views.json      of analysts: the questions they kept
checks.json           every check of your skin, also earlier scorings of the same photo by older
                      models: state, scores of the face and of each region, each with the ends of
                      its 90 % interval or the reason why it was not measured; and what was
                      advised (recommendations), with the advice that it replaced
photos.json           when each photo came in and how large it is
photos/               the photos themselves, as they are kept: without place, time and camera
maps/                 for each check: the aligned face (crop.jpg), the skin that was looked at
                      (skin.png) and for each metric where its score comes from. Maps are grey
                      pictures; about.json says how many steps of grey there are, black is none.
profile-picture.jpg   your profile picture, if you have one
activity.json         the record of what was done with your account. You appear in it under a
                      name that only this installation can turn back into you.
failed-sign-ins.json  failed attempts to sign in with your e-mail address that are still remembered
fhir-bundle.json      the same checks and consents in HL7 FHIR R4, a format that the software of
                      clinics reads: the newest scoring of each check
other files           further records of yours, each named after what it holds

Not in here: your password (only a hash of it is kept, which helps nobody), and the keys with
which your photos are encrypted.

The scores are cosmetic guidance. They are not a diagnosis.
"""


def begin(session: Session, user_id: UUID) -> None:
    """Write down that the person asks for everything. TooMany when they have just done so often."""
    users.lock(session, user_id)
    if audit.count(session, _EXPORTED, actor=user_id, within=_HOUR) >= MOST_AN_HOUR:
        raise TooMany(
            f"You have exported your data {MOST_AN_HOUR} times within an hour. Try again later.",
            _HOUR.total_seconds(),
        )
    audit.add(session, _EXPORTED, actor=user_id, why=Why.OWN_DATA)


def archive(user_id: UUID) -> Iterator[bytes]:
    """The archive, piece by piece. Opens its own short transactions while it is being read."""
    made_at = datetime.now(UTC)
    sent = _Pieces()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in _files(user_id, made_at):
            packed = name.endswith((".jpg", ".png"))
            member = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            member.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            with zipped.open(member, "w", force_zip64=True) as file:
                for piece in content:
                    file.write(piece)
                    yield from sent.taken()
            yield from sent.taken()
    yield from sent.taken()


Piece = bytes
Files = Iterator[tuple[str, Iterator[Piece]]]


def _files(user_id: UUID, made_at: datetime) -> Files:
    yield "README.txt", iter([README.format(made_at=f"{made_at:%Y-%m-%d %H:%M}").encode()])
    yield from _records(user_id)
    yield "checks.json", _as_list(_checks(user_id))
    yield "fhir-bundle.json", _fhir_bundle(user_id, made_at)
    yield from _pictures(user_id)


def _records(user_id: UUID) -> Files:
    with read() as session:
        profile = holdings.person(session, user_id)
        found = {
            name: holdings.rows(session, user_id, name) for name in holdings.tables_of_a_person()
        }
        found["audit_events"] = holdings.events(session, user_id)
        found["sign_in_attempts"] = holdings.attempts(session, user_id)
    yield "profile.json", iter([_json(profile)])
    for table, rows in found.items():
        yield f"{_NAMES.get(table, table)}.json", _as_list(iter(rows))


def _checks(user_id: UUID) -> Iterator[holdings.Row]:
    after: UUID | None = None
    while True:
        with read() as session:
            page = holdings.checks(session, user_id, after=after, at_most=_CHECKS_AT_ONCE)
        yield from page
        if len(page) < _CHECKS_AT_ONCE:
            return
        after = UUID(page[-1]["id"])


def _fhir_bundle(user_id: UUID, made_at: datetime) -> Iterator[Piece]:
    """As `fhir.bundle` makes it, one entry at a time."""
    with read() as session:
        profile = profiles.read(session, user_id)
        agreed = [
            consents.Consent(row.purpose, row.given_at, row.withdrawn_at, row.wording)
            for row in holdings.consents(session, user_id)
        ]
        pictures = {
            row.photo_id: fhir.Picture(
                row.photo_id, row.created_at, row.width, row.height, row.size, _path(row.photo_id)
            )
            for row in holdings.photos(session, user_id)
        }
    found = fhir.resources(profile, agreed, _newest_versions(user_id, pictures))
    yield _json(fhir.head(made_at)).rstrip(b"\n}") + b',\n"entry": '
    yield from _as_list(fhir.entry(resource) for resource in found)
    yield b"}\n"


def _newest_versions(
    user_id: UUID, pictures: Mapping[UUID, fhir.Picture]
) -> Iterator[tuple[Analysis, tuple[fhir.Picture, ...]]]:
    """Every check as the pages show it, newest first, with its photos."""
    given: set[UUID] = set()
    for offset in itertools.count(0, _CHECKS_AT_ONCE):
        with read() as session:
            page, _ = analyses.listed(session, user_id, limit=_CHECKS_AT_ONCE, offset=offset)
        for check in page:
            if check.analysis_id not in given:  # a check that came meanwhile moves the pages on
                given.add(check.analysis_id)
                yield check, tuple(pictures[id_] for id_ in _photos_of(check) if id_ in pictures)
        if len(page) < _CHECKS_AT_ONCE:
            return


def _photos_of(check: Analysis) -> list[UUID]:
    return [shot.photo_id for shot in check.shots]


def _pictures(user_id: UUID) -> Files:
    """The profile picture, the photos, and the maps of each check."""
    with read() as session:
        has_picture = profiles.read(session, user_id).has_picture
        photos = holdings.photos(session, user_id)
        mapped = holdings.maps(session, user_id)
    if has_picture:
        yield from _opened("profile-picture.jpg", lambda s: profiles.picture(s, user_id))
    for photo in photos:
        kept = vault.Kept(photo.object_key, photo.wrapped_key)
        yield from _opened(_path(photo.photo_id), partial(_unsealed, user_id, kept))
    for analysis_id, kept in mapped.items():
        for _, packed in _opened("", partial(_unsealed, user_id, kept)):
            with zipfile.ZipFile(io.BytesIO(b"".join(packed))) as archive:
                for name in archive.namelist():
                    yield f"maps/{analysis_id}/{name}", iter([archive.read(name)])


def _unsealed(user_id: UUID, kept: vault.Kept, session: Session) -> bytes:
    return vault.read(session, user_id, kept)


def _opened(name: str, open_: Callable[[Session], bytes]) -> Files:
    """One object, or nothing when it was deleted since the list was made."""
    try:
        with read() as session:
            content = open_(session)
    except NotFound:
        log.info("gone_before_it_was_exported", name=name)
    else:
        yield name, iter([content])


def _path(photo_id: UUID) -> str:
    return f"photos/{photo_id}.jpg"


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"


def _as_list(values: Iterator[Any]) -> Iterator[Piece]:
    """A JSON array, one element at a time."""
    separator = b"[\n"
    for value in values:
        yield separator + _json(value).rstrip(b"\n")
        separator = b",\n"
    yield b"\n]\n" if separator == b",\n" else b"[]\n"


class _Pieces(io.RawIOBase):
    """Takes what the archive writes until somebody fetches it. Cannot be sought in."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> Iterator[Piece]:
        if self._held:
            yield bytes(self._held)
            self._held.clear()
