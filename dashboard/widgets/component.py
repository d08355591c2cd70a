"""Components of ours: scripts that work in the browser, each in a folder of `components/`.

Their files come from our own address, for the content security policy allows no other. Streamlit
looks for such files in installed packages only; these are named to it by hand.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

_COMPONENTS = Path(__file__).parent.parent / "components"


def component_of(folder: str, file: str, *, style: str = "") -> Any:
    """The component in `components/<folder>`, made of `file` with .html, .css and .js.

    Known to the runtime that runs this page: each test brings a new one. `style` goes before its
    HTML.
    """
    name = f"skincare.{folder}"
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(name) is None:
        manifest = ComponentManifest("skincare", "1", [ComponentConfig(folder, folder)])
        manager.register_from_manifest(manifest, _COMPONENTS)
    return _made(name, folder, file, style)


@cache
def _made(name: str, folder: str, file: str, style: str) -> Any:
    """Once a process: Streamlit looks for the files, and a mount tells a new runtime of them."""
    html = (_COMPONENTS / folder / f"{file}.html").read_text(encoding="utf-8")
    return component(name, html=style + html, css=f"{file}.css", js=f"{file}.js")
