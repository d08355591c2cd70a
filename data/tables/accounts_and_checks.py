"""The tables of PostgreSQL, one class each.

Times are `timestamptz` and come from the database's clock. What a person owns is deleted with the
person. Enumerations are text with a CHECK, holding the values that the API shows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.analyses import Stage, Status
from core.analytics import Device
from core.metrics import Metric, Region
from core.people import Purpose, Role, SkinType
from data.base import Base, now, one_of, owner, percent

# `metric_scores.region` of a score for the whole face.
FACE = "face"


# ------------------------------------------------------------------ people


class User(Base):
    """A person with an account, staff included."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        one_of("skin_type", SkinType),
        CheckConstraint("age BETWEEN 13 AND 120", name="age"),
        CheckConstraint("length(email) <= 254", name="email_length"),
        Index("uq_users_email", text("lower(email)"), unique=True),
        Index("ix_users_staff", "role", postgresql_where=text("role <> 'user'")),
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
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class UserKey(Base):
    """The key that wraps a person's data keys. Without it their photos are noise."""

    __tablename__ = "user_keys"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    wrapped_key: Mapped[bytes]
    master_version: Mapped[int]  # which master key wraps it
    created_at: Mapped[datetime] = now()


class Consent(Base):
    """One giving of consent for one purpose, with its end. A withdrawn one is kept as a record."""

    __tablename__ = "consents"
    __table_args__ = (
        one_of("purpose", Purpose),
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
    user_id: Mapped[UUID] = owner()
    purpose: Mapped[Purpose]
    wording: Mapped[str]  # version of the words that were shown, see pipeline.consents
    given_at: Mapped[datetime] = now()
    withdrawn_at: Mapped[datetime | None]


# ------------------------------------------------------------------ signing in


class AuthSession(Base):
    """A signed-in browser. Ending it deletes the row."""

    __tablename__ = "auth_sessions"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    token_hash: Mapped[bytes] = mapped_column(unique=True)  # SHA-256 of the cookie's token
    user_agent: Mapped[str]
    address_hint: Mapped[str]  # without its last part: enough to recognise, too little to trace
    created_at: Mapped[datetime] = now()
    last_seen_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]  # in any case, however much it is used


class SignInTicket(Base):
    """Proof, for one minute and one use, that this visitor has just given the right password."""

    __tablename__ = "sign_in_tickets"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    ticket_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    visitor_hash: Mapped[bytes]
    expires_at: Mapped[datetime]


