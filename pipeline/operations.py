"""What administrators see and do: the queue, what broke, roles, the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.people import Identity, Role
from data import audit, load, queue, users
from data import operations as kept
from data.operations import BrokenJob, GivenUp, Member, Noted
from pipeline import accounts, jobs, second_factor
from pipeline.record import GIVEN_UP

GONE = "It is not waiting there any more. Look again."
OWN_ROLE = "Nobody changes their own role. Ask another administrator."
LAST_ADMIN = "This is the last administrator. Make another one first."
A_PAGE = 50  # rows of the audit


@dataclass(frozen=True)
class State:
    """How the product is, this moment."""

    backlogs: Mapping[str, load.Backlog]
    workers: int  # one for each queue of a worker process
    sessions: int
    checks: load.Checks
    broken: Sequence[BrokenJob]
    given_up: Sequence[GivenUp]


def state(session: Session, who: Identity) -> State:
    _require(who)
    return State(
        backlogs=load.backlogs(session),
        workers=queue.live_workers(session, within_seconds=jobs.DEAD_AFTER_SECONDS),
        sessions=load.live_sessions(session),
        checks=load.checks_of_last_hour(session),
        broken=kept.broken_jobs(session),
        given_up=kept.given_up(session, GIVEN_UP),
    )


def try_job_now(session: Session, who: Identity, job_id: int) -> None:
    """Do not wait for its next attempt. NotFound when it runs or is done."""
    _require(who)
    if not kept.try_now(session, job_id):
        raise NotFound(GONE)
    audit.add(session, "job_tried_now", actor=who.user_id, job=job_id)


def check_again(session: Session, who: Identity, analysis_id: UUID) -> None:
    """Put a check that was given up into the queue once more. NotFound when it is not given up."""
    _require(who)
    if not kept.wait_again(session, analysis_id, GIVEN_UP):
        raise NotFound(GONE)
    jobs.enqueue(session, analysis_id)
    audit.add(session, "check_tried_again", actor=who.user_id, analysis=str(analysis_id))


def staff(session: Session, who: Identity) -> list[Member]:
    _require(who)
    return kept.staff(session)


def find(session: Session, who: Identity, email: str) -> Member:
    """The account with exactly this address. NotFound without one."""
    _require(who)
    user = users.by_email(session, email.strip()) if email.strip() else None
    if user is None:
        raise NotFound("There is no account with this e-mail address.")
    return kept.member(user)


def give_role(
    session: Session, who: Identity, *, email: str, role: Role, code: str | None, address: str
) -> None:
    """Give somebody else a role, after the second factor; they have to sign in again."""
    _require(who)
    one = find(session, who, email)
    if one.user_id == who.user_id:
        raise NotAllowed(OWN_ROLE)
    if one.role is role:
        raise Conflict(f"The role is {role.value} already.")
    if one.role is Role.ADMIN and not kept.active_admins(session) - {one.user_id}:
        raise Conflict(LAST_ADMIN)
    second_factor.require(session, who.user_id, code, address=address)
    accounts.grant(session, email=one.email, role=role, by=who.user_id)


def search(
    session: Session,
    who: Identity,
    *,
    email: str = "",
    action: str | None = None,
    since: datetime | None = None,
    before: int | None = None,
) -> list[Noted]:
    """Up to A_PAGE rows of the audit, newest first, older than event `before`.

    That somebody searched, and for whom, is noted in the audit itself.
    """
    _require(who)
    person = find(session, who, email).user_id if email.strip() else None
    if since is not None and since.tzinfo is None:
        raise InvalidInput("The time needs its zone.")
    found = kept.noted(
        session, person=person, action=action, since=since, before=before, limit=A_PAGE
    )
    audit.add(session, "audit_searched", actor=who.user_id, subject=person, of=action)
    return found


def names(session: Session, who: Identity) -> dict[str, str]:
    """Pseudonym → name, of staff. Everybody else stays a pseudonym."""
    _require(who)
    return {audit.of(one.user_id): one.name for one in kept.staff(session)}


def actions(session: Session, who: Identity) -> Sequence[str]:
    _require(who)
    return kept.actions(session)


def _require(who: Identity) -> None:
    if who.role is not Role.ADMIN:
        raise NotAllowed("Only administrators may do this.")
