"""The look as the configuration has it: readable in both themes, and nothing from elsewhere."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from core.examination import Score
from core.settings import ROOT
from dashboard.look import STATIC
from dashboard.widgets.sparkline import LEAST_SPAN, described, drawn

THEME: dict[str, Any] = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
TEXT, PARTS = 4.5, 3.0  # WCAG 2.2 AA: words, and what has to be seen of controls and charts
CAPTION = 0.78  # share of the text colour in look.css


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def mixed(colour: str, background: str, share: float) -> str:
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(background[1:]), strict=True)
    return "#" + bytes(round(a * share + b * (1 - share)) for a, b in pairs).hex()


def test_the_contrast_is_computed_as_the_standard_has_it() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("background", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("words", ["textColor", "linkColor", "primaryColor", "grayTextColor"])
def test_words_can_be_read_on_every_background(name: str, background: str, words: str) -> None:
    theme = THEME[name]
    assert contrast(theme[words], theme[background]) >= TEXT


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("hue", ["red", "orange", "yellow", "green", "blue", "gray"])
def test_messages_and_badges_can_be_read(name: str, hue: str) -> None:
    theme = THEME[name]
    assert contrast(theme[f"{hue}TextColor"], theme[f"{hue}BackgroundColor"]) >= TEXT


@pytest.mark.parametrize("name", ["light", "dark"])
def test_captions_can_be_read(name: str) -> None:
    assert f"opacity: {CAPTION};" in (ROOT / "dashboard" / "look.css").read_text()
    theme = THEME[name]
    caption = mixed(theme["textColor"], theme["backgroundColor"], CAPTION)
    assert contrast(caption, theme["backgroundColor"]) >= TEXT


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_colour_of_a_chart_stands_out_from_the_page(name: str) -> None:
    theme = THEME[name]
    colours = theme.get("chartCategoricalColors", THEME["chartCategoricalColors"])
    seen = {colour: contrast(colour, theme["backgroundColor"]) for colour in colours}
    assert {colour: ratio for colour, ratio in seen.items() if ratio < PARTS} == {}


def test_every_font_is_our_own_file_and_names_its_licence() -> None:
    for face in THEME["fontFaces"]:
        file = STATIC / face["url"].removeprefix("app/static/")
        assert file.read_bytes()[:4] == b"wOF2"
        licence = file.with_name(f"{face['family'].lower()}-OFL.txt")
        assert "SIL Open Font License" in licence.read_text()


def test_nothing_of_the_look_is_fetched_from_elsewhere() -> None:
    files = [ROOT / "dashboard" / "look.css", *STATIC.glob("*.svg")]
    files += (ROOT / "dashboard").rglob("*.py")
    files += (ROOT / "dashboard" / "components").rglob("*.*")
    assert len(files) > 20
    for file in files:
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        assert re.findall(r"(?:url\(|src=|href=|@import)\W*(?:https?:)?//", text) == [], file


def test_a_sparkline_does_not_make_drama_of_noise() -> None:
    calm = [Score(50.0, 48.0, 52.0), Score(52.0, 50.0, 54.0)]
    rises = re.search(r'<polyline .*points="[\d.]+,([\d.]+) [\d.]+,([\d.]+)"', drawn(calm))
    assert rises is not None
    assert float(rises[1]) - float(rises[2]) == pytest.approx(2 / LEAST_SPAN * 40)  # of 40 pixels
    assert described(calm) == "The last 2 checks: from 50 to 52."


@pytest.mark.parametrize("ends", [(0.0, 3.0), (97.0, 100.0), (0.0, 100.0)])
def test_a_sparkline_stays_in_its_picture(ends: tuple[float, float]) -> None:
    picture = drawn([Score(value, value, value) for value in ends])
    heights = [float(y) for y in re.findall(r"[\d.]+,(-?[\d.]+)", picture)]
    assert len(heights) >= 6
    assert all(0 <= y <= 48 for y in heights)


def test_no_rule_of_ours_fades_words_too_far() -> None:
    """Words at less than this share of the text colour fall below AA on paper."""
    allowed = {"0.75", "0.78", "0.8", "0.85", "0.9", "1"}
    files = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "dashboard").rglob("viewer.css")]
    for file in files:
        rules = re.findall(r"^(.*?)\{[^}]*(?<!-)opacity: ([\d.]+)", file.read_text(), re.M)
        faded = [(rule, share) for rule, share in rules if share not in allowed]
        # signs such as + and ✕, a radio button's own circle, and what cannot be pressed
        decoration = [rule for rule, _ in faded if re.search("::|input |:disabled", rule)]
        assert len(faded) == len(decoration), (file, faded)
