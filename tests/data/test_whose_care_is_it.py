"""Queries about what follows the numbers, asked by somebody else: see test_whose_is_it."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.errors import SkincareError
from data import photos, vault
from tests import people
from tests.data import care_things
from tests.data.care_things import MATRIX, REFUSED


@pytest.mark.parametrize("name", MATRIX)
def test_somebody_elses_care_is_as_if_it_were_not_there(
    session: Session, var: object, name: str
) -> None:
    ada = people.register(session)
    kept = vault.keep(session, ada, b"face")
    size = {"size": 4, "width": 1, "height": 1}
    photo = photos.add(session, ada, kept, sha256="0" * 64, original_format="JPEG", **size)
    its = care_things.make(session, ada, photo)
    eve = people.register(session, consent_to_analysis=False)
    question, answer = MATRIX[name]
    if answer is REFUSED:
        with pytest.raises((SkincareError, DBAPIError)), session.begin_nested():
            question(session, eve, its)
    else:
        assert question(session, eve, its) == answer
    care_things.still_has(session, its)
