"""A PostgreSQL of a bench's own, with the product's settings, in a folder that goes with it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from core.postgres import EmbeddedPostgres
from core.settings import owner_database_url, settings
from data import migrate


@contextmanager
def own_server(bench: str) -> Iterator[tuple[EmbeddedPostgres, Path]]:
    """The server, and the folder where everything else of this run may lie: SKINCARE_VAR."""
    with tempfile.TemporaryDirectory(prefix=f"bench-{bench}-") as name:
        folder = Path(name)
        os.environ["SKINCARE_VAR"] = name
        settings.cache_clear()
        server = EmbeddedPostgres(folder / "postgres")
        server.start()
        try:
            yield server, folder
        finally:
            server.stop()


def migrated(server: EmbeddedPostgres, name: str) -> Engine:
    """A new database with the product's tables; DATABASE_URL names it from now on."""
    server.create_database(name)
    os.environ["DATABASE_URL"] = server.url(name)
    settings.cache_clear()
    migrate.upgrade()
    return create_engine(
        server.url(name), connect_args={"options": "-c timezone=UTC"}, pool_pre_ping=True
    )


def vacuum_analyze() -> None:
    """As autovacuum does in time, of the database that DATABASE_URL names."""
    owner = create_engine(owner_database_url(), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:  # the product's own role may not
        connection.execute(text("VACUUM ANALYZE"))
    owner.dispose()
