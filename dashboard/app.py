"""Every run starts here: who is asking, and which pages are theirs."""

from __future__ import annotations

import streamlit as st

from core.people import Identity, Role
from core.settings import settings
from dashboard import identity, look
from dashboard.widgets import more
from dashboard.widgets.bell import bell

# The first page is at "/" only, yet Streamlit keeps a path for it that no other page may have.
_START = "start"


def pages_for(who: Identity | None) -> dict[str, list[st.Page]]:
    """The pages of this account's navigation, by section; the first section has no name.

    No authorisation: each page asks by itself.
    """
    if who is None:
        return {
            "": [
                st.Page("pages/sign_in.py", title="Sign in", url_path="sign-in", default=True),
                st.Page("pages/register.py", title="Create an account", url_path="register"),
                st.Page(
                    "pages/forgot_password.py",
                    title="Forgot your password?",
                    url_path="forgot-password",
                    visibility="hidden",
                ),
                _reset_password(),
                # Mails lead here: whoever is not signed in does so first.
                *(
                    st.Page("pages/sign_in.py", url_path=path, visibility="hidden")
                    for path in ("notifications", "profile")
                ),
            ]
        }
    account = [
        st.Page("pages/notifications.py", title="Notifications", url_path="notifications"),
        st.Page("pages/profile.py", title="Profile", url_path="profile"),
        st.Page("pages/evidence.py", title="Evidence", url_path="evidence"),
        st.Page("pages/sign_out.py", title="Sign out", url_path="sign-out"),
    ]
    if who.role is not Role.USER:
        return _with_more(_work(who.role) | {"Account": account})
    checks = [
        st.Page("pages/today.py", title="Today", url_path=_START, default=True),
        st.Page("pages/new_check.py", title="New check", url_path="new-check"),
        st.Page("pages/result.py", title="Result", url_path="result"),
        st.Page("pages/trends.py", title="Trends", url_path="trends"),
    ]
    care = [
        st.Page("pages/advice.py", title="Advice", url_path="advice"),
        st.Page("pages/routine.py", title="Routine", url_path="routine"),
        st.Page("pages/trials.py", title="Trials", url_path="trials"),
        st.Page("pages/safety.py", title="Safety questions", url_path="safety"),
        st.Page("pages/consultations.py", title="Dermatologist", url_path="consultations"),
        st.Page("pages/ask.py", title="Ask a dermatologist", url_path="ask", visibility="hidden"),
    ]
    checks.append(_by_its_name("pages/today.py", "today"))
    return _with_more({"": checks, "Care": care, "Account": account})


def _work(role: Role) -> dict[str, list[st.Page]]:
    """What staff come for."""
    queue = st.Page("pages/queue.py", title="Queue", url_path=_START, default=True)
    queue_by_name = _by_its_name("pages/queue.py", "queue")
    agreement = st.Page("pages/agreement.py", title="Agreement", url_path="agreement")
    explorer = st.Page("pages/explorer.py", title="Explorer", url_path="explorer")
    fairness = st.Page("pages/fairness.py", title="Fairness", url_path="fairness")
    glass = st.Page("pages/break_glass.py", title="Break-glass", url_path="break-glass")
    match role:
        case Role.DERMATOLOGIST:
            case = st.Page("pages/case.py", title="Case", url_path="case")
            second = st.Page(
                "pages/second_reading.py", title="Second reading", url_path="second-reading"
            )
            return {
                "": [queue, case, second, agreement, queue_by_name],
                "Emergency": [glass],
            }
        case Role.ADMIN:
            home = st.Page("pages/staff.py", title="Home", url_path="home")
            models = st.Page("pages/models.py", title="Models", url_path="models")
            operations = st.Page("pages/admin.py", title="Operations", url_path="operations")
            return {
                "": [queue, operations, models, home, queue_by_name],
                "Statistics": [explorer, fairness, agreement],
                "Emergency": [glass],
            }
        case _:
            home = st.Page("pages/staff.py", title="Home", url_path=_START, default=True)
            home_by_name = _by_its_name("pages/staff.py", "home")
            return {"": [home, explorer, fairness, agreement, home_by_name]}


def _by_its_name(script: str, path: str) -> st.Page:
    """The first page under an address of its name too."""
    return st.Page(script, url_path=path, visibility="hidden")


def _reset_password() -> st.Page:
    """Where a mail leads, whoever is signed in where it is opened."""
    return st.Page(
        "pages/reset_password.py",
        title="Set a new password",
        url_path="reset-password",
        visibility="hidden",
    )


def _with_more(sections: dict[str, list[st.Page]]) -> dict[str, list[st.Page]]:
    """On a phone the bar has room for the first section; what follows stands on a page, "More"."""
    rest = {name: pages for name, pages in sections.items() if name}

    def show_more() -> None:
        more.show(rest)

    page = st.Page(show_more, title="More", url_path="more")
    return {**sections, "": [*sections[""], page, _reset_password()]}


st.set_page_config(
    page_title="Skincare AI",
    page_icon="/app/static/icon.png",  # not a file: visitors have no media
    layout="centered",
    initial_sidebar_state="collapsed",
)
look.dress()
who = identity.known()
if who is None and identity.visitor() is None:
    identity.leave()  # signed out in another tab, or deactivated
pages = pages_for(who)
page = st.navigation(pages, position="top")
if settings().demonstration:
    st.warning("Demonstration: these people do not exist, and simulated checks are marked.")
if who is not None:
    bell(who, [one for section in pages.values() for one in section])
# Where this tab was before, for sign_out.py; nothing on a page that a link has opened.
st.session_state["page_before"] = st.session_state.get("page_now")
st.session_state["page_now"] = page.url_path
page.run()
