"""Checks for the tests of the API, made by the product's own use-cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from api.v1.app import PREFIX
from core.people import Identity, Role
from core.settings import settings
from data.database import transaction
from pipeline import intake, jobs
from tests.api.calling import Person, TestClient, opened
from tests.stand_in import examination, photo_that

Files = list[tuple[str, tuple[str, bytes, str]]]


@contextmanager
def calling(who: Person | None = None) -> Iterator[TestClient]:
    """A client of the API that sends this person's token; addresses are below /api/v1."""
    with opened(settings()) as client:
        client.base_url = client.base_url.join(f"{PREFIX}/")
        if who is not None:
            client.headers["authorization"] = f"Bearer {who.access}"
        yield client


def files(*contents: bytes) -> Files:
    """The multipart field `photos`."""
    return [("photos", (f"{i}.png", content, "image/png")) for i, content in enumerate(contents)]


def at(address: str) -> str:
    """An address that an answer names, whole."""
    return f"http://testserver{address}"


def submitted(who: Person, *seeds: int, does: str = "is scored") -> UUID:
    """A check that waits, with one photo for each seed."""
    contents = [photo_that(does, seed=seed) for seed in seeds or (0,)]
    identity = Identity(who.user_id, uuid4(), who.email, "Ada", Role.USER)
    with transaction() as session:
        return intake.submit(session, identity, contents)


def scored(who: Person, *seeds: int, value: float = 40.0) -> UUID:
    """A check with scores and maps."""
    analysis_id = submitted(who, *seeds)
    score(analysis_id, value)
    return analysis_id


def score(analysis_id: UUID, value: float = 40.0) -> None:
    jobs.examine(analysis_id, lambda *_: examination(value))
