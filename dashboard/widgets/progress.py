"""A check on its way: the stages as they pass, until there is something to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import streamlit as st

from core.analyses import Stage
from core.errors import NotFound
from core.people import Identity, Role
from dashboard.identity import guarded
from data import analyses
from data.analyses import Analysis
from data.database import read

EVERY = timedelta(seconds=0.5)
_PATIENCE = timedelta(seconds=20)

STEPS: dict[Stage, str] = {
    Stage.WAITING: "Waiting for its turn",
    Stage.OPENING: "Opening your photo",
    Stage.FACE: "Finding your face",
    Stage.QUALITY: "Checking light and focus",
    Stage.SKIN: "Telling skin from hair, eyes and lips",
    Stage.SCORING: "Looking at your skin",
    Stage.SAVING: "Writing the result down",
}

_STYLE = """
<style>
.steps { list-style: none; padding: 0 !important; margin: 0; display: grid; gap: 0.45rem; }
.steps li { margin: 0; padding: 0; display: flex; gap: 0.7rem; align-items: center; }
.steps li::before { content: ""; box-sizing: border-box; width: 1.1rem; height: 1.1rem; flex: none;
  border: 2px solid currentColor; border-radius: 50%; font-size: 0.7rem; line-height: 0.85rem;
  text-align: center; }
.steps .done::before { content: "✓"; font-weight: 700; }
.steps .now { font-weight: 600; }
.steps .now::before { border-right-color: transparent; animation: steps-turn 0.9s linear infinite; }
.steps .later { opacity: 0.75; }
@keyframes steps-turn { to { transform: rotate(1turn); } }
</style>
"""


@st.fragment(run_every=EVERY)
@guarded(Role.USER)
def follow(who: Identity, check: UUID) -> None:
    """Show how far the check is. When it is settled or gone, the page runs anew."""
    try:
        with read() as session:
            analysis = analyses.get(session, who.user_id, check)
    except NotFound:
        analysis = None
    if analysis is None or analysis.status.is_final:
        st.rerun()
    _draw(analysis.stage, _which(analysis))
    if datetime.now(UTC) - analysis.created_at > _PATIENCE:
        st.caption(
            "This takes longer than usual. You need not wait here: "
            "the result will stand on the Today page."
        )


def _which(analysis: Analysis) -> str:
    """As in “Photo 2 of 3: ”, while one of several is looked at."""
    if analysis.shot is None or len(analysis.shots) < 2:
        return ""
    return f"Photo {analysis.shot} of {len(analysis.shots)}: "


def _draw(stage: Stage, which: str = "") -> None:
    stages = list(STEPS)
    now = stages.index(stage) if stage in STEPS else len(stages)
    with st.container(border=True):
        st.progress(
            (now + 1) / (len(stages) + 1), text=f"{which}{STEPS.get(stage, 'Nearly there')} …"
        )
        lines = "".join(
            f'<li class="{"done" if n < now else "now" if n == now else "later"}">{STEPS[s]}</li>'
            for n, s in enumerate(stages)
        )
        st.html(f'{_STYLE}<ol class="steps">{lines}</ol>')
