"""The FHIR R4 bundle, against HL7's published JSON schema of 4.0.1 and the models of fhirclient.

`fhir_r4_schema.json.gz` is HL7's file as published (FHIR is in the public domain, CC0).
"""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fhirclient.models.bundle import Bundle

from core.analyses import Stage, Status
from core.examination import Score
from core.metrics import Metric
from core.people import Purpose, Role
from data.analyses import Analysis
from pipeline import consents, fhir
from pipeline.profiles import Profile

SCHEMA = Path(__file__).with_name("fhir_r4_schema.json.gz")
AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
USER = uuid.UUID("0198c0de-0000-7000-8000-000000000001")
WHY_NOT = "The cheeks are covered."


@cache
def published_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    return schema


@cache
def validator(resource_type: str) -> Any:
    schema = {"$ref": f"#/definitions/{resource_type}"}
    definitions = published_schema()["definitions"]
    return jsonschema_rs.Draft6Validator({**schema, "definitions": definitions})


def mistakes(bundle: Mapping[str, Any]) -> list[str]:
    """What HL7's schema and fhirclient find wrong, resource by resource."""
    found = []
    for part in (
        {**bundle, "entry": [{"fullUrl": e["fullUrl"]} for e in bundle["entry"]]},
        *(entry["resource"] for entry in bundle["entry"]),
    ):
        kind = part["resourceType"]
        found += [
            f"{kind} {'/'.join(map(str, error.instance_path))}: {error.message}"
            for error in validator(kind).iter_errors(part)
        ]
    try:
        Bundle(dict(bundle), strict=True).as_json()
    except Exception as error:  # one error of theirs holds them all
        found.append(str(error))
    return found


def check(
    status: Status = Status.SCORED, *, reasons: tuple[str, ...] = (), **other: Any
) -> Analysis:
    scores = {metric: Score(40.04, 35.0, 45.0) for metric in Metric}
    scores[Metric.HYDRATION] = Score.abstain(WHY_NOT)
    scored = status is Status.SCORED
    known: dict[str, Any] = dict.fromkeys(Analysis.__dataclass_fields__)
    known |= {
        "analysis_id": uuid.uuid4(),
        "created_at": AT,
        "updated_at": AT,
        "status": status,
        "stage": Stage.DONE,
        "reasons": reasons,
        "scores": scores if scored else {},
        "regions": {},
        "model_version": "skin-1.2.0" if scored else None,
        "photo_id": uuid.uuid4(),
        "has_maps": scored,
        "is_demonstration": False,
    }
    return Analysis(**(known | other))


def picture(of: Analysis) -> fhir.Picture:
    assert of.photo_id is not None
    path = f"photos/{of.analysis_id}-1.jpg"
    return fhir.Picture(of.photo_id, AT, width=1200, height=1600, size=345_678, path=path)


@pytest.fixture(scope="module")
def bundle() -> dict[str, Any]:
    scored, rejected = check(), check(Status.REJECTED, reasons=("The photo is too dark.",))
    waiting, simulated = check(Status.QUEUED), check(is_demonstration=True, photo_id=None)
    profile = Profile(
        user_id=USER,
        email="ada@example.org",
        first_name="Ada",
        last_name="Byron",
        age=36,
        skin_type=None,
        preferences={},
        role=Role.USER,
        created_at=AT,
        updated_at=AT,
        last_login=None,
        is_active=True,
        has_picture=False,
    )
    agreed = [
        consents.Consent(Purpose.ANALYSIS, AT, None, consents.WORDING_VERSION),
        consents.Consent(Purpose.STATISTICS, AT, AT, "0"),
    ]
    checks = [(c, (picture(c),) if c.photo_id else ()) for c in (scored, rejected, waiting)]
    found = fhir.resources(profile, agreed, [*checks, (simulated, ())])
    made: dict[str, Any] = json.loads(json.dumps(fhir.bundle(found, AT)))
    return made


def of_type(bundle: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    found = (entry["resource"] for entry in bundle["entry"])
    return [resource for resource in found if resource["resourceType"] == kind]


def test_a_bundle_of_everything_is_r4_by_the_published_schema_and_by_fhirclient(
    bundle: dict[str, Any],
) -> None:
    assert mistakes(bundle) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: r.update(status="done"),
        lambda r: r.update(skin_score=12),
        lambda r: r.pop("code"),
        lambda r: r["valueQuantity"].update(value="40"),
    ],
    ids=["unknown status", "field of our own", "without code", "text for a number"],
)
def test_the_two_judges_notice_what_is_not_r4(bundle: dict[str, Any], spoil: Any) -> None:
    spoilt = json.loads(json.dumps(bundle))
    spoil(of_type(spoilt, "Observation")[0])
    assert mistakes(spoilt) != []


def test_every_reference_leads_to_a_resource_of_the_bundle_and_no_id_stands_twice(
    bundle: dict[str, Any],
) -> None:
    there = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(there)) == len(there)

    def references(part: Any) -> list[str]:
        if isinstance(part, list):
            return [r for item in part for r in references(item)]
        if isinstance(part, dict):
            own = [part["reference"]] if "reference" in part else []
            return own + [r for item in part.values() for r in references(item)]
        return []

    led = references(bundle)
    assert len(led) > 20
    assert set(led) <= set(there)


def test_a_value_stands_with_its_interval_and_an_abstention_with_its_reason(
    bundle: dict[str, Any],
) -> None:
    by_code = {o["code"]["coding"][0]["code"]: o for o in of_type(bundle, "Observation")}
    assert by_code.keys() == {metric.value for metric in Metric}
    pores, hydration = by_code["pores"], by_code["hydration"]
    assert pores["valueQuantity"]["value"] == 40.0
    assert [c["valueQuantity"]["value"] for c in pores["component"]] == [35.0, 45.0]
    assert pores["method"]["text"].endswith("skin-1.2.0")
    assert hydration["dataAbsentReason"]["text"] == WHY_NOT
    assert "valueQuantity" not in hydration
    assert "unvalidated" in hydration["note"][0]["text"]


def test_each_check_has_one_report_that_says_that_it_is_no_diagnosis(
    bundle: dict[str, Any],
) -> None:
    reports = of_type(bundle, "DiagnosticReport")
    assert [r["status"] for r in reports] == ["final", "cancelled", "registered", "final"]
    assert all("Not a diagnosis" in report["conclusion"] for report in reports)
    assert "too dark" in reports[1]["conclusion"]
    assert "Simulated" in reports[3]["conclusion"]
    assert reports[3]["meta"]["tag"][0]["code"] == "HTEST"


def test_a_withdrawn_consent_is_inactive_and_says_when_it_ended(bundle: dict[str, Any]) -> None:
    given, withdrawn = of_type(bundle, "Consent")
    assert (given["status"], withdrawn["status"]) == ("active", "inactive")
    assert "end" in withdrawn["provision"]["period"]
    assert "sourceAttachment" not in withdrawn  # nobody kept the words of version 0
