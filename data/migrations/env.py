"""How Alembic reaches the database, and what it compares."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, text

from core.settings import owner_database_url
from data.base import TextEnum
from data.tables import Base

# Any number will do, as long as nothing else takes this advisory lock.
_LOCK = 0x51C1_CA2E


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The queue's tables are procrastinate's own; see the first revision."""
    return not (name or "").startswith("procrastinate_")


def _as_plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Revisions do not depend on classes of ours, which may change later."""
    return "sa.Text()" if kind == "type" and isinstance(item, TextEnum) else False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=_is_ours,
        render_item=_as_plain_type,
        compare_server_default=True,
    )
    with context.begin_transaction():
        # Processes that start together migrate one after the other; the lock ends with the
        # transaction, and the second one then finds nothing to do.
        connection.execute(text("SET LOCAL lock_timeout = '120s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with create_engine(owner_database_url(), poolclass=NullPool).connect() as connection:
        _run(connection)
