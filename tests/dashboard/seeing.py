"""A page under AppTest, as a given person or visitor sees it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.people import Identity
from core.settings import ROOT

SECONDS = 20.0  # bcrypt, and a busy machine


def seen_by(who: Identity | None) -> AppTest:
    """The product's first page, not yet run."""
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=SECONDS)
    if who is None:
        app.user = {"user": None, "session": "visitor:of-this-test"}
    else:
        app.user = {"user": str(who.user_id), "session": str(who.session_id)}
    return app
