"""From blind grades to a version that new checks are scored by, and back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.analyses import Status
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.metrics import Metric
from core.people import Identity, Purpose, Role
from core.recalibration import Curve, Recalibration, State
from data import analyses, recalibrations
from data.database import read, transaction
from models.manifest import manifest
from pipeline import consents, intake, jobs, recalibrate, repeatability, rescore
from pipeline.recalibration import fitting, proposals
from tests import people
from tests.consulting import question, staff
from tests.grading import checked, graded
from tests.people import ADDRESS
from tests.stand_in import MODEL_VERSION, examination, photo_that

BENT = Curve(at_knots=(10, 30, 50, 70, 90), widen=1.5)


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.passwords.kept", lambda _: "x")
    monkeypatch.setattr("pipeline.passwords.accepted", lambda password, _: password)


@pytest.fixture
def admin(session: Session, monkeypatch: pytest.MonkeyPatch) -> Identity:
    """Whose second factor is the word “code”; the real one is tested where it belongs."""

    def require(_s: Session, _who: UUID, code: str | None, *, address: str) -> None:
        if code != "code":
            raise NotAllowed(f"No code came from {address}.")

    monkeypatch.setattr("pipeline.second_factor.require", require)
    return staff(session, Role.ADMIN)


def grade_people(
    session: Session,
    many: int = 60,
    *,
    agree: bool = True,
    is_blind: bool = True,
    version: str | None = None,
) -> list[UUID]:
    """People whose redness a dermatologist sees as 20 + 0.6 × what the model says."""
    random = np.random.default_rng(1)
    reader = staff(session)
    version = version or manifest().version
    whose = []
    for _ in range(many):
        who = people.signed_in(session)
        if agree:
            consents.give(session, who.user_id, Purpose.MODEL_IMPROVEMENT)
        value = float(random.uniform(5, 95))
        check = checked(session, who.user_id, {Metric.REDNESS: value}, version=version)
        case = who, question(session, who)
        grade = float(20 + 0.6 * value + random.normal(0, 3))
        graded(
            session,
            case,
            check,
            reader,
            {Metric.REDNESS: grade},
            is_blind=is_blind,
            version=version,
        )
        whose.append(who.user_id)
    return whose


def proposed(session: Session) -> Recalibration:
    proposal, _ = proposals.propose(session)
    assert proposal is not None
    return proposal


def accept(session: Session, who: Identity, one: Recalibration) -> None:
    proposals.accept(session, who, one.recalibration_id, code="code", address=ADDRESS)


def test_a_proposal_names_its_version_and_changes_nothing(session: Session) -> None:
    grade_people(session)
    one = proposed(session)
    assert one.version == f"{manifest().version}-recalibrated-1"
    assert set(one.curves) == {Metric.REDNESS}
    gain = one.figures[Metric.REDNESS].gain
    assert gain is not None
    assert gain.gain.low > 0
    assert one.figures[Metric.PORES].left_out_because is not None
    assert proposals.in_service(session) is None
    assert proposals.version_in_service(session) == manifest().version


@pytest.mark.parametrize(
    "left_out", [{"agree": False}, {"is_blind": False}, {"version": "1.0"}], ids=str
)
def test_only_blind_grades_of_this_model_and_of_people_who_agree_are_fitted_to(
    session: Session, left_out: dict[str, bool | str]
) -> None:
    grade_people(session, **left_out)  # type: ignore[arg-type]
    proposal, figures = proposals.propose(session)
    assert proposal is None
    assert figures[Metric.REDNESS].people == 0


def test_who_takes_the_consent_back_is_not_fitted_to_any_more(session: Session) -> None:
    whose = grade_people(session, fitting.LEAST_PEOPLE)
    assert proposals.propose(session)[0] is not None
    consents.withdraw(session, whose[0], Purpose.MODEL_IMPROVEMENT)
    proposal, figures = proposals.propose(session)
    assert proposal is None
    assert "1 more people" in str(figures[Metric.REDNESS].left_out_because)


def test_only_an_administrator_with_the_second_factor_accepts(
    session: Session, admin: Identity
) -> None:
    grade_people(session)
    one = proposed(session)
    for role in (Role.USER, Role.ANALYST, Role.DERMATOLOGIST):
        who = staff(session, role) if role is not Role.USER else people.signed_in(session)
        with pytest.raises(NotAllowed, match="administrators"):
            accept(session, who, one)
        with pytest.raises(NotAllowed, match="administrators"):
            proposals.listed(session, who)
    with pytest.raises(NotAllowed, match="No code"):
        proposals.accept(session, admin, one.recalibration_id, code=None, address=ADDRESS)
    assert proposals.in_service(session) is None
    accept(session, admin, one)
    assert proposals.version_in_service(session) == one.version
    with pytest.raises(Conflict):
        accept(session, admin, one)


def test_a_declined_proposal_keeps_its_reason_and_is_not_accepted_later(
    session: Session, admin: Identity
) -> None:
    grade_people(session)
    one = proposed(session)
    with pytest.raises(InvalidInput):
        proposals.decline(session, admin, one.recalibration_id, reason="  ")
    proposals.decline(session, admin, one.recalibration_id, reason="Too few clinics.")
    (kept,) = proposals.listed(session, admin)
    assert (kept.state, kept.reason) == (State.DECLINED, "Too few clinics.")
    with pytest.raises(Conflict):
        accept(session, admin, one)
    with pytest.raises(NotFound):
        proposals.decline(session, admin, UUID(int=1), reason="There is none.")


def test_the_next_one_replaces_it_and_going_back_leaves_the_model_as_it_is(
    session: Session, admin: Identity
) -> None:
    grade_people(session)
    first, second = proposed(session), proposed(session)
    assert second.version.endswith("-2")
    accept(session, admin, first)
    accept(session, admin, second)
    states = {one.version: one.state for one in proposals.listed(session, admin)}
    assert states == {first.version: State.WITHDRAWN, second.version: State.ACCEPTED}
    proposals.withdraw(
        session,
        admin,
        second.recalibration_id,
        reason="Users complain.",
        code="code",
        address=ADDRESS,
    )
    assert proposals.version_in_service(session) == manifest().version


def test_grades_of_recalibrated_checks_are_fitted_to_as_the_model_gave_their_scores(
    session: Session, admin: Identity
) -> None:
    recalibrations.add(
        session,
        version=f"{manifest().version}-recalibrated-1",
        base_version=manifest().version,
        curves={Metric.REDNESS: BENT},
        figures={},
    )
    grade_people(session, version=f"{manifest().version}-recalibrated-1")
    one = proposed(session)
    # a check that showed 42 was scored 40: the grade was 20 + 0.6 × 42
    shown = np.interp(40, (0, 25, 50, 75, 100), BENT.at_knots)
    fitted = np.interp(40, (0, 25, 50, 75, 100), one.curves[Metric.REDNESS].at_knots)
    assert fitted == pytest.approx(20 + 0.6 * shown, abs=3)


def test_the_command_says_what_is_gained_and_what_is_missing(
    fresh_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction() as session:
        grade_people(session)
    assert recalibrate.run() == 0
    said = capsys.readouterr().out
    assert "Redness: mean error" in said
    assert "50 more people with a blind grade are needed; 0 of 50 are there." in said
    assert "-recalibrated-1" in said
    assert "an administrator" in said.lower()


# ------------------------------------------------------------------ in a worker


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


def in_service(version: str = f"{MODEL_VERSION}-recalibrated-1") -> UUID:
    """A recalibration of what the tests' examiner says, accepted."""
    with transaction() as session:
        who = staff(session, Role.ADMIN)
        made = recalibrations.add(
            session,
            version=version,
            base_version=MODEL_VERSION,
            curves={Metric.REDNESS: BENT, Metric.FINE_LINES: BENT},
            figures={},
        )
        recalibrations.decide(session, made, State.ACCEPTED, who.user_id)
    return made


