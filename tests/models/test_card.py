from __future__ import annotations

from models.card import CARD, filled


def test_the_cards_figures_are_those_of_the_weights_in_service() -> None:
    text = CARD.read_text()
    assert filled(text) == text, "run: python -m models.card"


def test_the_card_shows_a_figure_for_every_block() -> None:
    text = CARD.read_text()
    assert text.count("<!-- figures:") == text.count("<!-- end -->") == 7
    assert "nan" not in text
