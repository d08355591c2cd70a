"""The viewer of a face as a component: pictures, marks and controls that work in the browser.

Its script is a file of ours under our own address, for the content security policy allows no
other. Streamlit looks for such files in installed packages only; this one is named to it by hand.
docs/decisions/pages-face-viewer.md says why there is a component at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from dashboard.widgets.score_rows import STYLE

_COMPONENTS = Path(__file__).parent.parent / "components"
_FOLDER = "face_viewer"
_NAME = f"skincare.{_FOLDER}"
_HTML = (_COMPONENTS / _FOLDER / "viewer.html").read_text(encoding="utf-8")


def face_viewer(data: dict[str, Any], *, key: str) -> None:
    """Show what `viewer_data` made. A new run with the same `id` in it changes nothing."""
    _registered()(data=data, key=key)


def _registered() -> Any:
    """The component, known to the runtime that runs this page: each test brings a new one."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(_NAME) is None:
        package, _, name = _NAME.partition(".")
        manifest = ComponentManifest(package, "1", [ComponentConfig(name, _FOLDER)])
        manager.register_from_manifest(manifest, _COMPONENTS)
    return component(_NAME, html=STYLE + _HTML, css="viewer.css", js="viewer.js")
