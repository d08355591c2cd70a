"""The page on which administrators decide about recalibrations."""

from __future__ import annotations

from uuid import UUID

import pyotp
import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core.metrics import Metric
from core.people import Identity, Role
from core.recalibration import Curve, Figures, Gain, Interval, State
from core.settings import ROOT
from dashboard.words import plain
from data import recalibrations, second_factors
from data.database import read, transaction
from models.manifest import manifest
from pipeline import second_factor
from pipeline.recalibration import proposals
from tests import people
from tests.consulting import staff
from tests.dashboard.checks import button, opened, words
from tests.dashboard.seeing import SECONDS
from tests.people import ADDRESS

BASE = manifest().version
VERSION = f"{BASE}-recalibrated-1"
GAIN = Gain(people=120, mae_before=9.2, mae_after=6.1, gain=Interval(value=3.1, low=2.2, high=4.0))
FOUND = {
    Metric.REDNESS: Figures(
        people=120,
        grades=150,
        gain=GAIN,
        by_tone={"light": GAIN},
        coverage_before=0.71,
        coverage_after=0.9,
    ),
    Metric.PORES: Figures(people=3, grades=3, left_out_because="47 more people are needed."),
}


@pytest.fixture
def admin(var: object, database: object) -> tuple[Identity, str]:
    """An administrator, and the secret of their second factor."""
    with transaction() as session:
        who = staff(session, Role.ADMIN, first_name="Edith", last_name="Clarke")
        secret = second_factor.begin(session, who.user_id).secret
        first = pyotp.TOTP(secret).generate_otp(_step())
        second_factor.confirm(session, who.user_id, first, address=ADDRESS)
    return who, secret


@pytest.fixture
def proposal(database: object) -> UUID:
    with transaction() as session:
        return recalibrations.add(
            session,
            version=VERSION,
            base_version=BASE,
            curves={Metric.REDNESS: Curve(at_knots=(10, 30, 50, 70, 90), widen=1.2)},
            figures=FOUND,
        )


def _step() -> int:
    with read() as session:
        return int(second_factors.now_seconds(session) // second_factor.STEP_SECONDS)


def code(secret: str) -> str:
    with transaction() as session:
        session.execute(text("UPDATE second_factors SET last_step = 0"))
    return str(pyotp.TOTP(secret).generate_otp(_step()))


def page_of(who: Identity) -> AppTest:
    page = opened(who, "models")
    assert not page.exception
    return page


def in_service() -> str:
    with read() as session:
        return proposals.version_in_service(session)


def test_without_a_proposal_the_page_says_how_to_get_one(admin: tuple[Identity, str]) -> None:
    page = page_of(admin[0])
    said = words(page)
    assert f"**{plain(BASE)}**" in said
    assert "run.py recalibrate" in said


def test_a_proposal_shows_what_it_gains_for_whom_and_what_stays(
    admin: tuple[Identity, str], proposal: UUID
) -> None:
    page = page_of(admin[0])
    metrics, tones = (frame.value for frame in page.dataframe)
    redness = metrics.set_index("Metric").loc["Redness"]
    assert redness["Mean error, points"] == "9.2 → 6.1"
    assert redness["Gain"] == "+3.1 (+2.2 to +4.0)"
    assert redness["Interval holds"] == "71% → 90%"
    assert "47 more people are needed." in words(page)
    assert list(tones["Tone of skin"]) == ["Light"]
    assert plain(VERSION) in words(page)


def test_it_is_accepted_with_the_second_factor_only_and_can_be_gone_back_on(
    admin: tuple[Identity, str], proposal: UUID
) -> None:
    who, secret = admin
    page = page_of(who)
    button(page, "Accept").click()
    page.run()
    assert page.error
    assert in_service() == BASE
    page.text_input(key=f"accept_code_{proposal}").set_value(code(secret))
    button(page, "Accept").click()
    page.run()
    assert not page.exception
    assert not page.error
    assert in_service() == VERSION
    assert "Edith Clarke" in words(page)

    page.text_input(key=f"withdraw_reason_{proposal}").set_value("Lines are graded otherwise.")
    page.text_input(key=f"withdraw_code_{proposal}").set_value(code(secret))
    button(page, "Go back").click()
    page.run()
    assert not page.error
    assert in_service() == BASE
    assert "Lines are graded otherwise." in words(page)


def test_it_is_declined_with_a_reason(admin: tuple[Identity, str], proposal: UUID) -> None:
    page = page_of(admin[0])
    button(page, "Decline").click()
    page.run()
    assert page.error
    page.text_input(key=f"decline_reason_{proposal}").set_value("One clinic only.")
    button(page, "Decline").click()
    page.run()
    assert not page.error
    with read() as session:
        kept = recalibrations.find(session, proposal)
    assert kept is not None
    assert (kept.state, kept.reason) == (State.DECLINED, "One clinic only.")


@pytest.mark.parametrize("role", [Role.USER, Role.DERMATOLOGIST, Role.ANALYST])
def test_nobody_else_has_the_page(role: Role, proposal: UUID) -> None:
    with transaction() as session:
        who = people.signed_in(session) if role is Role.USER else staff(session, role)
    page = AppTest.from_file(str(ROOT / "dashboard/pages/models.py"), default_timeout=SECONDS)
    page.user = {"user": str(who.user_id), "session": str(who.session_id)}
    page.run()
    assert page.info[0].value == "Your account does not include this page."
    assert plain(VERSION) not in words(page)
