"""How much one person's scores vary by chance."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from data import courses, recalibrations
from pipeline import noise
from pipeline.recalibration import curves


def of_person(session: Session, user_id: UUID) -> noise.Noise:
    """The person's own noise where three photos of one check tell it, elsewhere the model's."""
    repeats = courses.repeats(session, user_id, least=noise.LEAST_SHOTS)
    models = noise.of_models()
    for one in recalibrations.listed(session):
        of_base = models.earlier.get(one.base_version, models.model)
        models = replace(
            models, earlier={**models.earlier, one.version: curves.noise_through(one, of_base)}
        )
    return replace(models, own=noise.own_noise(repeats))
