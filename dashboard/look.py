"""The visual identity beyond what `.streamlit/config.toml` can say: logo, spacing, small parts.

All style rules of our own stand here. They touch layout only; colours come from the theme, so that
light and dark need no second rule.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STATIC = Path(__file__).parent / "static"
ICON = STATIC / "icon.png"
_LOGO = "/app/static/logo.svg"  # an address, not a file: visitors have no media

# Streamlit's test ids and `st-key-…` classes are the only stable names its markup offers.
_STYLE = """
<style>
[data-testid="stMainBlockContainer"] { max-width: 62rem; padding: 5rem 1.5rem 4rem; }
[data-testid="stAppDeployButton"], [data-testid="stMainMenu"], footer { display: none; }
[data-testid="stHeader"] {
  border-bottom: 1px solid color-mix(in srgb, currentColor 12%, transparent);
}
[data-testid="stLogo"] { height: 2rem; }
h1, h2, h3 { letter-spacing: -0.01em; text-wrap: balance; }
[data-testid="stMetricValue"], .tabular { font-variant-numeric: tabular-nums; }
[data-testid="stMetricLabel"] p { font-size: 0.95rem; font-weight: 600; }
:focus-visible {
  outline: 3px solid color-mix(in srgb, currentColor 55%, transparent);
  outline-offset: 2px;
}
.st-key-narrow { max-width: 30rem; margin-inline: auto; }
.st-key-narrow h1 { text-align: center; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 4.5rem 1rem 3rem; }
  h1 { font-size: 1.7rem !important; }
}
/* White on the dark theme's light green would be hard to read. */
@media (prefers-color-scheme: dark) {
  [data-testid^="stBaseButton-primary"] { color: #10201c; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; transition: none !important; }
}
</style>
"""


def dress() -> None:
    """Style and logo; called once at the start of every run."""
    st.html(_STYLE)
    st.logo(_LOGO, size="large", link=None)


def page_header(title: str, lead: str | None = None) -> None:
    """The heading of a page. Both are our own words: escape what a person wrote (words.plain)."""
    st.title(title, anchor=False)
    if lead:
        st.markdown(f":gray[{lead}]")
