"""Bring the database to the state that this code expects."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, make_url
from sqlalchemy.orm import Session

from core.settings import ROOT, analyst_database_url, database_url, owner_database_url
from data import roles
from data.database import translated


def upgrade() -> None:
    """Run the migrations that are missing and grant the roles their rights, in one transaction.

    Killed at any moment it leaves what was there, and can be run again; none is missing: only the
    rights are granted anew. Safe when several processes start at once: see the lock in
    `migrations/env.py`.
    """
    engine = create_engine(
        owner_database_url(), poolclass=NullPool, connect_args={"connect_timeout": 10}
    )
    with translated(), engine.begin() as connection:
        command.upgrade(_config(connection=connection), "head")
        product = make_url(database_url()).username
        roles.grant(connection, to=product)
        analyst = make_url(analyst_database_url()).username
        roles.grant_analyst(connection, to=analyst, product=product)


def is_current() -> bool:
    """Whether the database has every migration of this code."""
    from alembic.script import ScriptDirectory

    engine = create_engine(database_url(), poolclass=NullPool)
    with translated(), engine.connect() as connection:
        here = _heads(connection)
    return set(here) == set(ScriptDirectory.from_config(_config()).get_heads())


def revision(session: Session) -> str | None:
    """The last migration that the database has; None: it is empty."""
    return next(iter(_heads(session.connection())), None)


def is_known(revision: str) -> bool:
    """Whether this code has the migration: a database that has others is of a later version."""
    from alembic.script import ScriptDirectory

    return revision in {
        script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()
    }


def _heads(connection: Connection) -> tuple[str, ...]:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_heads()


def _config(**attributes: object) -> Config:
    return Config(toml_file=ROOT / "pyproject.toml", attributes=dict(attributes))


if __name__ == "__main__":
    upgrade()
