"""How the case page differs from the others: as wide as the screen, the photo stays in sight."""

from __future__ import annotations

STYLE = """<style>
[data-testid="stMainBlockContainer"] { max-width: 110rem; padding-top: 4.5rem; }
.st-key-case_head h1 { padding: 0; margin: 0; font-size: 1.75rem; line-height: 1; }
.st-key-case_head [data-testid="stHeaderActionElements"] { display: none; }
.st-key-case_head [data-testid="stMarkdownContainer"] { margin: 0; }
.st-key-case_head { align-items: center; }
@media (min-width: 800px) {
  [data-testid="stColumn"]:has(.st-key-case_left) { position: sticky; top: 4rem;
    align-self: flex-start; max-height: calc(100vh - 4.5rem); overflow-y: auto; }
}
.st-key-grade_panel [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; gap: 0.5rem; }
.st-key-grade_panel [data-testid="stColumn"] { min-width: 0; }
.st-key-grade_panel [data-testid="stButtonGroup"] div { flex-wrap: wrap; overflow: visible;
  mask-image: none; }
@media (max-width: 640px) {
  .st-key-grade_panel [data-testid="stForm"] [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-grade_panel [data-testid="stColumn"]:first-child { flex: 1 1 100%; }
  .st-key-grade_panel [data-testid="stColumn"]:not(:first-child) { flex: 1 1 40%; }
}
</style>"""
