"""What counts on the agreement board, and who sees it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core.analytics import FLOOR
from core.errors import InvalidInput, NotAllowed
from core.metrics import Metric
from core.people import Identity, Role
from core.reviews import Scale
from pipeline.agreement.board import Line, board
from tests import people
from tests.consulting import staff
from tests.grading import DARK, LIGHT, asked, checked, graded

PORES, REDNESS = Metric.PORES, Metric.REDNESS


@pytest.fixture
def readers(session: Session) -> tuple[Identity, Identity]:
    return staff(session), staff(session)


def line(found: tuple[Line, ...], what: Metric | Scale, tone: str | None = None) -> Line:
    [one] = [one for one in found if (one.what, one.tone) == (what, tone)]
    return one


def cohort(session: Session, reader: Identity, count: int = FLOOR, ita: float = LIGHT) -> None:
    """People whose pores the model sees 10 points higher than the reader does."""
    for number in range(count):
        case = asked(session)
        value = 20.0 + 5 * number
        check = checked(session, case[0].user_id, {PORES: value + 10, REDNESS: None}, ita=ita)
        graded(session, case, check, reader, {PORES: value, REDNESS: 5.0})


def test_the_model_is_compared_with_blind_grades(
    session: Session, readers: tuple[Identity, Identity]
) -> None:
    cohort(session, readers[0])
    found = board(session, readers[0])
    pores = line(found.model, PORES)
    assert pores.people == FLOOR
    assert pores.agreement is not None
    assert pores.agreement.bias is not None
    assert pores.agreement.bias.value == pytest.approx(10)
    assert found.not_measured == FLOOR  # redness
    assert line(found.model, REDNESS).agreement is None
    assert found.cannot_tell == FLOOR * 6


def test_what_was_graded_with_the_scores_in_view_does_not_count(
    session: Session, readers: tuple[Identity, Identity]
) -> None:
    cohort(session, readers[0], FLOOR - 1)
    case = asked(session)
    check = checked(session, case[0].user_id, {PORES: 90.0})
    graded(session, case, check, readers[0], {PORES: 10.0}, is_blind=False)
    found = board(session, readers[0])
    assert line(found.model, PORES).agreement is None
    assert line(found.model, PORES).people == FLOOR - 1
    assert found.not_blind == 8


def test_a_tone_with_few_people_has_no_figures(
    session: Session, readers: tuple[Identity, Identity]
) -> None:
    cohort(session, readers[0])
    cohort(session, readers[0], 3, ita=DARK)
    found = board(session, readers[0])
    assert line(found.model, PORES).people == FLOOR + 3
    assert line(found.model, PORES, "light").agreement is not None
    assert line(found.model, PORES, "dark").agreement is None
    assert line(found.model, PORES, "dark").people == 3


def test_the_first_two_readers_of_a_check_are_compared_with_each_other(
    session: Session, readers: tuple[Identity, Identity]
) -> None:
    for number in range(FLOOR):
        case = asked(session)
        check = checked(session, case[0].user_id, {PORES: 50.0})
        level = str(number % 4)
        first = graded(
            session,
            case,
            check,
            readers[0],
            {PORES: 10.0 * number},
            severity={Scale.ACNE_IGA: level},
        )
        again = graded(
            session,
            case,
            check,
            readers[1],
            {PORES: 10.0 * number - 2 if number else 0.0},
            severity={Scale.ACNE_IGA: level},
        )
        assert first != again
    found = board(session, readers[0])
    pores = line(found.readers, PORES)
    assert pores.agreement is not None
    assert pores.agreement.bias is not None
    assert pores.agreement.bias.value == pytest.approx(-1.8)
    acne = line(found.readers, Scale.ACNE_IGA)
    assert acne.agreement is not None
    assert acne.agreement.kappa is not None
    assert acne.agreement.kappa.value == pytest.approx(1)


def test_each_version_of_the_model_stands_by_itself(
    session: Session, readers: tuple[Identity, Identity]
) -> None:
    cohort(session, readers[0])
    for _ in range(FLOOR):
        case = asked(session)
        check = checked(session, case[0].user_id, {PORES: 30.0}, version="2.10")
        graded(session, case, check, readers[0], {PORES: 31.0}, version="2.10")
    found = board(session, readers[0])
    assert found.versions == ("2.10", "2.1")
    assert found.version == "2.10"
    newest, before = (
        line(board(session, readers[0], version).model, PORES).agreement
        for version in ("2.10", "2.1")
    )
    assert newest is not None
    assert before is not None
    assert newest.bias is not None
    assert before.bias is not None
    assert newest.bias.value == pytest.approx(-1)
    assert before.bias.value == pytest.approx(10)
    with pytest.raises(InvalidInput, match="version"):
        board(session, readers[0], "9.9")


def test_it_is_not_for_people_without_a_role(session: Session) -> None:
    with pytest.raises(NotAllowed):
        board(session, people.signed_in(session))
    for role in (Role.ANALYST, Role.ADMIN):
        assert board(session, staff(session, role)).versions == ()
