"""Components of the case page: scripts of ours under our own address, as in face_viewer.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

_COMPONENTS = Path(__file__).parent.parent / "components"


def component_of(folder: str, file: str) -> Any:
    """The component in `components/<folder>`, made of `file` with .html, .css and .js.

    Known to the runtime that runs this page: each test brings a new one.
    """
    name = f"skincare.{folder}"
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(name) is None:
        manifest = ComponentManifest("skincare", "1", [ComponentConfig(folder, folder)])
        manager.register_from_manifest(manifest, _COMPONENTS)
    html = (_COMPONENTS / folder / f"{file}.html").read_text(encoding="utf-8")
    return component(name, html=html, css=f"{file}.css", js=f"{file}.js")
