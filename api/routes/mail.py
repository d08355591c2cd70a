"""`/mail/verify` and `/mail/unsubscribe`: where links in mails lead.

They ask for no session and read no cookie: the token in the link says what may be done. Opening a
link changes nothing, because programs that guard mailboxes open every link; the button does, and
for unsubscribing the POST that mail programs send (RFC 8058).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from api.gate import away
from core.errors import NotFound, SkincareError, Unavailable
from core.mail import LinkFor
from data.database import transaction
from pipeline import unsubscribing, verification
from pipeline.mail import links

_LONGEST_BODY = 4096  # bytes
_PATH = {"verify": links.PATHS[LinkFor.VERIFY], "unsubscribe": links.UNSUBSCRIBE}


def mail_routes() -> list[BaseRoute]:
    return [
        Route(_PATH["verify"], ask_to_verify, methods=["GET"]),
        Route(_PATH["verify"], verify, methods=["POST"]),
        Route(_PATH["unsubscribe"], ask_to_unsubscribe, methods=["GET"]),
        Route(_PATH["unsubscribe"], unsubscribe, methods=["POST"]),
    ]


async def ask_to_verify(request: Request) -> Response:
    return _page(
        "Confirm your address",
        "Press the button, and we know that mail to this address reaches you.",
        button="Confirm this address",
        action=_PATH["verify"],
        token=request.query_params.get("token", ""),
    )


async def verify(request: Request) -> Response:
    token = await _token(request)
    try:
        confirmed = await run_in_threadpool(_verify, token)
    except Unavailable:
        return away(wants_html=True)
    except SkincareError as error:
        return _gone(error, "Sign in, and ask for a new one in your profile.")
    if confirmed.is_new_account:
        return _page("Your account is open", "Your address is confirmed. Sign in to begin.")
    return _page("Your address is confirmed", "We write to you there when something is waiting.")


async def ask_to_unsubscribe(request: Request) -> Response:
    token = request.query_params.get("token", "")
    try:
        links.unsubscribed(token)
    except NotFound as error:
        return _gone(error, "Sign in to choose what you get by mail.")
    return _page(
        "No more mails of this kind?",
        "You get no more mails like the one that brought you here. In the app nothing changes.",
        button="No more mails of this kind",
        action=_PATH["unsubscribe"],
        token=token,
    )


async def unsubscribe(request: Request) -> Response:
    # Mail programs send the token in the address, our own form in its body.
    token = request.query_params.get("token") or await _token(request)
    try:
        await run_in_threadpool(_unsubscribe, token)
    except Unavailable:
        return away(wants_html=True)
    except SkincareError as error:
        return _gone(error, "Sign in to choose what you get by mail.")
    return _page(
        "You get no more mails of this kind",
        "In the app nothing changes. You can have them again: your choices stand under "
        "Notifications.",
    )


def _verify(token: str) -> verification.Confirmed:
    with transaction() as session:
        return verification.confirm(session, token)


def _unsubscribe(token: str) -> None:
    with transaction() as session:
        unsubscribing.unsubscribe(session, token)


async def _token(request: Request) -> str:
    """The form's token, or "" for a body that is none of ours."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_BODY:
            return ""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=5)
    except ValueError:
        return ""
    return fields.get("token", [""])[0]


def _gone(error: SkincareError, way_out: str) -> Response:
    return _page("This link does not work", f"{error} {way_out}", status=404)


def _page(
    title: str,
    *sentences: str,
    button: str = "Open Skincare AI",
    action: str = "",
    token: str = "",
    status: int = 200,
) -> Response:
    page = _templates().get_template("mail_page.html")
    words = {"title": title, "sentences": sentences, "button": button}
    return HTMLResponse(page.render(words, action=action, token=token), status)


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent.parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(["html"]))
