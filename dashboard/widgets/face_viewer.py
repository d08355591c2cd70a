"""The viewer of a face as a component: pictures, marks and controls that work in the browser.

docs/decisions/pages-face-viewer.md says why there is a component at all.
"""

from __future__ import annotations

from typing import Any

from dashboard.widgets.component import component_of
from dashboard.widgets.score_rows import STYLE


def face_viewer(data: dict[str, Any], *, key: str) -> None:
    """Show what `viewer_data` made. A new run with the same `id` in it changes nothing."""
    component_of("face_viewer", "viewer", style=STYLE)(data=data, key=key)
