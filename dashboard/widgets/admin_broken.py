"""What broke, with a button to try it again."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.admin_queue import NAMES
from dashboard.widgets.notice import hear, tell, told
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time
from data.database import transaction
from pipeline import operations
from pipeline.operations import State

PLACE = "admin_broken"


def show(state: State) -> None:
    """Jobs that wait for another attempt, and checks that were given up."""
    hear(PLACE)
    st.subheader("Jobs that are tried again", anchor=False)
    st.caption("They come again by themselves, at most a minute apart, until they succeed.")
    if not state.broken:
        st.success("None.", icon=":material/check:")
    for job in state.broken:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            when = f"next {day_and_time(job.next_at)}" if job.next_at else "next in line"
            tries = "once" if job.attempts == 1 else f"{job.attempts} times"
            task = plain(job.task.replace("_", " ").capitalize())
            st.markdown(
                f"**{task}**  \n:gray[{plain(NAMES.get(job.queue, job.queue))} · "
                f"broke {tries} · {when}]"
            )
            st.button("Try now", key=f"job_{job.job_id}", on_click=_now, args=(job.job_id,))
    st.subheader("Checks that were given up", anchor=False)
    st.caption("Three attempts stopped the software. After a repair they can be tried once more.")
    if not state.given_up:
        st.success("None in the last 30 days.", icon=":material/check:")
    for check in state.given_up:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**Check** given up on {day_and_time(check.at)}")
            st.button(
                "Try again",
                key=f"check_{check.analysis_id}",
                on_click=_again,
                args=(check.analysis_id,),
            )


@guarded(Role.ADMIN)
def _now(who: Identity, job_id: int) -> None:
    def now() -> None:
        with transaction() as session:
            operations.try_job_now(session, who, job_id)

    if told(PLACE, now):
        tell(PLACE, "It is next in line.")


@guarded(Role.ADMIN)
def _again(who: Identity, analysis_id: UUID) -> None:
    def again() -> None:
        with transaction() as session:
            operations.check_again(session, who, analysis_id)

    if told(PLACE, again):
        tell(PLACE, "The check is in the queue again. The person sees its result as usual.")
