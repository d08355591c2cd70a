"""The aligned face of the check, alone or beside an earlier one: side by side, or swiped.

While the model's scores are hidden, the faces come without veils, marks and numbers.
"""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

import streamlit as st

from core.errors import SkincareError
from core.metrics import Metric
from core.people import Identity
from dashboard.widgets.face_viewer import face_viewer
from dashboard.widgets.viewer_data import Seen, path, viewer_data
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time, names_of
from data.analyses import Analysis
from data.database import read, transaction
from pipeline import repeatability
from pipeline.overlay import rounded
from pipeline.reviews import reading
from pipeline.reviews.reading import Opened
from pipeline.trends import changes

_ALONE = UUID(int=0)  # no check's id


def compare(who: Identity, opened: Opened) -> None:
    check = opened.check
    if check is None:
        return
    before = _choose(opened)
    now = _seen(who, opened, check)
    earlier = None if before is None else _seen(who, opened, before)
    if now is None:
        st.info("The picture of this check is gone.")
        return
    if opened.is_hidden:
        st.caption(
            "Faces only: what the model saw is shown when you have graded.",
            help="Landmarks put every face upright, at one place and one size.",
        )
        face_viewer(_bare(now, earlier), key="case_face_hidden")
        return
    with read() as session:
        noise = repeatability.of_person(session, opened.case.user_id)
    if earlier is not None and earlier.analysis.model_version != check.model_version:
        st.info("Scored by different models: the photos compare, scores and marks do not.")
    metrics = [metric for metric in Metric if metric is not Metric.SKIN_SCORE]
    measured = [metric for metric in metrics if check.scores[metric].value is not None]
    data = viewer_data(
        now,
        earlier,
        metrics,
        first=next(iter([*measured, *metrics])),
        outlines=False,
        changes=changes(earlier.analysis, check, noise) if earlier else {},
    )
    face_viewer(data, key="case_face")


def _choose(opened: Opened) -> Analysis | None:
    before = {one.analysis_id: one for one in opened.earlier if one.has_maps}
    if not before:
        return None
    names = {_ALONE: "No comparison"}
    names |= names_of({check: one.created_at for check, one in before.items()})
    chosen = st.selectbox(
        "Compare with an earlier check",
        list(names),
        format_func=names.__getitem__,
        width=300,
        key="case_compared",
    )
    return before.get(chosen)


def _seen(who: Identity, opened: Opened, check: Analysis) -> Seen | None:
    case_id = opened.case.consultation.consultation_id
    try:
        with transaction() as session:
            picture = reading.picture(session, who, case_id, check.analysis_id)
    except SkincareError as error:
        st.error(plain(str(error)))
        return None
    return None if picture is None else Seen(check, picture)


def _bare(now: Seen, earlier: Seen | None) -> dict[str, Any]:
    """As `viewer_data`, with nothing in it that the model said."""
    checks = [now] if earlier is None else [earlier, now]
    return {
        "id": "bare+" + "+".join(str(seen.analysis.analysis_id) for seen in checks),
        "first": "face",
        "outlines": False,
        "checks": [
            {
                "name": day_and_time(seen.analysis.created_at),
                "photo": "data:image/jpeg;base64," + base64.b64encode(seen.picture.crop).decode(),
                "veils": {},
                "marks": {},
                "regions": path((rounded(o) for o in seen.picture.outlines.values()), closed=True),
            }
            for seen in checks
        ],
        "metrics": [
            {
                "key": "face",
                "name": "Face",
                "shows": "face",
                "colour": "#ffffff",
                "kind": "veil",
                "caption": "The face as it is.",
                "numbers": "",
            }
        ],
    }
