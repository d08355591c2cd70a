"""What all schemas have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Input(BaseModel):
    """A body that a client sends: no field that is not described here."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Output(BaseModel):
    """A body that we send."""

    model_config = ConfigDict(frozen=True)


class Message(Output):
    """Something was done."""

    message: str = Field(description="What was done, in words.", examples=["Done."])
