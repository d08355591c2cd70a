"""The photos of a check: which of them the scores rest on, and why the others do not count."""

from __future__ import annotations

import streamlit as st

from core.errors import NotFound
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.words import plain
from data.analyses import Analysis, Shot
from data.database import read
from pipeline import results

_SMALL, _LARGE = 320, 1280  # pixels of the longer side
_WIDTH = 150  # on the page
AS_SENT = "As you sent it; place and camera data were removed before it was stored."
GONE = "The photo of this check is gone."


@st.fragment
@guarded(Role.USER)
def shots(who: Identity, analysis: Analysis) -> None:
    """Several photos as small pictures; any of them, or the only one, whole when asked for."""
    if analysis.photo_id is None:
        return
    several = len(analysis.shots) > 1
    st.subheader("The photos of this check" if several else "The photo of this check", anchor=False)
    if several:
        st.markdown(how_combined(analysis))
        with st.container(horizontal=True, key="shots"):
            for shot in analysis.shots:
                with st.container(width=_WIDTH, gap="xsmall"):
                    _small(who, analysis, shot)
        whole = st.segmented_control(
            "See one whole",
            [shot.position for shot in analysis.shots],
            format_func=lambda position: f"Photo {position}",
            key=f"whole_{analysis.analysis_id}",
        )
    else:
        asked = st.toggle("Show it whole", key=f"whole_{analysis.analysis_id}")
        whole = 1 if asked else None
    if whole is not None:
        picture = _picture(who, analysis, whole, _LARGE)
        if picture is None:
            st.info(GONE)
        else:
            st.image(picture, width=560, alt="The photo as you sent it, without its metadata.")
            st.caption(AS_SENT)


def how_combined(analysis: Analysis) -> str:
    """How several photos became one set of scores."""
    total, used = len(analysis.shots), sum(shot.is_scored for shot in analysis.shots)
    if used == 0:
        return "None of them could be scored; below each is why."
    if used == total:
        which = f"All {total} photos count."
    else:
        others = "the other" if total - used == 1 else "the others"
        which = f"{used} of {total} photos count{'s' * (used == 1)}; {others} could not be scored."
    if used < 2:
        return which
    return (
        f"{which} Each score is the middle of theirs. Its range is narrower than that of one photo "
        "by what differed between them. The picture above is the best of them."
    )


def _small(who: Identity, analysis: Analysis, shot: Shot) -> None:
    picture = _picture(who, analysis, shot.position, _SMALL)
    if picture is not None:
        st.image(picture, width="stretch", alt=f"Photo {shot.position} of this check")
    st.markdown(f"**Photo {shot.position}**")
    if not shot.is_scored:
        st.badge("Not used", color="orange")
        for reason in shot.reasons:
            st.caption(plain(reason))
    elif shot.photo_id == analysis.photo_id:
        st.badge("Used, shown above", color="green")
    else:
        st.badge("Used", color="green")


def _picture(who: Identity, analysis: Analysis, shot: int, longest_side: int) -> bytes | None:
    try:
        with read() as session:
            return results.photo(
                session,
                who.user_id,
                analysis.analysis_id,
                shot=shot,
                longest_side=longest_side,
            )
    except NotFound:
        return None
