"""`python3 run.py verify-audit`: whether the audit is as it was written."""

from __future__ import annotations

from core.errors import InvalidInput
from core.launch import say
from data import audit_chain
from data.database import read


def run(known: str | None) -> int:
    """Say what the verifier found; the exit status: 0 when the chain holds, 1 when it does not."""
    try:
        head = None if known is None else audit_chain.parse_head(known)
    except ValueError:
        raise InvalidInput("The head is written as POSITION:HEX, as in the worker's log.") from None
    with read() as session:
        found = audit_chain.verify(session, known=head)
    for sentence in found.broken:
        say(sentence)
    if found.holds:
        say(f"The audit holds: {found.links} events are linked, {found.waiting} are waiting.")
        say(f"Its head: {found.head}")
    return 0 if found.holds else 1
