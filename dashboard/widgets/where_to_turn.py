"""How urgent a red flag is and where to turn: first what to do, then why."""

from __future__ import annotations

import streamlit as st

from core.red_flags import Flag, Raised, Urgency
from pipeline.safety import words

AT_ONCE = (Urgency.EMERGENCY, Urgency.SAME_DAY)


def where_to_turn(flag: Flag | Raised) -> None:
    """Our own words only: what a person typed never stands in them."""
    where = words.turn(flag.flag_id, flag.urgency)
    told = f"**{where.title}**\n\n{where.what_to_do}"
    if flag.urgency in AT_ONCE:
        st.error(told, icon=":material/emergency:")
    elif flag.urgency is Urgency.MENTAL_HEALTH:
        st.info(told, icon=":material/support:")
    else:
        st.warning(told, icon=":material/stethoscope:")
