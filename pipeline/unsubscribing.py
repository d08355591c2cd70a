"""Ending mails of one kind by the link that stands in each of them. It asks for no sign-in."""

from __future__ import annotations

import structlog
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.notifications import Channel
from data import users
from pipeline import notify
from pipeline.mail import links

log = structlog.get_logger(__name__)


def unsubscribe(session: Session, token: str) -> None:
    """No more mails of the token's kind for its person; twice is as good as once.

    NotFound for a token that is not ours, and for a person who is gone.
    """
    user_id, kind = links.unsubscribed(token)
    try:
        users.lock(session, user_id)
    except NotFound:
        raise NotFound(links.GONE) from None
    notify.switch(session, user_id, kind, Channel.EMAIL, on=False)
    log.info("unsubscribed", user_id=str(user_id), kind=kind)
