"""The HTML shell of every page: Streamlit's, under our name and without what we do not serve."""

from __future__ import annotations

import re
from pathlib import Path

NAME = "Skincare AI"

_NO_SCRIPT = (
    "<noscript><p>Skincare AI shows its pages with JavaScript. "
    "Please allow it for this address.</p></noscript>"
)


def assets(folder: Path) -> frozenset[str]:
    """The paths under `/static/` that exist. For any other, Streamlit would answer its shell."""
    files = (folder / "static").rglob("*")
    return frozenset(f"/{file.relative_to(folder).as_posix()}" for file in files if file.is_file())


def document(index: Path, *, icon: str | None) -> bytes:
    """The shell from Streamlit's `index.html`; `icon` is the address of the page icon.

    Its inline script goes (the content security policy would refuse it; nothing needs it), and
    so do the pointers to the agent API, which is closed, and the preload of a font not used here.
    Asset addresses become absolute, so that a page address of any depth finds them.
    """
    html = index.read_text(encoding="utf-8")
    html = re.sub(r"<!--.*?-->", "", html, flags=re.S)
    html = re.sub(r"<script>.*?</script>", "", html, flags=re.S)
    html = re.sub(r"<noscript>.*?</noscript>", _NO_SCRIPT, html, flags=re.S)
    html = re.sub(r'<link\s+rel="(?:service-desc|preload)"[^>]*>', "", html)
    html = re.sub(r"<title>.*?</title>", f"<title>{NAME}</title>", html, flags=re.S)
    html = re.sub(
        r'<link\s+rel="shortcut icon"[^>]*>',
        f'<link rel="icon" href="{icon}">' if icon else "",
        html,
    )
    html = re.sub(r'(href|src)="\./', r'\1="/', html)
    return re.sub(r"\n\s*\n+", "\n", html).encode("utf-8")
