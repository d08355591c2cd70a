"""What can be done on the case page by a key, and the list of it behind "?"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.widgets.component import component_of

_VIEWER = ".st-key-case_viewer [data-testid=stBidiComponentIsolated] >>> "
_ANSWER = ".st-key-answer_text [data-testid=stBidiComponentIsolated] >>> textarea"
_NET = ".st-key-answer_net [data-testid=stBidiComponentIsolated] >>> textarea"
_TOOLS = {
    "v": ("move", "Photo: move and zoom"),
    "p": ("point", "Photo: draw a point"),
    "e": ("ellipse", "Photo: draw an ellipse"),
    "o": ("polygon", "Photo: draw an outline (polygon)"),
    "m": ("measure", "Photo: measure in mm"),
    "i": ("iris", "Photo: set the scale by an iris"),
}
# In order of the panels; the element to go into once a panel is there.
_PANELS = {
    "q": ("Question, and messages", None),
    "g": ("Grade: first field", ".st-key-grade_panel input"),
    "a": ("Answer", _ANSWER),
    "h": ("History of scores", None),
    "n": ("Notes: write one", ".st-key-notes_panel textarea"),
}


def case_keys(pictures: int) -> None:
    """Hear keys as long as the page is shown; `pictures` is how many can be chosen."""
    component_of("case_keys", "keys")(data={"keys": [*_keys(pictures)]}, key="case_keys")


def _keys(pictures: int) -> Sequence[dict[str, Any]]:
    found = [
        _key(str(number), f"Picture {number}", press=_nth("case_picture", number))
        for number in range(1, min(pictures, 9) + 1)
    ]
    for letter, (tool, words) in _TOOLS.items():
        press = {"press": f"{_VIEWER}[data-tool={tool}] input"}
        found.append(_entry(letter, words, [press, {"go": f"{_VIEWER}.stage"}]))
    found.append(_key("l", "Photo: brightness", go=f"{_VIEWER}.brightness"))
    found.append(_key("k", "Photo: contrast", go=f"{_VIEWER}.contrast"))
    found.append(_key("b", "Photo: label of what is drawn", go=f"{_VIEWER}select"))
    for number, (letter, (words, field)) in enumerate(_PANELS.items(), 1):
        steps = [{"press": _nth("case_panel", number)}]
        if field is not None:
            steps.append({"go": field, "after": "250"})
        found.append(_entry(letter, words, steps))
    found += [
        _key("t", "Answer: choose a template", go=".st-key-answer_template input"),
        _key("s", "Answer: when to get help sooner", go=_NET),
        _key("u", "Back to the queue", press=".st-key-case_queue button"),
        _entry(
            "ctrl+enter",
            "Send the answer, or keep the grades",
            [{"press": ".st-key-case_main_action button", "after": "150"}],
            shown="Ctrl Enter",
        ),
    ]
    shown = {
        "+ −": "Photo: zoom; 0 shows all of it",
        "Arrows": "Photo: move it, or the cross; Shift for fine steps",
        "Enter": "Photo: set a point, close an outline",
        "Backspace": "Photo: take a corner back",
        "Esc": "Leave a field, drop what is being drawn",
    }
    return [*found, *({"key": "", "shown": k, "words": w, "steps": []} for k, w in shown.items())]


def _key(key: str, words: str, **step: str) -> dict[str, Any]:
    return _entry(key, words, [step])


def _entry(
    key: str, words: str, steps: list[dict[str, str]], *, shown: str | None = None
) -> dict[str, Any]:
    numbered = [step | {"after": int(step["after"])} if "after" in step else step for step in steps]
    return {"key": key, "shown": shown or key.upper(), "words": words, "steps": numbered}


def _nth(group: str, number: int) -> str:
    return f".st-key-{group} [role=radio]:nth-of-type({number})"
