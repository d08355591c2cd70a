"""The two cookies: who is signed in, and who is merely visiting.

`sid` holds a random token; the database keeps only its SHA-256. `visitor` holds a signed random
id and no row stands behind it: it exists so that no two anonymous browsers share an identity.
Streamlit hands a session to whoever presents its id and the same `st.user`, so an identity that
everybody shares would be an identity that everybody may take over.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from itsdangerous import BadSignature, TimestampSigner

VISITOR_PREFIX = "visitor:"
VISITOR_DAYS = 30
_LONGEST_HEADER = 8192  # bytes of Cookie header that are parsed at all


@dataclass(frozen=True)
class Cookies:
    """Writes and reads both cookies; `https` decides their names and the Secure flag."""

    key: bytes
    https: bool

    @property
    def session_name(self) -> str:
        # __Host- makes the browser refuse the cookie from a subdomain or without Secure.
        return "__Host-sid" if self.https else "sid"

    @property
    def visitor_name(self) -> str:
        return "__Host-visitor" if self.https else "visitor"

    def session_token(self, header: str) -> str | None:
        """The token of the session cookie in a Cookie header."""
        return _value(header, self.session_name)

    def visitor(self, header: str) -> str | None:
        """`visitor:<id>` if the header carries a visitor cookie that we signed."""
        value = _value(header, self.visitor_name)
        if value is None:
            return None
        try:
            visitor = self._signer.unsign(value, max_age=VISITOR_DAYS * 86400).decode("ascii")
        except (BadSignature, UnicodeError):
            return None
        return VISITOR_PREFIX + visitor

    def set_session(self, token: str, *, hours: float) -> str:
        """The Set-Cookie header that signs the browser in."""
        return self._header(self.session_name, token, max_age=int(hours * 3600))

    def forget_session(self) -> str:
        return self._header(self.session_name, "", max_age=0)

    def new_visitor(self) -> str:
        """The Set-Cookie header for a visitor that nobody was before."""
        signed = self._signer.sign(secrets.token_urlsafe(18).encode("ascii")).decode("ascii")
        return self._header(self.visitor_name, signed, max_age=VISITOR_DAYS * 86400)

    @property
    def _signer(self) -> TimestampSigner:
        return TimestampSigner(self.key, salt="visitor")

    def _header(self, name: str, value: str, *, max_age: int) -> str:
        secure = "; Secure" if self.https else ""
        return f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"


def _value(header: str, name: str) -> str | None:
    if len(header) > _LONGEST_HEADER:
        return None
    for part in header.split(";"):
        # One at a time: SimpleCookie drops everything after the first part it cannot read.
        if part.strip().partition("=")[0] != name:
            continue
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(part.strip())
        except CookieError:
            return None
        return jar[name].value or None if name in jar else None
    return None
