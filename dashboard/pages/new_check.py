"""Photos for a check: how to take them, where they are sent, and how far the check is."""

from __future__ import annotations

import streamlit as st

from core.analyses import Status
from core.errors import NotFound, SkincareError
from core.people import Purpose, Role
from dashboard import address
from dashboard.identity import require, user_agent
from dashboard.look import page_header
from dashboard.widgets import photo_input
from dashboard.widgets.capture_guide import capture_guide
from dashboard.widgets.chosen_photos import WHY_SEVERAL, chosen_photos
from dashboard.widgets.consent_box import NOT_TICKED, consent_box
from dashboard.widgets.outcomes import show_unscored, try_another_photo
from dashboard.widgets.progress import follow
from dashboard.widgets.safety_gate import safety_gate
from dashboard.words import plain
from data import analyses
from data.database import read, transaction
from pipeline import consents, intake, notify

who = require(Role.USER)

analysis = None
with read() as session:
    try:
        check = address.check_in_address()
        analysis = analyses.get(session, who.user_id, check) if check else None
    except NotFound:  # deleted meanwhile, or never ours: then a new one is begun
        pass
    newest, _ = analyses.listed(session, who.user_id, limit=1)
    agreed = consents.current(session, who.user_id)[Purpose.ANALYSIS]
if analysis is None and newest and not newest[0].status.is_final:
    analysis = newest[0]

if analysis is not None and analysis.status is Status.SCORED:
    st.switch_page("pages/result.py", query_params=address.of(analysis.analysis_id))
if analysis is not None:
    page_header("New check")
    if analysis.status.is_final:
        with transaction() as session:
            notify.seen(session, who.user_id, analysis.analysis_id)  # the bell need not call
        show_unscored(analysis)
        try_another_photo()
    else:
        follow(analysis.analysis_id)
    st.stop()

page_header("New check", "One to five photos of your face; the scores follow in a few seconds.")
safety_gate(who)
capture_guide()
st.markdown(WHY_SEVERAL)
photos = photo_input.photo_input()
can_be_sent = chosen_photos(photos)
has_agreed = agreed is not None and agreed.in_force
ticked = has_agreed or consent_box(Purpose.ANALYSIS)

label = "Check this photo" if len(photos) < 2 else f"Check these {len(photos)} photos"
if st.button(label, type="primary", disabled=not can_be_sent):
    refusal, sent = None if ticked else NOT_TICKED, None
    files = [photo.file for photo in photos]
    if refusal is None:
        try:
            with st.spinner("Sending your photos …" if len(files) > 1 else "Sending your photo …"):
                if not has_agreed:
                    with transaction() as session:
                        consents.give(session, who.user_id, Purpose.ANALYSIS)
                with transaction() as session:
                    sent = intake.submit(
                        session,
                        who,
                        [file.getvalue() for file in files],
                        idempotency_key=photo_input.key_of(files),
                        user_agent=user_agent(),
                    )
        except SkincareError as error:
            refusal = str(error)
    if refusal is not None:
        st.error(plain(refusal))
    if sent is not None:
        photo_input.empty(files)
        st.query_params.update(address.of(sent))
        st.rerun()
st.caption(
    "Photos are stored encrypted, without place or camera data. You can delete them at any time."
)
