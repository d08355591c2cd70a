"""Whether an answer can be understood: how long its sentences and words are, and jargon in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLAIN_UP_TO = 8.0  # school grade: what health services ask of texts for everybody
_LEAST_WORDS = 12  # fewer say nothing about how one writes

# What dermatologists say, and what people say. Keys are found as whole words, plurals included.
PLAIN_WORDS: Mapping[str, str] = {
    "acneiform": "like acne",
    "actinic keratosis": "rough patch from sun damage",
    "alopecia": "hair loss",
    "analgesic": "painkiller",
    "benign": "harmless",
    "bid": "twice a day",
    "biopsy": "taking a small piece of skin to look at it",
    "comedone": "blackhead or whitehead",
    "contraindicated": "should not be used",
    "corticosteroid": "steroid medicine",
    "dermatitis": "inflamed skin",
    "desquamation": "peeling",
    "differential diagnosis": "what else it could be",
    "emollient": "moisturiser",
    "erythema": "redness",
    "erythematous": "red",
    "excise": "cut out",
    "excision": "cutting it out",
    "exacerbation": "flare-up",
    "hyperpigmentation": "darker patches",
    "hypopigmentation": "lighter patches",
    "idiopathic": "without a known cause",
    "keratolytic": "loosening dead skin",
    "keratosis": "rough patch of skin",
    "lentigo": "sun spot",
    "lentigines": "sun spots",
    "lesion": "spot or patch",
    "macule": "flat spot",
    "malignant": "cancerous",
    "malignancy": "cancer",
    "melasma": "brown patches on the face",
    "naevus": "mole",
    "nevus": "mole",
    "nocte": "at night",
    "noncomedogenic": "made not to block pores",
    "oedema": "swelling",
    "edema": "swelling",
    "papule": "small bump",
    "papulopustular": "with bumps and pimples",
    "periorbital": "around the eyes",
    "perioral": "around the mouth",
    "photoprotection": "protection from the sun",
    "plaque": "thick patch",
    "prognosis": "how it is likely to go on",
    "prn": "when needed",
    "prophylaxis": "prevention",
    "pruritus": "itch",
    "pruritic": "itchy",
    "pustule": "pimple with pus",
    "qid": "four times a day",
    "sebaceous": "oil-making",
    "sequelae": "what stays behind",
    "telangiectasia": "small visible blood vessels",
    "tid": "three times a day",
    "titrate": "raise step by step",
    "topical": "put on the skin",
    "topically": "on the skin",
    "urticaria": "hives",
    "vesicle": "small blister",
    "xerosis": "dry skin",
}
_JARGON = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, PLAIN_WORDS), key=len, reverse=True)) + r")(s?)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?]+(?=\s|$)|\n\s*(?:[-*•]|\d+[.)])?\s*")
_ABBREVIATED = re.compile(r"\b(e\.g|i\.e|Dr|Mr|Mrs|Ms|Prof|vs|approx|no)\.", re.IGNORECASE)


@dataclass(frozen=True)
class Language:
    """How an answer reads."""

    grade: float | None  # Coleman–Liau: years of school; None for too few words
    jargon: tuple[tuple[str, str], ...]  # word as written, in plain words
    longest_sentence: int  # words

    @property
    def is_plain(self) -> bool:
        return not self.jargon and (self.grade is None or self.grade <= PLAIN_UP_TO)


def check(text: str) -> Language:
    """The Coleman–Liau grade of English text, and the jargon found in it.

    Coleman and Liau 1975: from letters and sentences, so that no syllables have to be guessed.
    """
    whole = _ABBREVIATED.sub(r"\1", text)
    sentences = [_WORD.findall(part) for part in _SENTENCE.split(whole)]
    sentences = [words for words in sentences if words]
    words = [word for sentence in sentences for word in sentence]
    found = {match.group(0).lower(): match.group(1).lower() for match in _JARGON.finditer(text)}
    jargon = tuple((said, PLAIN_WORDS[key]) for said, key in found.items())
    longest = max(map(len, sentences), default=0)
    if len(words) < _LEAST_WORDS:
        return Language(None, jargon, longest)
    letters = 100 * sum(map(len, words)) / len(words)
    ends = 100 * len(sentences) / len(words)
    grade = 0.0588 * letters - 0.296 * ends - 15.8
    return Language(round(max(0.0, grade), 1), jargon, longest)
