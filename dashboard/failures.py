"""What a person sees when a page fails, and what the log keeps."""

from __future__ import annotations

import logging
import secrets

import streamlit as st
import streamlit.logger
import structlog

from core.errors import NotSignedIn, SkincareError
from dashboard.redirect import go_to
from dashboard.words import plain

log = structlog.get_logger(__name__)


def show(error: Exception) -> bool:
    """For `st.App(on_script_error=…)`: a sentence for the person, the traceback for the log.

    Returns True: Streamlit shall show nothing of its own.
    """
    if isinstance(error, SkincareError):
        log.info("page_refused", error=type(error).__name__)
        st.error(plain(str(error)))
        if isinstance(error, NotSignedIn):
            go_to("/")
        return True
    reference = secrets.token_hex(4).upper()
    log.error("page_failed", reference=reference, exc_info=error)
    st.error(f"Something went wrong; nothing was lost. Reference {reference}")
    return True


def log_through_ours() -> None:
    """Have Streamlit's loggers write what `core.log` writes: one JSON line, people masked."""

    def pass_on(logger: logging.Logger) -> None:
        logger.handlers.clear()
        logger.propagate = True

    streamlit.logger.setup_formatter = pass_on  # for those that it makes later
    streamlit.logger.update_formatter()
