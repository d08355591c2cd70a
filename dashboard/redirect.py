"""Sends the browser to another address of ours, from a page that only has a websocket."""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx


def go_to(address: str) -> None:
    """Have the browser load `address` anew: a path on this server.

    The same message that `st.login` sends; no script of ours, so the content security policy
    has nothing to allow. Under a test without a browser it does nothing.
    """
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        raise ValueError(f"not a path on this server: {address!r}")
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = address
        context.enqueue(message)
