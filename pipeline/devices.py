"""Whether somebody signs in from where they never did before, and telling them if so.

A device is a browser by name and system in a part of the internet, not a version and not an
address: an update or a new lease at home is no news, and somebody elsewhere is. No cookie is left
behind for it.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.devices import device
from core.keys import pseudonym
from core.notifications import Kind
from data import known_devices
from pipeline import notify

FORGOTTEN_AFTER = timedelta(days=400)  # without use


def signed_in(
    session: Session,
    user_id: UUID,
    session_id: UUID,
    *,
    user_agent: str,
    address: str,
    address_hint: str,
) -> None:
    """Somebody has just signed in. The first device of an account is no news to its owner."""
    name = device(user_agent)
    program = re.match(r"[\w.-]*", user_agent)
    which = f"{user_id}\0{name}\0{program[0] if program else ''}\0{_network(address)}"
    is_first = not known_devices.count(session, user_id)
    is_new = known_devices.note(session, user_id, device=pseudonym("device", which), name=name)
    if is_new and not is_first:
        where = f", network {address_hint}" if address_hint else ""
        notify.tell(
            session,
            user_id,
            Kind.NEW_SIGN_IN,
            dedupe=f"new_sign_in:{session_id}",
            what=f"{name}{where}.",
        )


def _network(address: str) -> str:
    """What tells providers apart: 16 bits of an IPv4 address, 32 of an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 16 if ip.version == 4 else 32), strict=False))
