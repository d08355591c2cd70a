"""Words about mail: the letters that we send, and what a link in one is good for."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Letter(StrEnum):
    """A kind of mail; its texts are the templates of the same name."""

    NEWS = "news"  # something waits in the app
    VERIFY_ADDRESS = "verify_address"
    FINISH_REGISTRATION = "finish_registration"
    ALREADY_REGISTERED = "already_registered"
    RESET_PASSWORD = "reset_password"  # noqa: S105 # no secret, a name


class LinkFor(StrEnum):
    """What a link with a single-use token does."""

    RESET = "reset"
    VERIFY = "verify"


LINK_LASTS = {LinkFor.RESET: timedelta(minutes=30), LinkFor.VERIFY: timedelta(hours=24)}
