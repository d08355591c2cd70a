"""Rows of the matrix of routes: questions to dermatologists, and their cases."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.api.matrix_rows import Row, of, own, thing
from tests.stand_in import photo_that

_CASE = "/dermatologist/cases/{case}"
_DRAWN = {"photo_id": str(uuid4()), "shape": "point", "label": "papule", "points": [[1, 1]]}
_ASKED = "/dermatologist/consultations/{case}"
_SECOND = "/dermatologist/second-readings"
_GLASS = "/dermatologist/break-glass"
_WHY = {"email": "adelheid@example.org", "reason": "She called: her lip swells badly."}
_TEMPLATE = {"title": "Dry skin", "text": "Use a mild cream."}
_DAYS = {"starts_at": "2099-01-01T00:00:00Z", "ends_at": "2099-01-08T00:00:00Z"}


def of_staff(call: Any, dermatologist: int, admin: int = 403) -> Row:
    """For dermatologists, perhaps for administrators; not for people, whoever's case it is."""
    return Row(call, 401, 403, 403, dermatologist=dermatologist, admin=admin)


# A dermatologist who has not claimed her case finds it in the queue and nowhere else.
CONSULTING: dict[tuple[str, str], Row] = {
    ("post", "/dermatologist/consult"): Row(
        of("POST", "/dermatologist/consult", json={"question": "Is it harmless?"}),
        401,
        201,
        201,
        403,
    ),
    ("get", "/dermatologist/consultations"): own(of("GET", "/dermatologist/consultations"), 200),
    ("get", "/dermatologist/consultations/{consultation_id}"): thing(of("GET", _ASKED), 200),
    ("get", "/dermatologist/consultations/{consultation_id}/photos/{photo_id}"): Row(
        of("GET", f"{_ASKED}/photos/{{photo}}"), 401, 200, 404, 403, dermatologist=404
    ),
    ("post", "/dermatologist/consultations/{consultation_id}/messages"): Row(
        of("POST", f"{_ASKED}/messages", json={"text": "Hm."}), 401, 201, 404, 403, 404
    ),
    ("post", "/dermatologist/consultations/{consultation_id}/messages/with-pictures"): Row(
        of(
            "POST",
            f"{_ASKED}/messages/with-pictures",
            data={"text": "Hm."},
            files={"pictures": ("mole.jpg", photo_that("is scored"), "image/jpeg")},
        ),
        401,
        201,
        404,
        403,
        404,
    ),
    **{
        ("post", f"/dermatologist/consultations/{{consultation_id}}/{does}"): thing(
            of("POST", f"{_ASKED}/{does}"), status
        )
        for does, status in (
            ("withdraw", 200),
            ("hide-photos", 200),
            ("close", 409),
            ("second-opinion", 409),
        )
    },
    ("put", "/dermatologist/consultations/{consultation_id}/rating"): thing(
        of("PUT", f"{_ASKED}/rating", json={"rating": 5}), 409
    ),
    ("get", "/dermatologist/queue"): of_staff(of("GET", "/dermatologist/queue"), 200, 200),
    ("get", "/dermatologist/colleagues"): of_staff(
        of("GET", "/dermatologist/colleagues"), 200, 200
    ),
    ("get", "/dermatologist/cases/{case_id}"): of_staff(of("GET", _CASE), 404),
    **{
        ("post", f"/dermatologist/cases/{{case_id}}/{does}"): of_staff(
            of("POST", f"{_CASE}/{does}"), status
        )
        for does, status in (
            ("claim", 200),
            ("release", 404),
            ("hand-on", 404),
            ("second-opinion", 404),
            ("close", 404),
        )
    },
    **{
        (method, f"/dermatologist/cases/{{case_id}}/{what}"): of_staff(
            of(method.upper(), f"{_CASE}/{what}", **({"json": sent} if sent else {})), 404
        )
        for method, what, sent in (
            ("get", "grades", None),
            ("post", "grades", {"severity": {"acne_iga": "1"}}),
            ("post", "show-scores", None),
            ("get", "annotations", None),
            ("post", "annotations", _DRAWN),
            ("get", "draft", None),
            ("put", "draft", {"text": "Hello"}),
            ("post", "answer", {"text": "It is fine.", "safety_net": "Come back."}),
            ("post", "amendments", {"text": "And more."}),
            ("get", "notes", None),
            ("post", "notes", {"text": "Hm."}),
            ("put", "letter", {"recipient": "Anybody", "text": "Please see."}),
            ("get", "letter.pdf", None),
        )
    },
    ("delete", "/dermatologist/cases/{case_id}/annotations/{annotation_id}"): of_staff(
        of("DELETE", f"{_CASE}/annotations/{uuid4()}"), 404
    ),
    ("get", "/dermatologist/consultations/{consultation_id}/letter.pdf"): thing(
        of("GET", f"{_ASKED}/letter.pdf"), 404
    ),
    ("put", "/dermatologist/cases/{case_id}/assignee"): of_staff(
        of("PUT", f"{_CASE}/assignee", json={"to": str(uuid4())}), 404, 404
    ),
    ("get", "/dermatologist/templates"): of_staff(of("GET", "/dermatologist/templates"), 200),
    ("post", "/dermatologist/templates"): of_staff(
        of("POST", "/dermatologist/templates", json=_TEMPLATE), 201
    ),
    ("put", "/dermatologist/templates/{template_id}"): of_staff(
        of("PUT", f"/dermatologist/templates/{uuid4()}", json=_TEMPLATE), 404
    ),
    ("delete", "/dermatologist/templates/{template_id}"): of_staff(
        of("DELETE", f"/dermatologist/templates/{uuid4()}"), 404
    ),
    ("get", f"{_SECOND}"): of_staff(of("GET", _SECOND), 200),
    ("post", f"{_SECOND}"): of_staff(of("POST", _SECOND), 404),
    ("get", f"{_SECOND}/{{case_id}}/photos/{{photo_id}}"): of_staff(
        of("GET", f"{_SECOND}/{{case}}/photos/{{photo}}"), 409
    ),
    ("post", f"{_SECOND}/{{case_id}}/grades"): of_staff(
        of("POST", f"{_SECOND}/{{case}}/grades", json={"metrics": {}}), 409
    ),
    ("delete", f"{_SECOND}/{{case_id}}"): of_staff(of("DELETE", f"{_SECOND}/{{case}}"), 409),
    ("get", f"{_GLASS}"): of_staff(of("GET", _GLASS), 200, 200),
    # without a second factor nobody gets in
    ("post", f"{_GLASS}"): of_staff(of("POST", _GLASS, json=_WHY), 403, 403),
    ("get", f"{_GLASS}/{{case_id}}"): of_staff(of("GET", f"{_GLASS}/{{case}}"), 404, 404),
    ("get", f"{_GLASS}/{{case_id}}/photos/{{photo_id}}"): of_staff(
        of("GET", f"{_GLASS}/{{case}}/photos/{{photo}}"), 404, 404
    ),
    ("delete", f"{_GLASS}/{{case_id}}"): of_staff(of("DELETE", f"{_GLASS}/{{case}}"), 404, 404),
    ("get", "/dermatologist/absences"): of_staff(of("GET", "/dermatologist/absences"), 200),
    ("post", "/dermatologist/absences"): of_staff(
        of("POST", "/dermatologist/absences", json=_DAYS), 201
    ),
    ("delete", "/dermatologist/absences/{absence_id}"): of_staff(
        of("DELETE", "/dermatologist/absences/{case}"), 404
    ),
}
