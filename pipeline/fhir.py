"""A person's checks in HL7 FHIR R4 (4.0.1), which the software of clinics reads. Pure.

What a resource says is chosen in docs/decisions/api-waiting-export-and-fhir.md. Addresses of the
file's own code systems name nobody's server: nothing is fetched from them.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.analyses import Status
from core.examination import Score
from core.metrics import FACTS, Direction, Metric
from data.analyses import Analysis
from pipeline import consents
from pipeline.profiles import Profile

Resource = dict[str, Any]

_OWN = "https://skincare-ai.example/fhir"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_UCUM = "http://unitsofmeasure.org"

NOT_A_DIAGNOSIS = (
    "Cosmetic guidance from the look of the skin in a photo. Not a diagnosis, and no ground to "
    "begin, change or leave off a treatment."
)
SIMULATED = "Simulated for a demonstration; no photo of a person stands behind it."

_REPORT_STATUS = {
    Status.QUEUED: "registered",
    Status.RUNNING: "registered",
    Status.SCORED: "final",
    Status.REJECTED: "cancelled",
    Status.FAILED: "cancelled",
}


@dataclass(frozen=True)
class Picture:
    """A photo as it stands beside the bundle."""

    photo_id: UUID
    taken_in: datetime  # when it was received
    width: int  # pixels
    height: int
    size: int  # bytes
    path: str  # inside the archive


def resources(
    profile: Profile,
    agreed: Iterable[consents.Consent],
    checks: Iterable[tuple[Analysis, tuple[Picture, ...]]],
) -> Iterator[Resource]:
    """Patient, Consents, then for each check its Media, Observations and DiagnosticReport.

    `checks` is read one at a time, so that years of them need no more memory than one.
    """
    yield patient(profile)
    user_id = profile.user_id
    for number, consent in enumerate(agreed):
        yield consent_of(user_id, consent, number)
    devices: set[str] = set()
    for check, pictures in checks:
        yield from (media(user_id, picture) for picture in pictures)
        version = check.model_version
        if check.scores and version is not None and version not in devices:
            devices.add(version)
            yield device(version)
        found = [
            observation(user_id, check, metric, score, pictures)
            for metric, score in check.scores.items()
        ]
        yield from found
        yield report(user_id, check, found, pictures)


def head(made_at: datetime) -> Resource:
    """The bundle without its entries."""
    return {"resourceType": "Bundle", "type": "collection", "timestamp": _time(made_at)}


def entry(resource: Resource) -> Resource:
    """A resource as it stands in the bundle: references find it by its fullUrl."""
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}


def bundle(found: Iterable[Resource], made_at: datetime) -> Resource:
    return {**head(made_at), "entry": [entry(resource) for resource in found]}


def patient(profile: Profile) -> Resource:
    """The person. The age they gave is not a birth date, so that one is absent."""
    user_id = str(profile.user_id)
    return {
        "resourceType": "Patient",
        "id": user_id,
        "identifier": [{"system": f"{_OWN}/NamingSystem/user", "value": user_id}],
        "active": profile.is_active,
        "name": [{"use": "usual", "family": profile.last_name, "given": [profile.first_name]}],
        "telecom": [{"system": "email", "value": profile.email}],
    }


def consent_of(user_id: UUID, consent: consents.Consent, number: int) -> Resource:
    """One giving of consent; an ended one is inactive and says when it ended."""
    in_force = consent.withdrawn_at is None
    period = {"start": _time(consent.given_at)}
    if consent.withdrawn_at is not None:
        period["end"] = _time(consent.withdrawn_at)
    resource = {
        "resourceType": "Consent",
        "id": _id(user_id, "consent", consent.purpose, consent.given_at.isoformat(), number),
        "status": "active" if in_force else "inactive",
        "scope": _coded(f"{_TERMS}/consentscope", "patient-privacy", "Privacy Consent"),
        "category": [_coded("http://loinc.org", "59284-0", "Consent Document")],
        "patient": _to(user_id),
        "dateTime": _time(consent.given_at),
        "policyRule": _coded(
            f"{_TERMS}/v3-ActCode",
            "OPTIN",
            "opt-in",
            text=f"Wording {consent.wording} for the purpose {consent.purpose}",
        ),
        "provision": {
            "type": "permit",
            "period": period,
            "purpose": [{"system": f"{_OWN}/CodeSystem/purpose", "code": consent.purpose.value}],
        },
    }
    if consent.wording == consents.WORDING_VERSION:  # the words of earlier versions are not kept
        words = consents.WORDING[consent.purpose].encode()
        resource["sourceAttachment"] = {
            "contentType": "text/plain; charset=utf-8",
            "data": base64.b64encode(words).decode(),
            "title": f"The words that were agreed to, version {consent.wording}",
        }
    return resource


def media(user_id: UUID, picture: Picture) -> Resource:
    """A photo, by its place in the archive."""
    return {
        "resourceType": "Media",
        "id": str(picture.photo_id),
        "status": "completed",
        "type": _coded(f"{_TERMS}/media-type", "image", "Image"),
        "subject": _to(user_id),
        "createdDateTime": _time(picture.taken_in),
        "height": picture.height,
        "width": picture.width,
        "content": {
            "contentType": "image/jpeg",
            "url": picture.path,
            "size": picture.size,
            "title": "Photo of the face",
        },
    }


def device(model_version: str) -> Resource:
    """The software that scored."""
    return {
        "resourceType": "Device",
        "id": _id("device", model_version),
        "deviceName": [{"name": "Skincare AI", "type": "model-name"}],
        "type": {"text": "Software that scores what can be seen of the skin in a photo"},
        "version": [{"value": model_version}],
    }


def observation(
    user_id: UUID,
    check: Analysis,
    metric: Metric,
    score: Score,
    pictures: tuple[Picture, ...],
) -> Resource:
    """One metric over the face: its value with the 90 % interval, or why there is none."""
    facts = FACTS[metric]
    resource: Resource = {
        "resourceType": "Observation",
        "id": _id(check.analysis_id, metric.value),
        "status": "final",
        "category": [_coded(f"{_TERMS}/observation-category", "imaging", "Imaging")],
        "code": _coded(f"{_OWN}/CodeSystem/metric", metric.value, facts.name, text=facts.name),
        "subject": _to(user_id),
        "effectiveDateTime": _time(check.created_at),
        "note": [{"text": _what_it_claims(metric)}],
        "method": {"text": f"Image analysis, model {check.model_version}"},
    }
    if check.model_version is not None:
        resource["device"] = _to(_id("device", check.model_version))
    if pictures:
        resource["derivedFrom"] = [_to(picture.photo_id) for picture in pictures]
    if check.is_demonstration:
        resource["meta"] = _TEST_DATA
    if score.value is None or score.low is None or score.high is None:
        resource["dataAbsentReason"] = _coded(
            f"{_TERMS}/data-absent-reason", "unknown", "Unknown", text=score.abstained_because
        )
        return resource
    resource["valueQuantity"] = _points(score.value)
    # R4 has no place for an uncertainty beside a quantity, and a referenceRange would claim
    # that values outside it are abnormal: so the ends are components.
    resource["component"] = [
        {
            "code": _coded(f"{_OWN}/CodeSystem/interval", f"{end}-90", text=words),
            "valueQuantity": _points(value),
        }
        for end, words, value in (
            ("low", "Lower end of the 90 % interval", score.low),
            ("high", "Upper end of the 90 % interval", score.high),
        )
    ]
    return resource


def report(
    user_id: UUID,
    check: Analysis,
    observations: Iterable[Mapping[str, Any]],
    pictures: tuple[Picture, ...],
) -> Resource:
    """One check. A photo that could not be scored is a cancelled report with the reasons."""
    conclusion = [NOT_A_DIAGNOSIS, *check.reasons]
    resource: Resource = {
        "resourceType": "DiagnosticReport",
        "id": str(check.analysis_id),
        "status": _REPORT_STATUS[check.status],
        "category": [_coded(f"{_TERMS}/v2-0074", "OTH", "Other", text="Cosmetic skin check")],
        "code": _coded(
            f"{_OWN}/CodeSystem/report", "skin-check", text="Visible skin, scored from a photo"
        ),
        "subject": _to(user_id),
        "effectiveDateTime": _time(check.created_at),
    }
    if check.is_demonstration:
        resource["meta"] = _TEST_DATA
        conclusion.insert(0, SIMULATED)
    resource["conclusion"] = " ".join(conclusion)
    results = [_to(str(found["id"])) for found in observations]
    if results:
        resource["result"] = results
    if pictures:
        resource["media"] = [{"link": _to(picture.photo_id)} for picture in pictures]
    return resource


_TEST_DATA = {
    "tag": [{"system": f"{_TERMS}/v3-ActReason", "code": "HTEST", "display": "test health data"}]
}


def _what_it_claims(metric: Metric) -> str:
    facts = FACTS[metric]
    better = facts.direction is Direction.HIGHER_IS_BETTER
    direction = "Higher is better." if better else "Higher means more of it."
    return f"{direction} {facts.is_} {facts.is_not} Evidence: {facts.evidence}."


def _points(value: float) -> dict[str, Any]:
    return {
        "value": round(value, 1),
        "unit": "points of 100",
        "system": _UCUM,
        "code": "{score}",  # UCUM's annotation for a count without a unit
    }


def _coded(
    system: str, code: str, display: str | None = None, *, text: str | None = None
) -> dict[str, Any]:
    coding = {"system": system, "code": code}
    if display is not None:
        coding["display"] = display
    return {"coding": [coding]} if text is None else {"coding": [coding], "text": text}


def _to(id_: UUID | str) -> dict[str, str]:
    return {"reference": f"urn:uuid:{id_}"}


def _id(*of: object) -> str:
    """The same id for the same thing in every export."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join((_OWN, *map(str, of)))))


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
