"""The tables of PostgreSQL, one class each.

Times are `timestamptz` and come from the database's clock. What a person owns is deleted with the
person. Enumerations are text with a CHECK, holding the values that the API shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Dialect,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, Uuid

from core.analyses import Stage, Status
from core.metrics import Metric, Region
from core.people import Purpose, Role, SkinType

# `metric_scores.region` of a score for the whole face.
FACE = "face"


class TextEnum(TypeDecorator[StrEnum]):
    """A StrEnum kept as text; comes back as the enum's member."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.enum(value)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (read by SQLAlchemy, never changed)
        str: Text,
        bytes: LargeBinary,
        float: Float(53),
        datetime: TIMESTAMP(timezone=True),
        UUID: Uuid(as_uuid=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        Role: TextEnum(Role),
        SkinType: TextEnum(SkinType),
        Purpose: TextEnum(Purpose),
        Status: TextEnum(Status),
        Stage: TextEnum(Stage),
        Metric: TextEnum(Metric),
    }


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _percent(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN 0 AND 100", name=f"{column}_0_to_100")


def _now() -> Mapped[datetime]:
    return mapped_column(server_default=func.now())


def _owner() -> Mapped[UUID]:
    return mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))


# ------------------------------------------------------------------ people


class User(Base):
    """A person with an account, staff included."""

    __tablename__ = "users"
    __table_args__ = (
        _one_of("role", Role),
        _one_of("skin_type", SkinType),
        CheckConstraint("age BETWEEN 13 AND 120", name="age"),
        CheckConstraint("length(email) <= 254", name="email_length"),
        Index("uq_users_email", text("lower(email)"), unique=True),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    age: Mapped[int | None]
    skin_type: Mapped[SkinType | None]
    role: Mapped[Role] = mapped_column(server_default=Role.USER.value)
    preferences: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    is_active: Mapped[bool] = mapped_column(server_default="true")
    last_login: Mapped[datetime | None]
    # The profile picture: an encrypted object like a photo, see data.photo_store.
    picture_object_key: Mapped[str | None] = mapped_column(unique=True)
    picture_wrapped_key: Mapped[bytes | None]
    created_at: Mapped[datetime] = _now()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class UserKey(Base):
    """The key that wraps a person's data keys. Without it their photos are noise."""

    __tablename__ = "user_keys"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    wrapped_key: Mapped[bytes]
    master_version: Mapped[int]  # which master key wraps it
    created_at: Mapped[datetime] = _now()


class Consent(Base):
    """One giving of consent for one purpose, with its end. A withdrawn one is kept as a record."""

    __tablename__ = "consents"
    __table_args__ = (
        _one_of("purpose", Purpose),
        Index(
            "uq_consents_in_force",
            "user_id",
            "purpose",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(None, "user_id", "given_at"),
    )

    consent_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = _owner()
    purpose: Mapped[Purpose]
    wording: Mapped[str]  # version of the words that were shown, see pipeline.consents
    given_at: Mapped[datetime] = _now()
    withdrawn_at: Mapped[datetime | None]


# ------------------------------------------------------------------ signing in


class AuthSession(Base):
    """A signed-in browser. Ending it deletes the row."""

    __tablename__ = "auth_sessions"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = _owner()
    token_hash: Mapped[bytes] = mapped_column(unique=True)  # SHA-256 of the cookie's token
    user_agent: Mapped[str]
    address_hint: Mapped[str]  # without its last part: enough to recognise, too little to trace
    created_at: Mapped[datetime] = _now()
    last_seen_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime]  # in any case, however much it is used


class SignInTicket(Base):
    """Proof, for one minute and one use, that this visitor has just given the right password."""

    __tablename__ = "sign_in_tickets"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    ticket_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = _owner()
    visitor_hash: Mapped[bytes]
    expires_at: Mapped[datetime]


class SignInAttempt(Base):
    """A failed sign-in, or one whose outcome is not known yet. Names nobody: see core.keys."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "account", "at"), Index(None, "address", "at"), Index(None, "at"))

    attempt_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[str]  # pseudonym of the e-mail address that was tried
    address: Mapped[str]  # pseudonym of the network address it came from
    at: Mapped[datetime] = _now()


# ------------------------------------------------------------------ photos and results


class Photo(Base):
    """A photo of a face. Its pixels are an encrypted object in the photo store."""

    __tablename__ = "photos"
    __table_args__ = (Index(None, "user_id", "created_at"),)

    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = _owner()
    sha256: Mapped[str]  # of the file as it was uploaded, hex
    size: Mapped[int]  # bytes of what is stored, before encryption
    width: Mapped[int]  # pixels
    height: Mapped[int]
    original_format: Mapped[str]
    object_key: Mapped[str] = mapped_column(unique=True)
    wrapped_key: Mapped[bytes]
    created_at: Mapped[datetime] = _now()


_FOUNDING_SCORES = ("skin_score", "hydration", "oiliness", "elasticity", "pores")


class AnalysisResult(Base):
    """One check of the skin: where it stands, and what came of it.

    The five scores here are those of `metric_scores` for the whole face, written in the same
    transaction; a metric that abstained is NULL.
    """

    __tablename__ = "analysis_results"
    __table_args__ = (
        _one_of("status", Status),
        _one_of("stage", Stage),
        *(_percent(score) for score in _FOUNDING_SCORES),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint(
            "status <> 'scored' OR model_version IS NOT NULL", name="scored_has_a_model_version"
        ),
        CheckConstraint("photo_id IS NOT NULL OR is_demonstration", name="has_a_photo"),
        UniqueConstraint("photo_id", "model_version"),
        UniqueConstraint("user_id", "idempotency_key"),
        Index(
            "ix_analysis_results_newest_first",
            "user_id",
            text("created_at DESC"),
            text("id DESC"),
        ),
        Index(
            "ix_analysis_results_unfinished",
            "updated_at",
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = _owner()
    photo_id: Mapped[UUID | None] = mapped_column(ForeignKey("photos.photo_id", ondelete="CASCADE"))
    status: Mapped[Status] = mapped_column(server_default=Status.QUEUED.value)
    stage: Mapped[Stage] = mapped_column(server_default=Stage.WAITING.value)
    # Why it was rejected or failed: sentences for the person.
    reasons: Mapped[list[str]] = mapped_column(server_default="{}")
    # Times a worker began. Also the fence: only the latest attempt may write a result.
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    skin_score: Mapped[float | None]
    hydration: Mapped[float | None]
    oiliness: Mapped[float | None]
    elasticity: Mapped[float | None]
    pores: Mapped[float | None]
    quality: Mapped[dict[str, Any] | None]  # core.examination.Quality
    ita: Mapped[float | None]  # degrees
    model_version: Mapped[str | None]
    ms: Mapped[dict[str, Any] | None]  # stage → milliseconds
    # The packed maps: an encrypted object like a photo.
    maps_object_key: Mapped[str | None] = mapped_column(unique=True)
    maps_wrapped_key: Mapped[bytes | None]
    idempotency_key: Mapped[str | None]
    is_demonstration: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = _now()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class MetricScore(Base):
    """One metric of one check, over the face (`region` = 'face') or one region."""

    __tablename__ = "metric_scores"
    __table_args__ = (
        _one_of("metric", Metric),
        _one_of("region", (FACE, *Region)),
        _percent("value"),
        _percent("low"),
        _percent("high"),
        CheckConstraint(
            "num_nulls(value, low, high) IN (0, 3)"
            " AND (value IS NULL) = (abstained_because IS NOT NULL)"
            " AND (value IS NULL OR (low <= value AND value <= high))",
            name="measured_or_abstained",
        ),
    )

    analysis_id: Mapped[UUID] = mapped_column(
        ForeignKey("analysis_results.id", ondelete="CASCADE"), primary_key=True
    )
    region: Mapped[str] = mapped_column(primary_key=True)
    metric: Mapped[Metric] = mapped_column(primary_key=True)
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    abstained_because: Mapped[str | None]


# ------------------------------------------------------------------ records that outlive a person


class Erasure(Base):
    """An account to be erased, or one that was. Afterwards only the pseudonym is left."""

    __tablename__ = "erasures"
    __table_args__ = (
        Index("ix_erasures_due", "due_at", postgresql_where=text("erased_at IS NULL")),
        Index(
            "uq_erasures_waiting",
            "user_id",
            unique=True,
            postgresql_where=text("erased_at IS NULL"),
        ),
    )

    erasure_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.user_id", ondelete="SET NULL")
    )  # NULL once erased
    pseudonym: Mapped[str]
    requested_at: Mapped[datetime] = _now()
    due_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    erased: Mapped[dict[str, Any] | None]  # how many photos, results, objects: the receipt


class AuditEvent(Base):
    """Who did what. Only ever inserted; people appear as pseudonyms."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "actor", "at"), Index(None, "subject", "at"))

    event_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = _now()
    actor: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
