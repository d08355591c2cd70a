"""Who saw what, on the page of the person whose it is."""

from __future__ import annotations

import json

from core.people import Identity
from data.database import transaction
from pipeline.consultations import cases
from tests import people
from tests.consulting import claimed
from tests.dashboard.checks import opened, words

QUESTION = "Is *this* redness, which has been there since the spring of last year, something?"


def test_each_entry_says_why_and_leads_to_its_question(ada: Identity) -> None:
    with transaction() as session:
        grace, case = claimed(session, ada, question=QUESTION)
        photos = cases.open_case(session, grace, case).photos
        photo = next(one.photo_id for one in photos if one.photo_id)
        cases.photo_of_case(session, grace, case, photo)
    page = opened(ada, "profile")
    shown = words(page)
    assert "**Grace Hopper** looked at a photo" in shown
    assert "to answer your question" in shown
    [link] = [each.proto for each in page.get("page_link")]
    assert "redness" in link.label
    assert "*this*" not in link.label.replace("\\*", "")  # no markdown of the person's
    assert str(case) in json.dumps(link.query_string)


def test_nobody_else_sees_the_entries(ada: Identity) -> None:
    with transaction() as session:
        claimed(session, ada, question=QUESTION)
        eve = people.signed_in(session)
    page = opened(eve, "profile")
    assert "Nobody but you has looked at your photos or scores." in words(page)
    assert not page.get("page_link")
