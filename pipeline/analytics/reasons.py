"""Why a photo was not scored, as one word for each sentence that people are shown."""

from __future__ import annotations

from collections.abc import Iterable

from core.analytics import REASONS
from pipeline import quality

_WORDS = {
    quality.TOO_SMALL: "too_small",
    quality.NOT_SHARP: "not_sharp",
    quality.TOO_DARK: "too_dark",
    quality.TOO_BRIGHT: "too_bright",
    quality.UNEVEN: "uneven",
    quality.TURNED: "turned",
    quality.TILTED: "tilted",
    quality.COVERED: "covered",
    quality.DRAWN: "drawn",
    quality.COLOURLESS: "colourless",
    quality.COLOURED_LIGHT: "coloured_light",
}
SENTENCES = {word: sentence for sentence, word in _WORDS.items()}
OTHER = REASONS[-1]


def words(sentences: Iterable[str]) -> set[str]:
    """“Photo 2: The photo is too dark: …” is “too_dark”, what is not known “other”."""
    return {
        next((word for known, word in _WORDS.items() if sentence.endswith(known)), OTHER)
        for sentence in sentences
    }
