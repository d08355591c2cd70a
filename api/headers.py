"""Security headers on every answer, refusals and errors included."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Works with Streamlit's charts and Plotly: their styles are inline, their images data: or blob:.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data:",  # st.camera_input reads its own picture back with fetch()
        "frame-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# A media file opened by itself (an SVG, say) may do nothing at all.
MEDIA_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
_PERMISSIONS = ", ".join(
    (
        "camera=(self)",
        *(
            f"{feature}=()"
            for feature in "microphone geolocation payment usb serial hid midi "
            "accelerometer gyroscope magnetometer display-capture browsing-topics".split()
        ),
    )
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "permissions-policy": _PERMISSIONS,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_TWO_YEARS = 2 * 365 * 86400


class SecurityHeaders:
    """ASGI middleware, outermost: what it does not see cannot be answered."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                self._complete(MutableHeaders(scope=message), path, message["status"])
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _complete(self, headers: MutableHeaders, path: str, status: int) -> None:
        for name, value in _ALWAYS.items():
            headers[name] = value
        is_media = path.startswith("/media/")
        headers["content-security-policy"] = MEDIA_POLICY if is_media else CONTENT_SECURITY_POLICY
        headers["cache-control"] = _caching(headers.get("cache-control"), path, status)
        if "server" in headers:
            del headers["server"]
        if self._https:
            headers["strict-transport-security"] = f"max-age={_TWO_YEARS}; includeSubDomains"
            _secure_cookies(headers)


def _caching(given: str | None, path: str, status: int) -> str:
    """Only files that are the same for everybody may be kept by anybody."""
    if status in (200, 206, 304):
        if path.startswith("/static/") and given:
            return given  # names carry a hash of the content: Streamlit says immutable
        if path.startswith(("/app/static/", "/api/v1/docs/")):
            return "public, max-age=3600"
    return "private, no-store"


def _secure_cookies(headers: MutableHeaders) -> None:
    """Streamlit marks its XSRF cookie Secure only when it terminates TLS itself."""
    cookies = headers.getlist("set-cookie")
    if not cookies:
        return
    del headers["set-cookie"]
    for cookie in cookies:
        marked = cookie if "secure" in cookie.lower().split("; ") else f"{cookie}; Secure"
        headers.append("set-cookie", marked)
