"""What is removed by itself: the expired, the erased, and what a crash left behind."""

from __future__ import annotations

from datetime import timedelta

import structlog

from data import erasures, known_devices, notifications, sessions, sign_in_attempts, vault
from data.database import read, transaction
from pipeline import devices, notify
from pipeline.mail import receipt_mail

log = structlog.get_logger(__name__)

ORPHAN_AFTER = timedelta(hours=1)  # longer than any transaction that is about to name the object


def expired() -> None:
    """Sessions, tickets, failed sign-ins, old news and unused devices whose time is over."""
    with transaction() as session:
        removed = sessions.sweep(session) + sign_in_attempts.sweep(session)
        removed += notifications.sweep(session, older_than=notify.KEPT)
        removed += known_devices.sweep(session, unused_for=devices.FORGOTTEN_AFTER)
    if removed:
        log.info("expired_removed", rows=removed)


def due_erasures() -> None:
    """Accounts whose days of grace are over, one transaction each; their people get a receipt."""
    is_away = False  # the mail server: others need not wait for it too
    while True:
        with transaction() as session:
            due = erasures.due(session, at_most=1)
            for user_id in due:
                goodbye = receipt_mail.to(session, user_id)
                receipt = erasures.erase(session, user_id)
        if not due:
            return
        log.info("account_erased")
        if goodbye is not None and not is_away:
            is_away = not receipt_mail.send(goodbye, receipt)


def orphans(*, grace: timedelta = ORPHAN_AFTER) -> int:
    """Objects without a row, older than `grace`; how many were removed."""
    with read() as session:
        removed = vault.sweep(session, grace=grace)
    if removed:
        log.warning("orphans_removed", objects=removed)
    return removed
