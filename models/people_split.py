"""Which people training may see: the others are kept for measuring, always the same ones.

The split is by person, never by photo, and follows from the person's id alone: no list has to be
kept, and a set of photos that grows later splits the same way.
"""

from __future__ import annotations

import hashlib

HELD_OUT = 0.40  # expected share of people: enough of every tone remain to measure by


def is_held_out(person: str) -> bool:
    """Whether no photo of `person` may be trained on.

    `person` is the id as in the set's labels.csv: London's "001", Canada's "003f". No id occurs in
    both sets.
    """
    drawn = int.from_bytes(hashlib.sha256(person.encode()).digest()[:8], "big") / 2**64
    return drawn < HELD_OUT