class SignInAttempt(Base):
    """A failed sign-in, or one whose outcome is not known yet. Names nobody: see core.keys."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "account", "at"), Index(None, "address", "at"), Index(None, "at"))

    attempt_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[str]  # pseudonym of the e-mail address that was tried
    address: Mapped[str]  # pseudonym of the network address it came from
    at: Mapped[datetime] = now()


# ------------------------------------------------------------------ photos and results


class Photo(Base):
    """A photo of a face. Its pixels are an encrypted object in the photo store."""

    __tablename__ = "photos"
    __table_args__ = (Index(None, "user_id", "created_at"),)

    photo_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    sha256: Mapped[str]  # of the file as it was uploaded, hex
    size: Mapped[int]  # bytes of what is stored, before encryption
    width: Mapped[int]  # pixels
    height: Mapped[int]
    original_format: Mapped[str]
    object_key: Mapped[str] = mapped_column(unique=True)
    wrapped_key: Mapped[bytes]
    created_at: Mapped[datetime] = now()


_FOUNDING_SCORES = ("skin_score", "hydration", "oiliness", "elasticity", "pores")


class AnalysisResult(Base):
    """One check of the skin by one version of the model: where it stands, what came of it.

    A check that is scored again by a later version gets another row (`rescored_from` is the first
    one's id) with the same photos and the same `created_at`; the earlier rows stay as they are.
    `is_current` marks the one that lists and trends show.

    The five scores here are those of `metric_scores` for the whole face, written in the same
    transaction; a metric that abstained is NULL.
    """

    __tablename__ = "analysis_results"
    __table_args__ = (
        one_of("status", Status),
        one_of("stage", Stage),
        *(percent(score) for score in _FOUNDING_SCORES),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint(
            "status <> 'scored' OR model_version IS NOT NULL", name="scored_has_a_model_version"
        ),
        CheckConstraint("photo_id IS NOT NULL OR is_demonstration", name="has_a_photo"),
        CheckConstraint("shot BETWEEN 1 AND 5", name="shot_1_to_5"),
        one_of("device", Device),
        UniqueConstraint("photo_id", "model_version"),
        # one scoring of a check for each version of the model, however often it is asked for
        UniqueConstraint("rescored_from", "wanted_version"),
        Index(
            "uq_analysis_results_current",
            text("COALESCE(rescored_from, id)"),
            unique=True,
            postgresql_where=text("is_current"),
        ),
        UniqueConstraint("user_id", "idempotency_key"),
        Index(
            "ix_analysis_results_newest_first",
            "user_id",
            text("created_at DESC"),
            text("id DESC"),
        ),
        Index(None, "created_at"),  # for the statistics of a day or a week
        Index(
            "ix_analysis_results_unfinished",
            "updated_at",
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    # The photo that stands for the check: the first, once scored the best of its shots.
    photo_id: Mapped[UUID | None] = mapped_column(ForeignKey("photos.photo_id", ondelete="CASCADE"))
    rescored_from: Mapped[UUID | None] = mapped_column(
        ForeignKey("analysis_results.id", ondelete="CASCADE")
    )
    wanted_version: Mapped[str | None]  # of a scoring again: the version it was asked of
    is_current: Mapped[bool] = mapped_column(server_default="true")
    status: Mapped[Status] = mapped_column(server_default=Status.QUEUED.value)
    stage: Mapped[Stage] = mapped_column(server_default=Stage.WAITING.value)
    shot: Mapped[int | None] = mapped_column(SmallInteger)  # which photo is being looked at
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
    counts: Mapped[dict[str, Any] | None]  # metric → how many marks were counted
    model_version: Mapped[str | None]
    ms: Mapped[dict[str, Any] | None]  # stage → milliseconds
    # The packed maps: an encrypted object like a photo.
    maps_object_key: Mapped[str | None] = mapped_column(unique=True)
    maps_wrapped_key: Mapped[bytes | None]
    # The newest advice (pipeline.recommendations); what it replaced is in `earlier_advice`.
    recommendations: Mapped[dict[str, Any] | None]
    idempotency_key: Mapped[str | None]
    device: Mapped[str | None]  # core.analytics.Device; NULL: not known
    is_demonstration: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Shot(Base):
    """One photo of a check, and what was seen in it. A simulated check's shots have no photo."""

    __tablename__ = "shots"
    __table_args__ = (
        CheckConstraint("position BETWEEN 1 AND 5", name="position_1_to_5"),
        CheckConstraint("NOT is_scored OR reasons = '{}'", name="scored_or_not"),
        UniqueConstraint("analysis_id", "photo_id"),
        Index(None, "photo_id"),
    )

    analysis_id: Mapped[UUID] = mapped_column(
        ForeignKey("analysis_results.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    photo_id: Mapped[UUID | None] = mapped_column(ForeignKey("photos.photo_id", ondelete="CASCADE"))
    is_scored: Mapped[bool] = mapped_column(server_default="false")
    reasons: Mapped[list[str]] = mapped_column(server_default="{}")  # why it was not
    quality: Mapped[dict[str, Any] | None]  # core.examination.Quality
    ita: Mapped[float | None]  # degrees
    # Metric → value over the face by this photo alone; what was not measured is absent.
    face_values: Mapped[dict[str, Any] | None]


class MetricScore(Base):
    """One metric of one check, over the face (`region` = 'face') or one region."""

    __tablename__ = "metric_scores"
    __table_args__ = (
        one_of("metric", Metric),
        one_of("region", (FACE, *Region)),
        percent("value"),
        percent("low"),
        percent("high"),
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
    requested_at: Mapped[datetime] = now()
    due_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    erased: Mapped[dict[str, Any] | None]  # how many photos, results, objects: the receipt


class AuditEvent(Base):
    """Who did what. Only ever inserted; people appear as pseudonyms."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "actor", "at"), Index(None, "subject", "at"))

    event_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = now()
    actor: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
