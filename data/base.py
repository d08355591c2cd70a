"""What the tables are built from: the base class, how enumerations are kept, common columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Dialect,
    Float,
    ForeignKey,
    LargeBinary,
    MetaData,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, Uuid

from core.analyses import Stage, Status
from core.metrics import Metric
from core.people import Purpose, Role, SkinType


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


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def percent(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN 0 AND 100", name=f"{column}_0_to_100")


def now() -> Mapped[datetime]:
    return mapped_column(server_default=func.now())


def owner(*, primary_key: bool = False) -> Mapped[UUID]:
    return mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=primary_key)
