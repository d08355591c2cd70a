"""The errors a person can act on. Each carries a sentence; none knows HTTP or Streamlit.

Anything else that is raised is a bug: logged with its traceback, shown as "something went wrong".
"""

from __future__ import annotations


class SkincareError(Exception):
    """Root of the family. `str(error)` is a sentence for the person."""


class NotFound(SkincareError):
    """There is no such thing, or it is somebody else's: the two are the same answer."""


class NotAllowed(SkincareError):
    """The person is known, but may not do this."""


class SafetyQuestionsDue(NotAllowed):
    """The safety questions come first."""


class RedFlagRaised(NotAllowed):
    """A red flag stops this until somebody qualified has seen to it; the sentence says where."""


class NotSignedIn(SkincareError):
    """There is no valid session."""


class InvalidInput(SkincareError):
    """A field does not hold what it should; the sentence names the field."""


class Conflict(SkincareError):
    """It exists already, or the state has moved on."""


class TooMany(SkincareError):
    """A limit was reached; `retry_after` says in how many seconds it ends."""

    def __init__(self, sentence: str, retry_after: float) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class UnreadablePhoto(SkincareError):
    """The bytes are no photo that we accept."""


class PhotoRejected(SkincareError):
    """The photo was read, but cannot be scored; each reason says what to do."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class Unavailable(SkincareError):
    """A part that is needed is away (database, model, disk); nothing was changed."""


class NoRoom(Unavailable):
    """A disk is full; nothing was kept."""
