"""What was erased, in words that a person can check against what they remember."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.erasures import Receipt

# Every table of which rows can be a person's, by what they are to that person.
KINDS: Mapping[str, tuple[str, ...]] = {
    "the account, with name, e-mail address and password": ("users",),
    "the key that opened your photos; copies of them in backups are noise now": ("user_keys",),
    "results of checks, in every version": ("analysis_results",),
    "scores": ("metric_scores",),
    "notes of which photo belonged to which check": ("shots", "photos"),
    "consents": ("consents",),
    "answers about your health and safety, and what followed from them": (
        *("health_answers", "safety_answers", "raised_flags", "earlier_advice"),
    ),
    "entries of routine, diary and trials": (
        *("routines", "routine_steps", "routine_ticks", "routine_brakes"),
        *("diary_entries", "trials"),
    ),
    "questions to dermatologists": ("consultations",),
    "messages, grades, drawings and notes in them": (
        *("consultation_photos", "consultation_messages", "consultation_attachments"),
        *("case_readings", "case_gradings", "metric_grades", "severity_grades"),
        *("photo_annotations", "case_notes", "answer_drafts", "referral_letters", "case_times"),
        *("second_readings", "break_glass"),
    ),
    "notifications and reminders": (
        *("notifications", "notification_settings", "notification_choices", "reminders"),
    ),
    "sign-ins, devices and second factors": (
        *("auth_sessions", "sign_in_tickets", "known_devices"),
        *("second_factors", "recovery_codes"),
    ),
    "mails and confirmations of your address": (
        *("email_outbox", "mailed_links", "verified_addresses", "pending_accounts"),
    ),
    "saved views, texts and absences of your work": (
        *("saved_views", "answer_templates", "dermatologist_absences"),
    ),
}
_OBJECTS = {
    "photos": "photos",
    "maps": "sets of marked pictures",
    "profile_pictures": "profile pictures",
}
STAYS = (
    "What stays: that an account was erased, when, and these numbers; and the record of who did "
    "what, which must not be changed. Both name you by a code that leads back to nobody."
)


@dataclass(frozen=True)
class Line:
    """One kind of thing, and how many of it went."""

    what: str
    number: int


def lines(receipt: Receipt) -> list[Line]:
    """Every kind of which there was something."""
    found = [Line(name, receipt.objects.get(kind, 0)) for kind, name in _OBJECTS.items()]
    found += [
        Line(what, sum(receipt.rows.get(table, 0) for table in tables))
        for what, tables in KINDS.items()
    ]
    found += [
        Line("mails that were waiting to be sent", receipt.mails_waiting),
        Line("checks that were waiting for their turn", receipt.jobs),
        Line("days of the statistics, counted again without you", receipt.statistics_days),
    ]
    return [line for line in found if line.number]


def sentence(receipt: Receipt) -> str:
    """All of it in one sentence, for a mail."""
    return "; ".join(f"{line.number} × {line.what}" for line in lines(receipt)) + "."