def send(who: Identity, seed: int = 0) -> UUID:
    with transaction() as session:
        check = intake.submit(session, who, [photo_that("is scored", seed=seed)])
    jobs.examine(check, lambda _jpeg, _on_stage: examination(40.0))
    return check


def look(who: Identity, check: UUID) -> analyses.Analysis:
    with read() as session:
        return analyses.get(session, who.user_id, check)


def test_new_checks_are_scored_through_it_and_old_results_stay(ada: Identity) -> None:
    before = send(ada)
    in_service()
    after = look(ada, send(ada, seed=1))
    assert after.model_version == f"{MODEL_VERSION}-recalibrated-1"
    plain = examination(40.0)
    redness = after.scores[Metric.REDNESS]
    assert redness.value == pytest.approx(42.0)
    old = plain.scores[Metric.REDNESS]
    assert old.low is not None
    assert redness.low is not None
    assert 42 - redness.low == pytest.approx(1.5 * 0.8 * (40 - old.low))
    lines = after.scores[Metric.FINE_LINES].value
    assert lines is not None
    assert after.scores[Metric.ELASTICITY].value == pytest.approx(100 - lines)
    assert after.scores[Metric.PORES] == plain.scores[Metric.PORES]
    assert after.scores[Metric.SKIN_SCORE].value != plain.scores[Metric.SKIN_SCORE].value
    for scores in after.regions.values():
        value = scores[Metric.REDNESS].value
        assert value is None or value == pytest.approx(42.0)
    assert look(ada, before).scores == plain.scores
    assert look(ada, before).model_version == MODEL_VERSION


def test_scoring_again_gives_old_photos_the_recalibrated_version_too(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(ada)
    made = in_service()
    version = f"{MODEL_VERSION}-recalibrated-1"
    assert rescore.queue_outdated(version).queued == 1
    # Meanwhile an administrator goes back: what was asked for is still what it says.
    with transaction() as session:
        recalibrations.decide(session, made, State.WITHDRAWN, ada.user_id, "No.")
    with transaction() as session:
        waiting = session.scalars(
            text("DELETE FROM procrastinate_jobs RETURNING args->>'analysis_id'")
        ).all()
    for again in waiting:  # the first one is settled already
        jobs.examine(UUID(again), lambda _jpeg, _on_stage: examination(40.0))
    with read() as session:
        shown, _ = analyses.listed(session, ada.user_id, limit=9)
    assert [one.model_version for one in shown] == [version]
    assert shown[0].status is Status.SCORED
    assert shown[0].scores[Metric.REDNESS].value == pytest.approx(42.0)


def test_a_steeper_scale_has_larger_smallest_changes(ada: Identity) -> None:
    base = manifest().version
    steep = Curve(at_knots=(0, 50, 75, 90, 100), widen=1)
    with transaction() as session:
        recalibrations.add(
            session,
            version=f"{base}-recalibrated-1",
            base_version=base,
            curves={Metric.REDNESS: steep},
            figures={},
        )
        noise = repeatability.of_person(session, ada.user_id)
    of_version = noise.earlier[f"{base}-recalibrated-1"]
    assert of_version[Metric.REDNESS] == pytest.approx(2 * noise.model[Metric.REDNESS])
    assert of_version[Metric.PORES] == noise.model[Metric.PORES]
    assert of_version[Metric.SKIN_SCORE] > noise.model[Metric.SKIN_SCORE]
