"""Proposing a recalibration, deciding on it, and which one is in service."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Conflict, NotAllowed, NotFound
from core.metrics import Metric
from core.people import Identity, Role
from core.recalibration import Figures, Recalibration, State, version_of
from data import audit
from data import recalibrations as kept
from data.database import one_at_a_time
from models.manifest import manifest
from pipeline import second_factor
from pipeline.consultations.texts import required
from pipeline.recalibration import curves
from pipeline.recalibration.graded import Graded

_LOCK = "recalibrations"
MOST_REASON = 500  # characters
ONLY_ADMINISTRATORS = "Only administrators decide which version of the model is in service."
OTHER_MODEL = "This was fitted to version {base} of the model, which is not in service any more."


def propose(session: Session) -> tuple[Recalibration | None, dict[Metric, Figures]]:
    """Fit every metric to what dermatologists graded, and keep it as a proposal.

    None when no metric would gain; the figures say why. Nothing changes until it is accepted.
    """
    from pipeline.recalibration import fitting  # SciPy, which only this needs

    one_at_a_time(session, _LOCK)
    base = manifest().version
    grades = _grades(session, base)
    found = {metric: fitting.fit(grades[metric]) for metric in fitting.RECALIBRATED}
    figures = {metric: one for metric, (_, one) in found.items()}
    fitted = {metric: curve for metric, (curve, _) in found.items() if curve is not None}
    if not fitted:
        return None, figures
    version = version_of(base, len(kept.listed(session, base)) + 1)
    recalibration_id = kept.add(
        session, version=version, base_version=base, curves=fitted, figures=figures
    )
    audit.add(session, "recalibration_proposed", actor=None, version=version)
    return _one(session, recalibration_id), figures


def in_service(session: Session) -> Recalibration | None:
    """Through which new scores are seen now; None: as the model gives them."""
    return kept.in_service(session, manifest().version)


def through(
    session: Session, model_version: str, wanted_version: str | None
) -> Recalibration | None:
    """What a check that this version of the model scored is seen through; None: nothing.

    What is in service, unless a scoring again wants a certain version.
    """
    if wanted_version is None:
        return kept.in_service(session, model_version)
    return kept.of_version(session, wanted_version)


def version_in_service(session: Session) -> str:
    """The version that new checks are scored by."""
    found = in_service(session)
    return manifest().version if found is None else found.version


def listed(session: Session, who: Identity) -> list[Recalibration]:
    _require(who)
    return kept.listed(session)


def accept(
    session: Session, who: Identity, recalibration_id: UUID, *, code: str | None, address: str
) -> None:
    """Score new checks through it from now on; the one that was in service is withdrawn.

    NotAllowed without the role or the second factor; Conflict when it was decided before, or was
    fitted to a version of the model that is not in service any more.
    """
    _require(who)
    one = _undecided(session, recalibration_id)
    if one.base_version != manifest().version:
        raise Conflict(OTHER_MODEL.format(base=one.base_version))
    second_factor.require(session, who.user_id, code, address=address)
    before = in_service(session)
    if before is not None:
        kept.decide(
            session,
            before.recalibration_id,
            State.WITHDRAWN,
            who.user_id,
            f"Replaced by {one.version}.",
        )
    kept.decide(session, recalibration_id, State.ACCEPTED, who.user_id)
    audit.add(session, "recalibration_accepted", actor=who.user_id, version=one.version)


def decline(session: Session, who: Identity, recalibration_id: UUID, *, reason: str) -> None:
    """It stays in the list, with the reason."""
    _require(who)
    said = required(reason, "reason", MOST_REASON)
    one = _undecided(session, recalibration_id)
    kept.decide(session, recalibration_id, State.DECLINED, who.user_id, said)
    audit.add(session, "recalibration_declined", actor=who.user_id, version=one.version)


def withdraw(
    session: Session,
    who: Identity,
    recalibration_id: UUID,
    *,
    reason: str,
    code: str | None,
    address: str,
) -> None:
    """Score new checks as the model gives them again. What was scored stays as it is."""
    _require(who)
    said = required(reason, "reason", MOST_REASON)
    one_at_a_time(session, _LOCK)
    one = _one(session, recalibration_id)
    if one.state is not State.ACCEPTED:
        raise Conflict("This version is not in service.")
    second_factor.require(session, who.user_id, code, address=address)
    kept.decide(session, recalibration_id, State.WITHDRAWN, who.user_id, said)
    audit.add(session, "recalibration_withdrawn", actor=who.user_id, version=one.version)


def _grades(session: Session, base: str) -> defaultdict[Metric, list[Graded]]:
    """By metric, with the scores as the model gave them, whichever version showed them."""
    by_version = {one.version: one.curves for one in kept.listed(session, base)}
    grades: defaultdict[Metric, list[Graded]] = defaultdict(list)
    for one in kept.graded(session, base):
        low, value, high = one.low, one.value, one.high
        curve = by_version.get(one.version, {}).get(one.metric)
        if curve is not None:
            low, value, high = curves.before(curve, low, value, high)
        grades[one.metric].append(Graded(one.person, value, low, high, one.grade, one.ita))
    return grades


def _undecided(session: Session, recalibration_id: UUID) -> Recalibration:
    one_at_a_time(session, _LOCK)
    one = _one(session, recalibration_id)
    if one.state is not State.PROPOSED:
        raise Conflict("This was decided already.")
    return one


def _one(session: Session, recalibration_id: UUID) -> Recalibration:
    found = kept.find(session, recalibration_id)
    if found is None:
        raise NotFound("There is no such recalibration.")
    return found


def _require(who: Identity) -> None:
    if who.role is not Role.ADMIN:
        raise NotAllowed(ONLY_ADMINISTRATORS)
