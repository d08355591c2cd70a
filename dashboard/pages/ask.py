"""A question to a dermatologist: what, where, since when, photos, and who may see them."""

from __future__ import annotations

import streamlit as st

from core.consultations import PROMISED_WORDS, BodySite, Duration, View
from core.errors import NotFound, SkincareError
from core.health import Pregnancy
from core.people import Purpose, Role
from dashboard import address
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets.consent_box import consent_box
from dashboard.widgets.view_inputs import begin_anew, turn, view_inputs
from dashboard.widgets.where_to_turn import AT_ONCE, where_to_turn
from dashboard.words import plain
from dashboard.words_of_consultations import BODY_SITES, DURATIONS
from dashboard.words_of_health import PREGNANCY
from dashboard.words_of_scores import day
from data import analyses
from data.database import read, transaction
from pipeline import consents
from pipeline.consultations import ask
from pipeline.safety.raised import raised

who = require(Role.USER)
page_header("Ask a dermatologist", f"Estimated response time: {PROMISED_WORDS}.")
try:
    with read() as session:
        check_id = address.check_in_address()
        check = analyses.get(session, who.user_id, check_id) if check_id else None
        flags = raised(session, who.user_id)
        known = ask.prefilled(session, who.user_id)
        agreed = consents.current(session, who.user_id)[Purpose.DERMATOLOGIST]
except NotFound as error:
    st.error(plain(str(error)))
    st.stop()

for flag in flags:
    if flag.urgency in AT_ONCE:
        where_to_turn(flag)
if flags:
    st.info(
        "What you ticked in the safety questions goes with your question, and puts it in front.",
        icon=":material/flag:",
    )
if check is not None:
    st.caption(f"About your check of {day(check.created_at)}.")

about_flag = next((flag for flag in flags if flag.flag_id == st.query_params.get("flag")), None)
begin_with = "Should somebody see this: " + "; ".join(about_flag.because) if about_flag else ""
key = turn()
question = st.text_area(
    "Your question",
    value=begin_with[:1000],
    max_chars=1000,
    placeholder="What would you like to know?",
    key=f"question_{key}",
)
left, right = st.columns(2)
site = left.selectbox(
    "Where is it?",
    list(BodySite),
    index=None,
    format_func=BODY_SITES.__getitem__,
    placeholder="Choose",
    key=f"site_{key}",
)
duration = right.selectbox(
    "For how long?",
    list(Duration),
    index=None,
    format_func=DURATIONS.__getitem__,
    placeholder="Choose",
    key=f"duration_{key}",
)
texts = {
    name: st.text_area(label, value=value or "", max_chars=2000, height=80, key=f"{name}_{key}")
    for name, label, value in (
        ("description", "What does it look like, and how did it change?", None),
        ("symptoms", "Does it itch, hurt, burn, bleed or weep?", None),
        ("treatments_tried", "What have you tried, and did it help?", None),
        ("medicines", "Medicines that you take", known.medicines),
        ("allergies", "Allergies", known.allergies),
    )
}
pregnancy = st.selectbox(
    "Pregnancy",
    list(Pregnancy),
    index=list(Pregnancy).index(known.pregnancy) if known.pregnancy else None,
    format_func=PREGNANCY.__getitem__,
    placeholder="Not told",
    key=f"pregnancy_{key}",
)

st.subheader("Photos", anchor=False)
st.markdown("Three views tell most. Where one is missing, the dermatologist reads why.")
entered = view_inputs(has_check=check is not None and check.photo_id is not None)
shows = check is not None or any(one.content or one.of_check for one in entered.values())
has_agreed = agreed is not None and agreed.in_force
ticked = not shows or has_agreed or consent_box(Purpose.DERMATOLOGIST)
if shows and has_agreed and agreed is not None:
    st.caption(
        f"You agreed on {day(agreed.given_at)} that dermatologists see photos and scores of your "
        "questions. For each question you can take that back until it is claimed, and for all in "
        "your profile."
    )

if st.button("Send the question", type="primary", icon=":material/send:"):
    refusal = next((one.refusal for one in entered.values() if one.refusal), None)
    sent = None
    if refusal is None and not ticked:
        refusal = ask.NOT_AGREED
    if refusal is None:
        photo_of_check = check.photo_id if check is not None else None
        views: dict[View, ask.Shown] = {
            view: ask.Shown(
                one.content, photo_of_check if one.of_check else None, one.missing_reason
            )
            for view, one in entered.items()
        }
        wanted = ask.Question(
            question=question,
            body_site=site,
            duration=duration,
            pregnancy=pregnancy,
            analysis_id=check.analysis_id if check is not None else None,
            views=views,
            **texts,
        )
        try:
            with st.spinner("Sending your question …"), transaction() as session:
                if shows and not has_agreed:
                    consents.give(session, who.user_id, Purpose.DERMATOLOGIST)
                sent = ask.ask(session, who, wanted)
        except SkincareError as error:
            refusal = str(error)
    if refusal is not None:
        st.error(plain(refusal))
    if sent is not None:
        begin_anew()
        st.switch_page("pages/consultations.py", query_params={"consultation": str(sent)})
st.caption(
    "Not for emergencies: if it is urgent, call your local emergency number. An answer here is "
    "advice from photos and words; it cannot replace an examination."
)
