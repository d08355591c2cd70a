"""What the matrix of routes is made of: a call, and what each kind of caller gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from httpx import Response

from tests.api.calling import Api, Person


@dataclass(frozen=True)
class Things:
    """Ada, and what is hers."""

    ada: Person
    session_id: UUID
    check: UUID
    news: UUID
    flag: UUID
    step: UUID  # of her routine
    entry: UUID  # of her diary
    trial: UUID
    case: UUID  # her question to dermatologists
    photo: UUID  # that she shows with it


class Row(NamedTuple):
    """What comes of one route."""

    call: Callable[[Api, Person | None, Things], Response]
    visitor: int
    owner: int
    others: int  # every other person who is signed in, staff of any role included
    staff: int | None = None  # where it is another answer than that of other people
    dermatologist: int | None = None  # where it is another than that of staff
    admin: int | None = None


def of(method: str, path: str, **more: Any) -> Callable[[Api, Person | None, Things], Response]:
    """Call this address; {check} and {session} are Ada's. Values may be made for the caller."""

    def call(api: Api, caller: Person | None, its: Things) -> Response:
        day = datetime.now(UTC).date()
        named = vars(its) | {"session": its.session_id}
        address = path.format(**named, day=day)
        sent = {name: value(caller) if callable(value) else value for name, value in more.items()}
        return api(method, address, token=caller.access if caller else None, **sent)

    return call


def anybody(call: Any, status: int) -> Row:
    """The same for all: it asks for no token."""
    return Row(call, status, status, status)


def own(call: Any, status: int) -> Row:
    """Everybody who is signed in, about themselves."""
    return Row(call, 401, status, status)


def thing(call: Any, status: int) -> Row:
    """It belongs to one person; to everybody else it is not there."""
    return Row(call, 401, status, 404)
