from __future__ import annotations

import pytest

from pipeline.reviews import language
from pipeline.reviews.templates import BUILT_IN, SAFETY_NETS

# The worked example of the index: “Existing computer programs that measure readability …” by
# Coleman and Liau's formula, 639 letters, 119 words and 5 sentences, has grade 14.5.
WORKED = (
    "Existing computer programs that measure readability are based largely upon subroutines which "
    "estimate number of syllables, usually by counting vowels. The shortcoming in estimating "
    "syllables is that it necessitates keypunching the prose into the computer. There is no need "
    "to estimate syllables since word length in letters is a better predictor of readability than "
    "word length in syllables. Therefore, a new readability formula was computed that has for its "
    "predictors letters per 100 words and sentences per 100 words. Both predictors can be counted "
    "by an optical scanning device, and thus the formula makes it economically feasible for an "
    "organization such as the U.S. Office of Education to calibrate the readability of all "
    "textbooks for the public school system."
)


def test_the_grade_is_that_of_the_worked_example() -> None:
    grade = language.check(WORKED.replace("U.S.", "US")).grade
    assert grade == pytest.approx(14.5, abs=0.3)


def test_jargon_is_named_in_plain_words() -> None:
    found = language.check("The erythema and two Papules are benign. Lesions were not seen.")
    assert dict(found.jargon) == {
        "erythema": "redness",
        "papules": "small bump",
        "benign": "harmless",
        "lesions": "spot or patch",
    }
    assert not found.is_plain


def test_a_word_within_a_word_is_no_jargon() -> None:
    assert language.check("The bidder hid a plaqueless tide.").jargon == ()


def test_few_words_have_no_grade() -> None:
    assert language.check("It is harmless.").grade is None
    assert language.check("").grade is None


def test_plain_sentences_are_plain_and_tangled_ones_are_not() -> None:
    plain = "Wash your face with warm water. Put on a thin layer of cream. Do this each night."
    tangled = (
        "Subsequently, discontinuation of previously administered preparations necessitates "
        "gradual reintroduction of individual constituents under continuous observation."
    )
    assert language.check(plain).is_plain
    assert not language.check(tangled).is_plain


@pytest.mark.parametrize("text", [t.text for t in BUILT_IN] + [net for _, net in SAFETY_NETS])
def test_our_own_templates_pass_our_own_check(text: str) -> None:
    found = language.check(text)
    assert found.jargon == ()
    assert found.is_plain, found
