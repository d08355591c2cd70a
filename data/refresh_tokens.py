"""The one refresh token that an API session accepts: its fingerprint stands in the session's row.

A browser's session has its cookie's hash in the same place. Fingerprints are made in another way
(see pipeline.tokens), so that neither is ever taken for the other.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from data.tables import AuthSession


def rotate(
    session: Session, user_id: UUID, session_id: UUID, *, used: bytes, following: bytes
) -> bool:
    """Put the following token in the place of the used one; False if that was not the current one.

    Of two that come with the same token at the same moment one gets True.
    """
    rotated = session.scalar(
        update(AuthSession)
        .where(
            AuthSession.user_id == user_id,
            AuthSession.session_id == session_id,
            AuthSession.token_hash == used,
        )
        .values(token_hash=following, last_seen_at=func.now())
        .returning(AuthSession.session_id)
        .execution_options(synchronize_session=False)
    )
    return rotated is not None
