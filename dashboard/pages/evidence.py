"""What advice rests on: every ingredient with its evidence; what is never suggested, and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.metrics import FACTS, Metric
from core.red_flags import Urgency
from dashboard.identity import identity
from dashboard.look import page_header
from dashboard.words_of_evidence import (
    GRADES,
    SCOPES,
    STATUSES,
    URGENCIES,
    how_often,
    matches,
    suggested,
)
from pipeline.advice.knowledge import knowledge
from pipeline.advice.schema import SUGGESTIBLE, Grade, Role

identity()
known = knowledge()
page_header("Evidence", "What is known of each ingredient, how well, and who says so.")
st.markdown(
    "Cosmetic guidance, not medical advice. No brands, and nobody can pay for a place here. "
    f"{len(known.ingredients)} rows, version {known.version.partition('+')[0]}."
)

words = st.text_input("Search", placeholder="An ingredient, a concern, a caution or a source")
concern_box, grade_box = st.columns(2)
concern = concern_box.selectbox(
    "Concern",
    [metric for metric in Metric if metric in known.limits],
    index=None,
    format_func=lambda metric: FACTS[metric].name,
    placeholder="All concerns",
)
grade = grade_box.selectbox(
    "Evidence",
    list(Grade),
    index=None,
    format_func=lambda each: f"{each.value}: {GRADES[each]}",
    placeholder="All grades",
)
found = [
    each
    for each in known.ingredients.values()
    if (concern is None or concern in each.helps)
    and (grade is None or each.evidence is grade)
    and matches(each, known.cite(each), words)
]

st.caption(f"{len(found)} of {len(known.ingredients)} rows. Choose a row to read all of it.")
if not found:
    st.info("Nothing fits. Take one of the filters away.")
else:
    table = pd.DataFrame(
        {
            "Ingredient": each.name,
            "Evidence": each.evidence.value,
            "For": each.good_for,
            "Suggested?": suggested(each),
            "Verified": STATUSES[each.status],
        }
        for each in found
    )
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key="evidence_table"
    )
    rows = event["selection"]["rows"]
    one = found[rows[0]] if rows and rows[0] < len(found) else found[0]
    with st.container(border=True):
        st.subheader(one.name, anchor=False)
        st.markdown(f"**Evidence {one.evidence.value}**: {GRADES[one.evidence]}")
        st.markdown(f"**Checked**: {STATUSES[one.status]}")
        st.markdown(f"**For**: {one.good_for}. **How it is sold**: {SCOPES[one.scope]}.")
        if one.role in SUGGESTIBLE:
            st.markdown(f"**How**: {how_often(one)}")
        for line in (one.note, one.label, one.never):
            if line:
                st.markdown(line)
        if one.cautions:
            st.markdown("**Take care**\n" + "\n".join(f"- {text}" for text in one.cautions))
        against = [c for c in known.contraindications.values() if one.names & set(c.targets)]
        if against:
            st.markdown("**Who should not, or should ask first**")
            st.markdown("\n".join(f"- {row.text}" for row in against))
        st.markdown("**Source**\n" + "\n".join(f"- {text}" for text in known.cite(one)))

with st.expander("What the grades mean"):
    st.markdown("\n".join(f"- **{each.value}**: {text}" for each, text in GRADES.items()))
    st.markdown(
        "“Common practice, not verified” means that we have read no source for it. "
        "Such a row never has grade A or B."
    )
with st.expander("What we never suggest, and why"):
    never = [e for e in known.ingredients.values() if e.role in (Role.NEVER, Role.HARM)]
    st.markdown("\n".join(f"- **{each.name}**: {each.never}" for each in never))
with st.expander("How a routine is built"):
    for rule in known.rules.values():
        st.markdown(f"**{rule.title}.** {rule.text}")
        st.caption(f"{STATUSES[rule.status]}. {'; '.join(known.cite(rule))}")
with st.expander("What goes together and what does not"):
    for pair in known.interactions.values():
        st.markdown(pair.text)
        st.caption(f"{STATUSES[pair.status]}. {'; '.join(known.cite(pair))}")
with st.expander("What stops a check: the red flags"):
    st.markdown("These are asked, never looked for in a photo, and no score clears one.")
    for flag in known.red_flags.values():
        how_soon = URGENCIES[Urgency(flag.urgency)]
        st.markdown(f"**{how_soon}.** {flag.trigger}." + (f" {flag.note}." if flag.note else ""))
        st.caption(f"{STATUSES[flag.status]}. {'; '.join(known.cite(flag))}")
