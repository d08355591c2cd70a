"""Noise that belongs to a group of people: the same people always get the same.

Whoever asks again, or by another way that leads to the same people, gets the same number, so
nothing is won by averaging. It is drawn from a keyed hash of who they are; the key is this
installation's own.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from core import keys

_NORMAL = NormalDist()

# Standard deviation of the noise in a mean, in units of what one usual person moves it by (the
# standard deviation between people, divided by their number).
STRENGTH = 2.0
# One person is taken for at most so many standard deviations away from the others.
FARTHEST = 3.0

Marks = npt.NDArray[np.uint64]


def key() -> bytes:
    """Derived from the key of pseudonyms, which all machines of an installation share."""
    return keys.pseudonym("statistics", "noise").encode()


def marks(ids: Sequence[bytes], key: bytes) -> Marks:
    """A random-looking number for each person, (n, 2): sums over a group name the group."""
    packed = b"".join(
        hashlib.blake2b(one, key=key, digest_size=16, person=b"who").digest() for one in ids
    )
    return np.frombuffer(packed, dtype=np.uint64).reshape(-1, 2)


class Noise:
    """Standard normal numbers, each fixed by a group and what is said of it."""

    def __init__(self, key: bytes, *about: str) -> None:
        self._keyed = hmac.new(key, "\0".join(about).encode(), hashlib.sha256)

    def of(self, group: npt.NDArray[np.uint64], figure: str) -> float:
        """`group` is the sum of the marks of its people, (2,)."""
        keyed = self._keyed.copy()
        keyed.update(group.tobytes() + figure.encode())
        # strictly between 0 and 1, symmetrical around a half
        share = (int.from_bytes(keyed.digest()[:6], "big") + 0.5) / 2**48
        return _NORMAL.inv_cdf(share)
