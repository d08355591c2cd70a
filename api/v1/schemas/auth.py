"""Signing in and out."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Input, Output
from core.inputs import Age, Email, Password, PersonName
from core.people import SkinType

_EXAMPLE: JsonDict = {"email": "ada@example.org", "password": "violet otter lamp"}


class Registration(Input):
    """A new account."""

    email: Email = Field(description="The e-mail address to sign in with.")
    password: Password = Field(
        description="8 to 128 characters that are not easily guessed; three or four words do."
    )
    first_name: PersonName = Field(description="First name, up to 100 characters.")
    last_name: PersonName = Field(description="Last name, up to 100 characters.")
    age: Age | None = Field(default=None, description="Age in years, 13 to 120; may be left out.")
    skin_type: SkinType | None = Field(
        default=None, description="What the person says of their own skin; may be left out."
    )
    consent_to_analysis: bool = Field(
        default=False,
        strict=True,
        description="Whether the person agrees to the analysis of their photos, in the words of "
        "GET /users/me/consents. Can be given later and withdrawn at any time.",
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "first_name": "Ada",
                    "last_name": "Byron",
                    "age": 36,
                    "skin_type": "combination",
                    "consent_to_analysis": True,
                }
            ]
        }
    )


class Registered(Output):
    """The account is made, or a mail says how to open it."""

    user_id: UUID | None = Field(
        description="The new account's id; null where a link in a mail opens the account.",
        examples=["0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"],
    )
    message: str = Field(
        description="What was done, in words.", examples=["Account created. Sign in to use it."]
    )


class Credentials(Input):
    """Who wants to sign in."""

    email: str = Field(strict=True, max_length=1000, description="The account's e-mail address.")
    password: str = Field(strict=True, max_length=1000, description="The account's password.")
    code: str | None = Field(
        default=None,
        strict=True,
        max_length=100,
        description="Where the account has a second factor: a code of the authenticator app, or a "
        "recovery code.",
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})


class RefreshToken(Input):
    """The refresh token of the last answer."""

    refresh_token: str = Field(
        strict=True, max_length=4000, description="Works once; the answer has the next one."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "eyJhbGciOi…"}]})


class Tokens(Output):
    """A signed-in session: an access token, and a refresh token for the next pair."""

    access_token: str = Field(
        description="To be sent as Authorization: Bearer …", examples=["eyJhbGciOi…"]
    )
    refresh_token: str = Field(
        description="For POST /auth/refresh. Works once; using it twice ends the session.",
        examples=["eyJhbGciOi…"],
    )
    token_type: Literal["bearer"] = Field(default="bearer", description="Always bearer.")
    expires_in: int = Field(
        description="Seconds from now that the access token lasts.", examples=[3600]
    )
