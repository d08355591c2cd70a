"""Passwords: which are accepted, how they are kept, how they are compared."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import bcrypt

from core.errors import InvalidInput, Unavailable
from core.inputs import Password, checked

ROUNDS = 12  # about a quarter of a second on one core
# At once in one process: more would only make all of them slower. Four on each core take a second.
AT_ONCE = 4 * (os.cpu_count() or 1)
_LONGEST_WAIT = 1.0  # seconds, with one of the process's few threads
_turns = threading.BoundedSemaphore(AT_ONCE)

_LEAST_SCORE = 2  # zxcvbn: more than a million guesses
_LEAST_OWN = 5  # characters that are left without the person's own words
_OUR_WORDS = ("skincare",)


def accepted(password: str, own_words: Iterable[str]) -> str:
    """The password, if it is long enough and not easily guessed; InvalidInput otherwise.

    `own_words` are what an acquaintance would try: e-mail address and names.
    """
    text = str(checked(Password, password, "password"))
    words = [*_parts(own_words), *_OUR_WORDS]
    rest = text.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < len(text) and len(re.sub(r"[\W\d_]", "", rest)) < _LEAST_OWN:
        raise InvalidInput("The password is too close to your name or e-mail address.")
    if _score(text, words) < _LEAST_SCORE:
        raise InvalidInput(
            "The password is too easy to guess. Three or four words that do not belong together "
            "make a good one."
        )
    return text


@contextmanager
def turn() -> Iterator[None]:
    """Room for one password to be compared; Unavailable when too many are at it."""
    if not _turns.acquire(timeout=_LONGEST_WAIT):
        raise Unavailable("Very many people are signing in. Try again in a few seconds.")
    try:
        yield
    finally:
        _turns.release()


def kept(password: str) -> str:
    """What is stored of a password. Unavailable when too many are being hashed."""
    with turn():
        return _hashed(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the password. Without a stored one (`None`) the same work is done in vain.

    Within a `turn`, taken before the try is counted: who found no room has not failed.
    """
    right = bcrypt.checkpw(_digest(password), (stored or _nobodys()).encode("ascii"))
    return right and stored is not None


def _hashed(password: str) -> str:
    return bcrypt.hashpw(_digest(password), bcrypt.gensalt(ROUNDS)).decode("ascii")


@cache
def _nobodys() -> str:
    return _hashed("nobody has this password")


def _digest(password: str) -> bytes:
    # bcrypt reads 72 bytes and no NUL; the digest is 44 characters whatever the password is.
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.sha256(text).digest())


def _parts(own_words: Iterable[str]) -> list[str]:
    found = {part for word in own_words for part in re.split(r"[\W\d_]+", word.casefold())}
    return [part for part in found if len(part) >= 3]


def _score(text: str, words: list[str]) -> int:
    from zxcvbn import zxcvbn  # its lists take 50 ms to load, and only new passwords need them

    return int(zxcvbn(text[:72], user_inputs=words)["score"])
