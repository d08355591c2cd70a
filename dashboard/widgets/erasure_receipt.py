"""What was erased with an account, for the person who has just ended it."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import NotFound
from data import erasures
from data.database import read
from pipeline import erasure_receipt

PARAMETER = "erased"


def show() -> None:
    """The receipt that the address names; nothing without one, or with one that is not known."""
    try:
        with read() as session:
            receipt = erasures.receipt_of(session, UUID(st.query_params.get(PARAMETER, "")))
    except (NotFound, ValueError):
        return
    with st.container(border=True):
        st.subheader("Your account was erased", anchor=False)
        st.caption("This is the receipt. Keep a copy if you like: nobody can make it again.")
        st.table(
            [
                {"How many": line.number, "Erased": line.what}
                for line in erasure_receipt.lines(receipt)
            ]
        )
        st.caption(erasure_receipt.STAYS)
