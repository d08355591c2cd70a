"""The environment is installed when a list changed, and only then; what is missing is said."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run
from core import environment


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of the test's own, with two lists and the running Python as its .venv."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "requirements.txt").write_text("uv==1.2.3\nidna==3 ; os_name == 'posix'\n")
    (tmp_path / "requirements-dev.txt").write_text("uv==1.2.3\nidna==3\npytest==9\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(environment, "PRODUCT", tmp_path / "requirements.txt")
    monkeypatch.setattr(environment, "DEVELOPMENT", tmp_path / "requirements-dev.txt")
    monkeypatch.setattr(environment, "_INSTALLED", venv / ".installed")
    return tmp_path


@pytest.fixture
def installed(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the lists that were installed, in order; nothing is really fetched."""
    names: list[str] = []
    monkeypatch.setattr(environment, "_sync", lambda wanted: names.append(wanted.name))
    return names


def test_a_list_is_installed_once_and_again_after_it_changed(
    project: Path, installed: list[str]
) -> None:
    for _ in range(2):
        if not environment._holds(environment.PRODUCT):
            environment._install(environment.PRODUCT)
    assert installed == ["requirements.txt"]
    environment.PRODUCT.write_text("uv==1.2.4\n")
    assert not environment._holds(environment.PRODUCT)


def test_a_developers_environment_serves_the_product_too(
    project: Path, installed: list[str]
) -> None:
    environment._install(environment.DEVELOPMENT)
    assert environment._holds(environment.PRODUCT)
    assert environment._holds(environment.DEVELOPMENT)


def test_the_products_environment_does_not_serve_the_tests(
    project: Path, installed: list[str]
) -> None:
    environment._install(environment.PRODUCT)
    assert not environment._holds(environment.DEVELOPMENT)


def test_a_start_does_not_take_the_developers_tools_away(
    project: Path, installed: list[str]
) -> None:
    environment._install(environment.DEVELOPMENT)
    environment.DEVELOPMENT.write_text("uv==1.2.4\npytest==9\n")
    environment.PRODUCT.write_text("uv==1.2.4\n")
    environment._install(environment.PRODUCT)
    assert installed[-1] == "requirements-dev.txt"


def test_an_environment_whose_python_was_removed_does_not_hold(
    project: Path, installed: list[str]
) -> None:
    environment._install(environment.PRODUCT)
    environment.PYTHON.unlink()
    environment.PYTHON.symlink_to("/gone/python3")
    assert not environment._holds(environment.PRODUCT)


def test_an_interrupted_installation_is_not_taken_for_a_whole_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment._INSTALLED.write_text("{}")

    def interrupted(_wanted: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "_sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment._install(environment.PRODUCT)
    assert not environment._INSTALLED.exists()


def test_without_venv_the_debian_package_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "ensurepip" else find_spec(name)
    )
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(environment.CannotInstall, match=r"apt-get install python3\.\d+-venv"):
        environment._make_venv()


def test_without_uv_pip_installs_the_same_list(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def call(command: list[str]) -> int:
        commands.append(command)
        return 1 if "uv" in command or "uv==1.2.3" in command else 0

    monkeypatch.setattr(subprocess, "call", call)
    environment._sync(environment.PRODUCT)
    assert commands[-1][1:3] == ["-m", "pip"]
    assert commands[-1][-3:] == ["--no-deps", "-r", str(environment.PRODUCT)]


def test_when_nothing_can_be_fetched_it_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "call", lambda _command: 1)
    with pytest.raises(environment.CannotInstall, match="connection"):
        environment._sync(environment.PRODUCT)


@pytest.mark.parametrize("version", [(3, 8, 1), (3, 14, 0)])
def test_a_python_that_does_not_fit_is_said_with_those_that_do(
    version: tuple[int, int, int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert run.main(["start"]) == 1
    assert "needs Python 3.11, 3.12 or 3.13" in capsys.readouterr().err


def test_both_lists_pin_what_the_product_needs() -> None:
    product, development = (
        {line.split()[0] for line in file.read_text().splitlines() if "==" in line.split("#")[0]}
        for file in (environment.PRODUCT, environment.DEVELOPMENT)
    )
    assert len(product) > 50
    assert product <= development


def test_the_lists_keep_out_what_the_overrides_forbid() -> None:
    forbidden = (environment.ROOT / "requirements-never.txt").read_text()
    names = {line.split()[0] for line in forbidden.splitlines() if line.strip()}
    pinned = environment.DEVELOPMENT.read_text().splitlines()
    assert {"mediapipe", "opencv-python"} <= names
    assert [line for line in pinned if line.split("==")[0] in names] == []
