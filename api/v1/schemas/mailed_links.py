"""What is done by links in mails: setting a new password, confirming an address."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.v1.schemas.common import Input
from core.inputs import Email, Password

_TOKEN = "Zm9yIHRoZSBkb2N1bWVudGF0aW9uIG9ubHksIG5vdGhpbmc"  # noqa: S105 # an example


class ForgottenPassword(Input):
    """Whose password is forgotten."""

    email: Email = Field(description="The account's e-mail address.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.org"}]})


class PasswordReset(Input):
    """The token of the mail, and the new password."""

    token: str = Field(
        strict=True, max_length=500, description="From the link: what follows token=. Works once."
    )
    new_password: Password = Field(
        description="8 to 128 characters that are not easily guessed; three or four words do."
    )

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": _TOKEN, "new_password": "green piano north tea"}]}
    )


class MailedToken(Input):
    """The token of a mail."""

    token: str = Field(
        strict=True, max_length=500, description="From the link: what follows token=. Works once."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": _TOKEN}]})
