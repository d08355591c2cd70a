"""What belongs to an account: closing it, its password, consents and sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from api.v1.schemas.common import Input, Output
from core.inputs import Password
from core.people import Purpose

_PASSWORD = "violet otter lamp"  # noqa: S105 # an example for the documentation
_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"


class Closing(Input):
    """The password once more, since what follows cannot be undone."""

    password: str = Field(strict=True, max_length=1000, description="The account's password.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"password": _PASSWORD}]})


class Erased(Output):
    """One kind of thing that was erased."""

    what: str = Field(description="What it was, in words.", examples=["photos"])
    number: int = Field(description="How many of it.", examples=[12])


class Closed(Output):
    """The account is closed."""

    message: str = Field(
        description="What was done, in words.", examples=["Account deleted successfully"]
    )
    erased_after_days: int = Field(
        description="After how many days everything is erased; 0: it is erased already.",
        examples=[30],
    )
    erased: list[Erased] = Field(
        description="The receipt, where everything is erased already; otherwise empty. After the "
        "days of grace it comes by mail, where the address is confirmed.",
        examples=[[{"what": "photos", "number": 12}]],
    )


class PasswordChange(Input):
    """The present password, and the new one."""

    current_password: str = Field(strict=True, max_length=1000, description="The present one.")
    new_password: Password = Field(
        description="8 to 128 characters that are not easily guessed; three or four words do."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"current_password": _PASSWORD, "new_password": "green piano north tea"}]
        }
    )


class Consent(Output):
    """What the person agreed to for one purpose, or did not."""

    purpose: Purpose = Field(description="What it is for.")
    in_force: bool = Field(description="Whether the person agrees at present.")
    given_at: datetime | None = Field(description="When it was given last; null: never.")
    withdrawn_at: datetime | None = Field(description="When it was withdrawn; null: it was not.")
    wording_version: str | None = Field(description="Version of the words that were agreed to.")
    current_wording: str = Field(description="The words to agree to now; show them to the person.")
    current_wording_version: str = Field(description="Their version, for PUT.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "purpose": "statistics",
                    "in_force": False,
                    "given_at": None,
                    "withdrawn_at": None,
                    "wording_version": None,
                    "current_wording": "I agree that my scores, without name, …",
                    "current_wording_version": "1",
                }
            ]
        }
    )


class Consents(Output):
    """One entry for every purpose."""

    consents: list[Consent] = Field(description="One for every purpose.")


class Agreement(Input):
    """Which words the person saw when they agreed."""

    wording_version: str = Field(
        strict=True, max_length=20, description="current_wording_version, as it was shown."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"wording_version": "1"}]})


class Session(Output):
    """One place where the person is signed in."""

    session_id: UUID = Field(description="For ending it.")
    created_at: datetime = Field(description="When it began.")
    last_seen_at: datetime = Field(description="When it was used last, to the minute.")
    user_agent: str = Field(description="What the browser or program said of itself.")
    address_hint: str = Field(description="The network address without its last part.")
    is_current: bool = Field(description="Whether it is the session of this request.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_id": _ID,
                    "created_at": "2026-11-20T10:00:00Z",
                    "last_seen_at": "2026-11-23T08:15:00Z",
                    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
                    "address_hint": "203.0.113.…",
                    "is_current": True,
                }
            ]
        }
    )


class Sessions(Output):
    """Last used first."""

    sessions: list[Session] = Field(description="Browsers and programs, last used first.")


class Access(Output):
    """What one of the staff did on one day."""

    at: datetime = Field(description="The last time on that day.")
    name: str = Field(description="Who it was.")
    what: str = Field(description="What they did, in words.")
    times: int = Field(description="How often.")
    consultation_id: UUID | None = Field(description="The question that it was for.")
    question: str | None = Field(description="The question's words.")
    why: str | None = Field(description="The reason, in words; null for the oldest entries.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-11-23T08:15:00Z",
                    "name": "Grace Hopper",
                    "what": "looked at a photo",
                    "times": 2,
                    "consultation_id": "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f",
                    "question": "Is this redness on my cheeks something to treat?",
                    "why": "to answer your question",
                }
            ]
        }
    )


class Accesses(Output):
    """Who of the staff saw or used what is the person's."""

    accesses: list[Access] = Field(description="The newest first.")
