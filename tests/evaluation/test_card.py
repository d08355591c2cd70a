from __future__ import annotations

import json
import re

import pytest

from evaluation.card import CARD, OF_PHANTOMS, OF_SERVICE, filled
from evaluation.card_of_people import BLOCKS as OF_PEOPLE
from evaluation.command import DOCUMENT
from models.manifest import read_manifest


def test_the_cards_figures_are_those_of_the_evaluation_and_of_the_weights_in_service() -> None:
    text, document = CARD.read_text(), json.loads(DOCUMENT.read_text())
    assert filled(text, document, read_manifest()) == text, "run: python3 run.py evaluate"


def test_every_block_that_can_be_written_stands_in_the_card_once() -> None:
    named = re.findall(r"<!-- figures: (\w+) -->", CARD.read_text())
    assert sorted(named) == sorted([*OF_SERVICE, *OF_PHANTOMS, *OF_PEOPLE])
    assert CARD.read_text().count("<!-- end -->") == len(named)


def test_no_figure_in_the_card_is_missing() -> None:
    assert not re.search(r"\bnan\b|None", CARD.read_text())


@pytest.mark.parametrize("word", ["not met", "Not measured"])
def test_a_goal_that_is_missed_is_said_plainly(word: str) -> None:
    document = json.loads(DOCUMENT.read_text())
    missed = [of for of in document["criteria"] if of["met"] is False]
    if word == "not met":
        assert CARD.read_text().count("**not met**") == len(missed)
    else:
        without = {k: v for k, v in document.items() if k != "faces"}
        assert word in filled(CARD.read_text(), without, read_manifest())
