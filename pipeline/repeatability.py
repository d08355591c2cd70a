"""How much one person's scores vary by chance."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from data import courses
from pipeline import noise


def of_person(session: Session, user_id: UUID) -> noise.Noise:
    """The person's own noise where three photos of one check tell it, elsewhere the model's."""
    repeats = courses.repeats(session, user_id, least=noise.LEAST_SHOTS)
    return replace(noise.of_models(), own=noise.own_noise(repeats))
