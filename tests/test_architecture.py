"""Rules about the project as a whole that no single part can check of itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT, Settings

FOLDERS = (
    "core", "data", "models", "pipeline", "dashboard", "api", "evaluation", "bench", "tests",
)  # fmt: skip
LONGEST_FILE = 400  # lines
WORKER_ONLY = (
    "tensorflow",
    "keras",
    "ai_edge_litert",
    "cv2",
    "scipy",
    "models.scorer",
    "models.landmarks",
)


def python_files() -> list[Path]:
    folders = [file for name in FOLDERS for file in (ROOT / name).rglob("*.py")]
    return [*folders, *ROOT.glob("*.py")]


def test_the_example_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    shown = set(re.findall(r"^([A-Z0-9_]+)=", text, re.M))
    known = {
        str(field.validation_alias or f"SKINCARE_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }
    assert shown == known


def test_the_examples_values_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SKINCARE_VAR")
    example = Settings(_env_file=str(ROOT / ".env.example"))
    assert example == Settings(_env_file=None)


def test_no_file_is_too_long_to_read() -> None:
    files = [f for f in python_files() if "versions" not in f.parts]  # migrations are records
    lengths = {file: len(file.read_text().splitlines()) for file in files}
    assert len(lengths) > 50
    assert {str(f): n for f, n in lengths.items() if n > LONGEST_FILE} == {}


def test_every_folder_of_code_is_a_package() -> None:
    """A folder without __init__.py loses its name to any installed package."""
    folders = {file.parent for file in python_files() if file.parent != ROOT}
    assert [str(f) for f in folders if not (f / "__init__.py").exists()] == []


@pytest.mark.parametrize(
    "file", ["run.py", "core/environment.py", "core/locks.py", "core/child.py", "core/__init__.py"]
)
def test_what_runs_before_the_installation_needs_the_standard_library_only(file: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    # called after enter()
    installed_first = {"test", "start", "demo", "grant", "reset_second_factor", "score"}
    installed_first |= {"evaluate", "rescore", "recalibrate", "export_gradings"}
    installed_first |= {
        "export_analytics",
        "check_analytics",
        "verify_audit",
        "rotate_keys",
        "backup",
        "restore",
        "audit_dependencies",
        "train",
    }
    needed: set[str] = set()
    for node in _outside_of(tree, installed_first):
        if isinstance(node, ast.Import):
            needed |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = str(node.module)
            needed |= {f"{package}.{a.name}" if package == "core" else package for a in node.names}
    own = {"core.environment", "core.locks", "core.errors"}
    others = {name for name in needed - own if name.split(".")[0] not in sys.stdlib_module_names}
    assert others == set()


@pytest.mark.parametrize("file", ["run.py", "core/environment.py", "core/locks.py"])
def test_what_looks_for_a_fitting_python_can_be_read_by_an_old_one(file: str) -> None:
    ast.parse((ROOT / file).read_text(), feature_version=(3, 7))


_IMPORT_ALL_THE_WEB_MAY = """
import ast, pathlib, sys
import server
for folder in ("dashboard", "api"):
    for file in pathlib.Path(folder).rglob("*.py"):
        nodes = ast.walk(ast.parse(file.read_text()))
        imports = [n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
        imports.sort(key=lambda n: getattr(n, "module", "") != "__future__")
        exec(compile(ast.Module(imports, []), str(file), "exec"), {})
print("loaded:", *[name for name in sys.argv[1:] if name in sys.modules])
"""


@pytest.mark.slow
def test_the_web_process_never_loads_what_belongs_to_the_worker() -> None:
    """Not at its start, and not by any import in a page or route, wherever it stands."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL_THE_WEB_MAY, *WORKER_ONLY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded:"


def _outside_of(tree: ast.AST, functions: set[str]) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            continue
        found += [node, *_outside_of(node, functions)]
    return found
