"""The routes of the API, one file a noun. `ROUTERS` is what the application includes."""

from __future__ import annotations

from api.v1.routes import auth, consents, health, picture, sessions, users

ROUTERS = (
    auth.router,
    users.router,
    picture.router,
    consents.router,
    sessions.router,
    health.router,
)
