"""A part of a page is drawn anew only while that page is open.

A browser asks for a part (`st.fragment`) by a timer or a click, and names the page it is on. When
the page changes meanwhile (`st.switch_page`), Streamlit 1.67 serves the late request all the
same, and says that the old page is open again: the browser then forgets everything drawn and stays
blank. What was asked for does not exist any more, so nothing is lost by leaving it out.
"""

from __future__ import annotations

from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData


class RunsOfTheOpenPage(ScriptRunner):
    """Streamlit's, but for parts of a page that was left."""

    def _run_script(self, rerun_data: RerunData) -> None:
        asked_on = rerun_data.page_script_hash or self._pages_manager.main_script_hash
        open_page = self._pages_manager.current_page_script_hash
        if rerun_data.fragment_id_queue and asked_on != open_page:
            return
        super()._run_script(rerun_data)


def leave_out() -> None:
    """For every session of this process from now on."""
    app_session.ScriptRunner = RunsOfTheOpenPage  # type: ignore[attr-defined]
