"""How many requests in any minute: of one person, from one address, sign-ins, uploads.

A request that goes over is answered 429 with Retry-After, before its body is read.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.rates import Rates
from api.v1.problems import of_error
from core.errors import TooMany
from core.keys import jwt_key
from core.settings import Settings
from pipeline import tokens

# (method, address): what is counted besides the requests as such
SIGN_INS = frozenset(
    {
        ("POST", "/auth/register"),
        ("POST", "/auth/login"),
        ("POST", "/auth/refresh"),
        ("POST", "/auth/password/forgot"),
        ("POST", "/auth/password/reset"),
        ("POST", "/auth/verify-address"),
    }
)
UPLOADS = frozenset({("POST", "/analysis"), ("PUT", "/users/me/picture")})


@dataclass(frozen=True)
class Limits:
    rates: Rates
    person: RateLimitItemPerMinute
    address: RateLimitItemPerMinute
    sign_in: RateLimitItemPerMinute
    upload: RateLimitItemPerMinute


def limits_of(given: Settings) -> Limits:
    return Limits(
        Rates(given.redis_url.get_secret_value() if given.redis_url else None),
        RateLimitItemPerMinute(given.api_requests_per_minute),
        RateLimitItemPerMinute(given.api_requests_per_minute_per_address),
        RateLimitItemPerMinute(given.api_sign_ins_per_minute_per_address),
        RateLimitItemPerMinute(given.api_uploads_per_minute),
    )


class RateLimits:
    """ASGI middleware. A person is whoever the token's signature says, wherever they come from."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = self._counted(scope)
        rates = self._limits.rates
        if rates.shared:
            wait = await run_in_threadpool(rates.hit, counted)
        else:
            wait = rates.hit(counted)
        if wait is None:
            await self._app(scope, receive, send)
        else:
            words = f"Too many requests. Try again in {max(1, round(wait))} seconds."
            await of_error(TooMany(words, wait))(scope, receive, send)

    def _counted(self, scope: Scope) -> list[tuple[RateLimitItemPerMinute, str, str]]:
        """What this request counts for: limit, kind, and whose in words nobody can turn back."""
        limits = self._limits
        what = (scope["method"], scope["path"].removeprefix(scope.get("root_path", "")))
        address = _whose(network_of(scope["client"][0] if scope.get("client") else ""))
        counted = [(limits.address, "address", address)]
        if what in SIGN_INS:
            counted.append((limits.sign_in, "sign-in", address))
        kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        person = tokens.signed_by_us(token.strip()) if kind.lower() == "bearer" else None
        if person is not None:
            counted.append((limits.person, "person", _whose(str(person))))
            if what in UPLOADS:
                counted.append((limits.upload, "upload", _whose(str(person))))
        return counted


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, which one household gets whole."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
    return str(ip)


def _whose(name: str) -> str:
    # The key of the tokens: what all web servers that count together have in common.
    return hashlib.blake2b(name.encode(), key=jwt_key()[:64], digest_size=16).hexdigest()
