"""What each process may do with each table: read off what its code does, and nothing more.

A table that is not named here is shut to all of them; a test asks the database. Letters: select,
insert, update, delete. To lock rows (`FOR UPDATE`) counts as an update. Rows that go with another
one by a foreign key are deleted by the database itself and need no right.
"""

from __future__ import annotations

from enum import StrEnum


class Process(StrEnum):
    """Who connects. Migrations and operators' commands connect as the owner of the tables."""

    WEB = "web"
    WORKER = "worker"
    ANALYST = "analyst"  # not a process: the web's second connection, for analysts' questions


LETTERS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}

#                                   web     worker  analyst
TABLES: dict[str, tuple[str, str, str]] = {
    "alembic_version":             ("S   ", "    ", "    "),
    # people and signing in. The web deletes an account that waits for its address to be proven
    # when somebody registers it anew.
    "users":                       ("SIUD", "S  D", "    "),
    "user_keys":                   ("SI D", "S  D", "    "),
    "consents":                    ("SIU ", "S   ", "    "),
    "auth_sessions":               ("SIUD", "S  D", "    "),
    "sign_in_tickets":             ("SI D", "S  D", "    "),
    "sign_in_attempts":            ("SI D", "S  D", "    "),
    "second_factors":              ("SIU ", "    ", "    "),
    "recovery_codes":              ("SIUD", "    ", "    "),
    "known_devices":               ("SIU ", "S  D", "    "),
    "verified_addresses":          ("SIU ", "S   ", "    "),
    "pending_accounts":            ("SI D", "S U ", "    "),
    "mailed_links":                ("SIU ", "S  D", "    "),
    "email_outbox":                ("SI  ", "SIUD", "    "),
    "erasures":                    ("SIU ", "S U ", "    "),
    # the audit: added to by both, linked by the worker, changed by nobody
    "audit_events":                ("SI  ", "SI  ", "    "),
    "audit_chain":                 ("    ", "SI  ", "    "),
    # checks. What the web may write of one stands in COLUMNS: no score.
    "photos":                      ("SI D", "S   ", "    "),
    "analysis_results":            ("S  D", "S UD", "    "),
    "shots":                       ("S   ", "SIU ", "    "),
    "metric_scores":               ("S   ", "SI  ", "    "),
    "health_answers":              ("SIUD", "S   ", "    "),
    "earlier_advice":              ("SI D", "SI  ", "    "),
    # care
    "routines":                    ("SIU ", "S   ", "    "),
    "routine_steps":               ("SIU ", "S   ", "    "),
    "routine_ticks":               ("SI D", "    ", "    "),
    "routine_brakes":              ("SIU ", "S   ", "    "),
    "diary_entries":               ("SIUD", "S   ", "    "),
    "trials":                      ("SIUD", "S U ", "    "),
    "safety_answers":              ("SI D", "    ", "    "),
    "raised_flags":                ("SIU ", "S   ", "    "),
    # news
    "notifications":               ("SIU ", "SI D", "    "),
    "notification_settings":       ("SIU ", "S   ", "    "),
    "notification_choices":        ("SIU ", "S   ", "    "),
    "reminders":                   ("SIU ", "SIU ", "    "),
    # questions to dermatologists, and their work on them
    "consultations":               ("SIU ", "S U ", "    "),
    "consultation_photos":         ("SI  ", "    ", "    "),
    "consultation_messages":       ("SI  ", "    ", "    "),
    "consultation_attachments":    ("SI  ", "    ", "    "),
    "dermatologist_absences":      ("SI D", "S   ", "    "),
    "case_readings":               ("SIU ", "    ", "    "),
    "case_gradings":               ("SI  ", "    ", "    "),
    "metric_grades":               ("SI  ", "    ", "    "),
    "severity_grades":             ("SI  ", "    ", "    "),
    "photo_annotations":           ("SIU ", "    ", "    "),
    "case_notes":                  ("SI  ", "    ", "    "),
    "answer_drafts":               ("SIUD", "    ", "    "),
    "answer_templates":            ("SIUD", "    ", "    "),
    "referral_letters":            ("SI  ", "    ", "    "),
    "case_times":                  ("SIU ", "    ", "    "),
    "second_readings":             ("SIU ", "    ", "    "),
    "break_glass":                 ("SIU ", "    ", "    "),
    "recalibrations":              ("S U ", "S   ", "    "),
    # statistics: counted by the worker, read by analysts once released
    "dirty_days":                  (" I  ", "SI D", "    "),
    "daily_metrics":               ("    ", "SI D", "    "),
    "released_periods":            ("    ", "SIU ", "S   "),
    "released_metrics":            ("    ", "SI D", "S   "),
    "released_quality":            ("    ", "SI D", "S   "),
    "released_pairs":              ("    ", "SI D", "S   "),
    "released_ingredients":        ("    ", "SI D", "S   "),
    "released_retention":          ("    ", "SI D", "S   "),
    "saved_views":                 ("SIUD", "    ", "    "),
    # the queue: the web puts jobs in and takes back what waits; to take one up is the worker's
    "procrastinate_jobs":          ("SI D", "SIUD", "    "),
    "procrastinate_events":        ("SI  ", "SIUD", "    "),
    "procrastinate_periodic_defers": ("S   ", "SIUD", "    "),
    "procrastinate_workers":       ("S   ", "SIUD", "    "),
}  # fmt: skip

# Rights to some columns only.
COLUMNS: dict[tuple[Process, str, str], tuple[str, ...]] = {
    (Process.WEB, "analysis_results", "INSERT"): (
        *("id", "user_id", "photo_id", "idempotency_key", "device"),
    ),
    # advice; and an administrator lets a check wait anew that was given up
    (Process.WEB, "analysis_results", "UPDATE"): (
        *("recommendations", "status", "stage", "shot", "attempts", "reasons", "updated_at"),
    ),
    (Process.WEB, "shots", "INSERT"): ("analysis_id", "position", "photo_id"),
    (Process.WEB, "procrastinate_jobs", "UPDATE"): ("scheduled_at",),  # an administrator's “now”
    (Process.WEB, "procrastinate_periodic_defers", "UPDATE"): ("job_id",),  # by a trigger
}


def tables_of(process: Process) -> dict[str, frozenset[str]]:
    """Table → what the process may do with all of its columns: SELECT, INSERT, UPDATE, DELETE."""
    column = list(Process).index(process)
    rights = {table: letters[column].replace(" ", "") for table, letters in TABLES.items()}
    return {
        table: frozenset(LETTERS[letter] for letter in letters)
        for table, letters in rights.items()
        if letters
    }


def columns_of(process: Process) -> dict[tuple[str, str], tuple[str, ...]]:
    """(Table, right) → the columns to which the process has it."""
    return {
        (table, right): columns
        for (whose, table, right), columns in COLUMNS.items()
        if whose is process
    }
