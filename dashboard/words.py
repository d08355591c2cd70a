"""Text that people wrote, made safe for the places where Streamlit reads Markdown."""

from __future__ import annotations

import re

_WORD_JOINER = "\u2060"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# GitHub's Markdown links these even where the punctuation is escaped.
_LINKED_BY_THEMSELVES = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(?=:)|(www)(?=\.)|(?<=\S)(?=@)")


def plain(text: str) -> str:
    """`text` so that `st.error`, labels and toasts show it letter for letter.

    Where a widget takes plain text, as `st.text` does, use that instead.
    """
    broken = _LINKED_BY_THEMSELVES.sub(lambda found: found.group(0) + _WORD_JOINER, text)
    return _PUNCTUATION.sub(r"\\\1", " ".join(broken.split()))
