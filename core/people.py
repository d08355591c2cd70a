"""Words about people: what they may do, what they said of themselves, what they agreed to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    USER = "user"
    DERMATOLOGIST = "dermatologist"
    ANALYST = "analyst"
    ADMIN = "admin"


class SkinType(StrEnum):
    """What the person says of their own skin; never guessed from a photo."""

    DRY = "dry"
    OILY = "oily"
    COMBINATION = "combination"
    NORMAL = "normal"
    SENSITIVE = "sensitive"


class Purpose(StrEnum):
    """What a consent is given for; each is asked and withdrawn by itself."""

    ANALYSIS = "analysis"
    DERMATOLOGIST = "dermatologist"
    STATISTICS = "statistics"
    MODEL_IMPROVEMENT = "model_improvement"
    HEALTH_ANSWERS = "health_answers"
    SAFETY_ANSWERS = "safety_answers"


@dataclass(frozen=True)
class Identity:
    """Who is asking, as the database said a moment ago."""

    user_id: uuid.UUID
    session_id: uuid.UUID
    email: str
    first_name: str
    role: Role
