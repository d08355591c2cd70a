"""`/metrics` for Prometheus: from networks that were named, or with a token.

To everybody else it is not there. Without either setting it answers this machine only, and nobody
who comes through a proxy on this machine: to us a stranger from there looks like a neighbour.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from api.figures import exposition
from core.settings import Settings

log = structlog.get_logger(__name__)

_PROXIES_SAY = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Readers:
    """Who may read the figures."""

    networks: tuple[Network, ...]  # none: this machine
    token: bytes | None
    believes_proxies: bool  # the address is then the one that a trusted proxy said

    def may_read(self, request: Request) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if token and self.token is not None and kind.lower() == "bearer":
            return hmac.compare_digest(token.strip().encode(), self.token)
        if self.token is not None and not self.networks:
            return False
        behind_a_proxy = any(name in request.headers for name in _PROXIES_SAY)
        if behind_a_proxy and not (self.believes_proxies and self.networks):
            return False
        return self._is_named(request.client.host if request.client else "")

    def _is_named(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if not self.networks:
            return address.is_loopback
        return any(address in network for network in self.networks)


def metrics_route(given: Settings) -> BaseRoute:
    readers = Readers(
        networks=tuple(ipaddress.ip_network(network) for network in given.metrics_allow),
        token=given.metrics_token.get_secret_value().encode() if given.metrics_token else None,
        believes_proxies=bool(given.forwarded_allow_ips),
    )

    async def metrics(request: Request) -> Response:
        if not readers.may_read(request):
            log.warning("metrics_refused")
            return PlainTextResponse("There is nothing here.", 404)
        body = await run_in_threadpool(exposition)
        return Response(body, headers={"content-type": CONTENT_TYPE_LATEST})

    return Route("/metrics", metrics, methods=["GET"])
