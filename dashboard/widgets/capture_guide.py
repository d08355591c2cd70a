"""How to take a photo that can be scored: three pictures, and what spoils one."""

from __future__ import annotations

import streamlit as st

# The sentences agree with what pipeline.quality refuses.
_DO = (
    ("guide_window.svg", "Face a window", "Daylight from the front, no lamp from the side."),
    ("guide_eye_level.svg", "Eye level", "Phone at arm’s length, as high as your eyes."),
    ("guide_bare_skin.svg", "Bare skin", "Face at rest, hair back; no glasses, mask or make-up."),
)
_DO_NOT = ("Filters or beauty mode", "Screenshots", "Flash or direct sun", "Other people in view")

_STYLE = """
<style>
.guide { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; }
.guide figure { margin: 0; }
.guide img { width: 100%; height: auto; display: block; border-radius: 0.8rem; }
.guide b { display: block; margin-top: 0.6rem; }
.guide-not { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem;
  padding: 0 !important; margin: 1rem 0 0; font-size: 0.95rem; }
.guide-not li { margin: 0; padding: 0; }
.guide-not li::before { content: "✕"; margin-right: 0.45rem; font-size: 0.8em; opacity: 0.75; }
@media (max-width: 640px) {
  .guide { grid-template-columns: 1fr; gap: 0.7rem; }
  .guide figure { display: grid; grid-template-columns: 7.5rem 1fr; gap: 0.9rem;
    align-items: center; }
  .guide b { margin-top: 0; }
}
</style>
"""


def capture_guide() -> None:
    figures = "".join(
        f'<figure><img src="/app/static/{file}" alt="" width="240" height="180">'
        f"<figcaption><b>{do}</b>{why}</figcaption></figure>"
        for file, do, why in _DO
    )
    avoid = "".join(f"<li>{what}</li>" for what in _DO_NOT)
    st.html(
        f'{_STYLE}<div class="guide">{figures}</div>'
        f'<ul class="guide-not" aria-label="Better without">{avoid}</ul>'
    )
