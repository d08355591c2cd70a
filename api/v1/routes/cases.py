"""The dermatologists' side: the queue, cases in hand, colleagues, days away."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from api.v1.caller import require_role
from api.v1.paging import Page
from api.v1.problems import answers
from api.v1.routes.dermatologist import shown
from api.v1.schemas import dermatologist as schemas
from core.consultations import BodySite, Priority
from core.people import Identity, Role
from data import absences, case_queue
from data.case_queue import Filters, Line, Which
from data.database import now as database_now
from data.database import read, transaction
from pipeline.consultations import cases, claims, thread

router = APIRouter(prefix="/dermatologist", tags=["dermatologist"], responses=answers(401, 403))

Dermatologist = Annotated[Identity, Depends(require_role(Role.DERMATOLOGIST))]
Staff = Annotated[Identity, Depends(require_role(Role.DERMATOLOGIST, Role.ADMIN))]
CaseId = Annotated[UUID, Path(description="The case's id: that of the consultation.")]


@router.get("/queue")
def get_queue(
    staff: Staff,
    page: Page,
    which: Annotated[Which, Query(description="Which list.")] = Which.WAITING,
    priority: Annotated[
        int | None, Query(ge=0, le=3, description="Only this urgency; 0 is the most urgent.")
    ] = None,
    body_site: Annotated[BodySite | None, Query(description="Only this place.")] = None,
    flagged: Annotated[bool, Query(description="Only with a red flag.")] = False,
    late: Annotated[bool, Query(description="Only where the promise was missed.")] = False,
    due_within_hours: Annotated[
        int | None, Query(ge=0, le=168, description="Only with less time left; late ones too.")
    ] = None,
    view_missing: Annotated[bool, Query(description="Only without one of the views.")] = False,
    second_opinion: Annotated[bool, Query(description="Only second opinions.")] = False,
    in_pool: Annotated[bool, Query(description="Only what is assigned to nobody.")] = False,
) -> schemas.Queue:
    """Cases by urgency, then by time left. What was asked is seen once a case is claimed."""
    me = staff.user_id if staff.role is Role.DERMATOLOGIST else None
    wanted = Filters(
        which,
        None if priority is None else Priority(priority),
        body_site,
        is_flagged=flagged,
        is_late=late,
        due_within=None if due_within_hours is None else timedelta(hours=due_within_hours),
        is_missing=view_missing,
        is_second_opinion=second_opinion,
        is_in_pool=in_pool,
    )
    with read() as session:
        lines = case_queue.lines(session, me, wanted, limit=page.limit, offset=page.offset)
        summary = case_queue.summary(session, me)
    return schemas.Queue(
        cases=[_line(line) for line in lines],
        waiting=summary.waiting,
        flagged=summary.flagged,
        mine=summary.mine,
        oldest=summary.oldest,
    )


@router.get("/colleagues")
def list_colleagues(staff: Staff) -> schemas.Colleagues:
    """Every dermatologist with their load."""
    with read() as session:
        found = claims.colleagues(session, staff)
    return schemas.Colleagues(
        colleagues=[
            schemas.Colleague(
                user_id=one.user_id,
                name=one.name,
                is_away=one.is_away,
                claimed=claimed,
                assigned=assigned,
            )
            for one, claimed, assigned in found
        ]
    )


@router.get("/cases/{case_id}", responses=answers(404))
def get_case(staff: Dermatologist, case_id: CaseId) -> schemas.Consultation:
    """A case that is open to the caller, with its photos and messages. Noted in the audit."""
    with transaction() as session:
        case = cases.open_case(session, staff, case_id)
    return shown(case.consultation, case.photos, case.messages, may_show=case.may_show)


@router.post("/cases/{case_id}/claim", responses=answers(404, 409))
def claim_case(staff: Dermatologist, case_id: CaseId) -> schemas.Consultation:
    """Take a waiting case. Of two at once one gets it, the other a 409."""
    with transaction() as session:
        claims.claim(session, staff, case_id)
        case = cases.open_case(session, staff, case_id)
    return shown(case.consultation, case.photos, case.messages, may_show=case.may_show)


@router.post("/cases/{case_id}/release", status_code=204, responses=answers(404, 409))
def release_case(staff: Dermatologist, case_id: CaseId) -> None:
    """Give a claimed case back to the queue."""
    with transaction() as session:
        claims.release(session, staff, case_id)


@router.post("/cases/{case_id}/hand-on", status_code=204, responses=answers(404, 409))
def hand_on_case(staff: Dermatologist, case_id: CaseId) -> None:
    """Give it to whoever can take it; colleagues and administrators are told."""
    with transaction() as session:
        claims.hand_on(session, staff, case_id)


@router.post("/cases/{case_id}/second-opinion", status_code=204, responses=answers(404, 409))
def want_second_opinion(staff: Dermatologist, case_id: CaseId) -> None:
    """Have a colleague answer it, too; the caller can still read it."""
    with transaction() as session:
        thread.want_second_opinion(session, staff, case_id)


@router.post("/cases/{case_id}/close", status_code=204, responses=answers(404, 409))
def close_case(staff: Dermatologist, case_id: CaseId) -> None:
    """Close a case that the caller has answered."""
    with transaction() as session:
        thread.close_case(session, staff, case_id)


@router.put("/cases/{case_id}/assignee", status_code=204, responses=answers(404, 409))
def assign_case(staff: Staff, case_id: CaseId, assigned: schemas.Assign) -> None:
    """Say who shall take a case. An administrator may take it out of somebody's hands."""
    with transaction() as session:
        claims.assign(session, staff, case_id, assigned.to)


@router.get("/absences")
def list_absences(staff: Dermatologist) -> schemas.Absences:
    """When the caller is away."""
    with read() as session:
        found = absences.of(session, staff.user_id, after=database_now(session))
    return schemas.Absences(absences=[schemas.Absence(**vars(one)) for one in found])


@router.post("/absences", status_code=201)
def be_away(staff: Dermatologist, away: schemas.BeAway) -> schemas.Absence:
    """Be away: no cases are assigned, and those in hand go back when it begins."""
    with transaction() as session:
        absence_id = claims.be_away(session, staff, away.starts_at, away.ends_at)
    return schemas.Absence(absence_id=absence_id, starts_at=away.starts_at, ends_at=away.ends_at)


@router.delete("/absences/{absence_id}", status_code=204, responses=answers(404))
def be_back(
    staff: Dermatologist, absence_id: Annotated[UUID, Path(description="The absence's id.")]
) -> None:
    """Strike an absence out."""
    with transaction() as session:
        claims.be_back(session, staff, absence_id)


def _line(line: Line) -> schemas.QueueLine:
    return schemas.QueueLine(
        consultation_id=line.consultation_id,
        status=line.state,
        priority=line.priority,
        body_site=line.body_site,
        duration=line.duration,
        flags=line.flags,
        created_at=line.created_at,
        due_at=line.due_at,
        is_late=line.is_late,
        missing_views=list(line.missing),
        assigned_to=line.assigned_name,
        claimed_by=line.claimed_name,
        second_opinion=line.second_opinion_for is not None,
    )
