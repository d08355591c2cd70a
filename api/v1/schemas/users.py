"""A person's own account."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.v1.schemas.common import Input, Output
from core.inputs import Age, PersonName
from core.people import Role, SkinType


class User(Output):
    """A person's own account."""

    user_id: UUID = Field(description="The account's id.")
    email: str = Field(description="The e-mail address to sign in with.")
    first_name: str = Field(description="First name.")
    last_name: str = Field(description="Last name.")
    age: int | None = Field(description="Age in years, if the person said it.")
    skin_type: SkinType | None = Field(description="What the person says of their own skin.")
    role: Role = Field(description="What the account may do.")
    preferences: dict[str, Any] = Field(
        description="Settings of the person's own, any JSON object."
    )
    is_active: bool = Field(description="False when the account is closed.")
    last_login: datetime | None = Field(description="When somebody signed in last.")
    profile_picture_url: str | None = Field(
        description="Where the profile picture is, with the same token; null: there is none."
    )
    created_at: datetime = Field(description="When the account was made.")
    updated_at: datetime = Field(description="When it was changed last.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user_id": "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f",
                    "email": "ada@example.org",
                    "first_name": "Ada",
                    "last_name": "Byron",
                    "age": 36,
                    "skin_type": "combination",
                    "role": "user",
                    "preferences": {"reminders": "evening"},
                    "is_active": True,
                    "last_login": "2026-11-23T08:15:00Z",
                    "profile_picture_url": "/api/v1/users/me/picture",
                    "created_at": "2026-11-01T10:00:00Z",
                    "updated_at": "2026-11-23T08:15:00Z",
                }
            ]
        }
    )


def _absent() -> Any:
    """Stands for a field that was not sent; `model_fields_set` says which were."""
    return None


class UserChanges(Input):
    """What to change: a field that is absent stays as it is."""

    first_name: PersonName = Field(default_factory=_absent, description="First name.")
    last_name: PersonName = Field(default_factory=_absent, description="Last name.")
    age: Age | None = Field(
        default_factory=_absent, description="Age in years, 13 to 120; null takes it back."
    )
    skin_type: SkinType | None = Field(
        default_factory=_absent,
        description="What the person says of their own skin; null takes it back.",
    )
    preferences: dict[str, Any] | None = Field(
        default_factory=_absent,
        description="Settings of the person's own, any JSON object up to 10,000 characters. "
        "Replaces the earlier ones; null empties them.",
    )

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"age": None, "preferences": {"reminders": "evening"}}]}
    )

    def given(self) -> dict[str, Any]:
        """The fields that were sent, by name, as they shall be."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if sent.get("preferences", ...) is None:
            sent["preferences"] = {}
        return sent
