"""Whatever an attack needs from a page; `?show=` says what."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.people import Identity, Role
from core.settings import database_url
from dashboard import identity
from dashboard.identity import guarded
from dashboard.words import plain
from data import users
from data.database import transaction
from tests.attacks.probe.words import HOSTILE

LENGTH = 3 * 1024 * 1024


@guarded(Role.USER)
def rename(who: Identity) -> None:
    with transaction() as session:
        users.change(session, who.user_id, first_name="RENAMED")


@st.fragment
@guarded(Role.USER)
def secret(who: Identity) -> None:
    st.button("again")
    st.text(f"FOR {who.email} ONLY")


shown = st.query_params.get("show", "")
who = identity.known()
st.text(f"user {who.user_id if who else None}")
if shown == "address":
    st.text(f"address {identity.address()}")
elif who is None:
    st.file_uploader("Photo", key="photo")
elif shown == "authority":
    st.button("rename", on_click=rename)
    secret()
elif shown == "media":
    noise = np.random.default_rng(who.user_id.int % 2**32).integers(0, 256, (40, 40, 3))
    st.image(noise.astype(np.uint8), output_format="PNG")
elif shown == "export":
    # Alike in length, head, middle and tail; another byte only where nobody samples.
    content = bytearray(b"a" * LENGTH)
    content[LENGTH // 4 : LENGTH // 4 + 16] = who.user_id.bytes
    st.download_button("csv", bytes(content), "scores.csv", "text/csv")
elif shown == "upload":
    st.file_uploader("Photo", key="photo")
elif shown == "failure":
    secret_in_a_local = database_url()
    raise RuntimeError(f"could not reach {secret_in_a_local}")
elif shown == "charts":
    import altair as alt  # here, so that the other pages come up fast
    import pandas as pd
    import plotly.express as px

    frame = pd.DataFrame({"day": range(5), "score": [50.0, 52.0, 49.0, 55.0, 58.0]})
    st.altair_chart(alt.Chart(frame).mark_line().encode(x="day", y="score"))
    st.plotly_chart(px.line(frame, x="day", y="score"))
    st.dataframe(frame)
    st.metric("Pores", 55, chart_data=[1, 2, 3])
    st.image(np.zeros((20, 20, 3), np.uint8))
    st.file_uploader("Photo", key="photo")
    st.camera_input("Camera", key="camera")
    st.download_button("csv", frame.to_csv(), "scores.csv", "text/csv")
elif shown == "words":
    st.error(plain(HOSTILE))
    st.text(HOSTILE)
elif shown == "beacon":
    st.markdown(HOSTILE)  # what a page that forgets to escape would do
