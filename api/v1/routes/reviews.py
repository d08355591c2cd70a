"""A case in a dermatologist's hands: grades, drawings, the answer, notes, the referral letter."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.v1.problems import answers as problems
from api.v1.routes.cases import CaseId, Dermatologist
from api.v1.routes.dermatologist import LETTER
from api.v1.schemas import reviews as schemas
from core.people import Identity
from core.reviews import Annotation, Grade, Grading, Verdict
from data.database import read, transaction
from pipeline.reviews import answers, drawings, grades, letter, reading

router = APIRouter(
    prefix="/dermatologist/cases/{case_id}",
    tags=["dermatologist"],
    responses=problems(401, 403, 404),
)


@router.get("/grades")
def list_grades(staff: Dermatologist, case_id: CaseId) -> schemas.Gradings:
    """What was graded, and whether the scores are still hidden. Noted in the audit."""
    with transaction() as session:
        opened = reading.open_(session, staff, case_id)
    return schemas.Gradings(
        scores_hidden=opened.is_hidden, gradings=[_grading(one) for one in opened.gradings]
    )


@router.post("/grades", status_code=201, responses=problems(409))
def give_grades(staff: Dermatologist, case_id: CaseId, given: schemas.Grades) -> schemas.Given:
    """Grade the check of a case in hand; afterwards the model's scores are shown."""
    metrics = {metric: grade(one) for metric, one in given.metrics.items()}
    with transaction() as session:
        grading_id = grades.give(session, staff, case_id, metrics, given.severity)
    return schemas.Given(id=grading_id)


@router.post("/show-scores", status_code=204, responses=problems(409))
def show_scores(staff: Dermatologist, case_id: CaseId) -> None:
    """Show the scores without a grading; what is graded afterwards is not blind."""
    with transaction() as session:
        reading.show_without_grade(session, staff, case_id)


@router.get("/annotations")
def list_annotations(staff: Dermatologist, case_id: CaseId) -> schemas.Drawings:
    """What was drawn on the photos; colleagues' only where the scores are shown."""
    with transaction() as session:
        opened = reading.open_(session, staff, case_id)
    return schemas.Drawings(annotations=[_drawing(one, staff) for one in opened.drawings])


@router.post("/annotations", status_code=201, responses=problems(409))
def annotate(staff: Dermatologist, case_id: CaseId, drawn: schemas.Draw) -> schemas.Given:
    """Draw on a photo of a case in hand."""
    geometry: dict[str, Any] = {"points": drawn.points, "turn": drawn.turn}
    if drawn.radii is not None:
        geometry["radii"] = drawn.radii
    with transaction() as session:
        annotation_id = drawings.draw(
            session, staff, case_id, drawn.photo_id, drawn.shape, drawn.label, geometry
        )
    return schemas.Given(id=annotation_id)


@router.delete("/annotations/{annotation_id}", status_code=204)
def take_annotation_back(
    staff: Dermatologist,
    case_id: CaseId,
    annotation_id: Annotated[UUID, Path(description="The drawing's id.")],
) -> None:
    """Hide one's own drawing again; that it was there is kept."""
    with transaction() as session:
        drawings.take_back(session, staff, case_id, annotation_id)


@router.get("/draft")
def get_draft(staff: Dermatologist, case_id: CaseId) -> schemas.KeptDraft:
    """What the caller has typed and not sent yet."""
    with read() as session:
        draft = answers.draft(session, staff, case_id)
    if draft is None:
        return schemas.KeptDraft(text="", safety_net="", saved_at=None)
    return schemas.KeptDraft(**vars(draft))


@router.put("/draft", responses=problems(409))
def save_draft(staff: Dermatologist, case_id: CaseId, typed: schemas.Draft) -> schemas.KeptDraft:
    """Keep what is typed so far. It is checked as an answer only when it is sent."""
    with transaction() as session:
        draft = answers.save_draft(
            session, staff, case_id, text=typed.text, safety_net=typed.safety_net
        )
    return schemas.KeptDraft(**vars(draft))


@router.post("/answer", status_code=201, responses=problems(409))
def answer_case(staff: Dermatologist, case_id: CaseId, answer: schemas.Answer) -> schemas.Given:
    """Send the answer to a case in hand; the person is told. It cannot be changed any more."""
    with transaction() as session:
        message_id = answers.send(
            session,
            staff,
            case_id,
            text=answer.text,
            safety_net=answer.safety_net,
            refers=answer.refers,
            closes=answer.closes,
        )
    return schemas.Given(id=message_id)


@router.post("/amendments", status_code=201, responses=problems(409))
def amend_answer(staff: Dermatologist, case_id: CaseId, said: schemas.Said) -> schemas.Given:
    """Add to an answer of the caller's; the person is told."""
    with transaction() as session:
        message_id = answers.amend(session, staff, case_id, said.text)
    return schemas.Given(id=message_id)


@router.get("/notes")
def list_notes(staff: Dermatologist, case_id: CaseId) -> schemas.Notes:
    """What colleagues who read the case have noted."""
    with read() as session:
        notes = answers.notes(session, staff, case_id)
    return schemas.Notes(
        notes=[
            schemas.Note(author=one.author_name, text=one.text, written_at=one.written_at)
            for one in notes
        ]
    )


@router.post("/notes", status_code=204, responses=problems(409))
def add_note(staff: Dermatologist, case_id: CaseId, said: schemas.Said) -> None:
    """Tell colleagues who read this case. The person finds it in the export of their data."""
    with transaction() as session:
        answers.add_note(session, staff, case_id, said.text)


@router.put("/letter", status_code=204, responses=problems(409))
def write_letter(staff: Dermatologist, case_id: CaseId, written: schemas.Letter) -> None:
    """Write the referral letter of a case in hand; it takes the place of an earlier one."""
    with transaction() as session:
        letter.write(session, staff, case_id, recipient=written.recipient, text=written.text)


@router.get("/letter.pdf", response_class=Response, responses=LETTER)
def get_letter(staff: Dermatologist, case_id: CaseId) -> Response:
    """The newest letter of a case that is open to the caller. Noted in the audit."""
    with transaction() as session:
        pdf = letter.for_staff(session, staff, case_id)
    return Response(pdf, media_type="application/pdf")


def grade(given: schemas.Grade) -> Grade:
    """What was sent, as the use-cases take it."""
    if given.verdict is Verdict.AGREE:
        return Grade(Verdict.AGREE, 0.0)  # the model's own value is put in
    return Grade(given.verdict, given.value)


def _grading(given: Grading) -> schemas.Grading:
    return schemas.Grading(
        grading_id=given.grading_id,
        reader=given.reader_name,
        is_blind=given.is_blind,
        graded_at=given.graded_at,
        metrics={
            metric: schemas.GivenGrade(verdict=one.verdict, value=one.value)
            for metric, one in given.grades.items()
        },
        severity=dict(given.severity),
    )


def _drawing(one: Annotation, staff: Identity) -> schemas.Drawing:
    drawn = one.drawing
    return schemas.Drawing(
        annotation_id=one.annotation_id,
        photo_id=one.photo_id,
        is_mine=one.author_id == staff.user_id,
        shape=drawn.shape,
        label=one.label,
        points=[list(point) for point in drawn.points],
        radii=None if drawn.radii is None else list(drawn.radii),
        turn=drawn.turn,
    )
