"""The files to deploy with fit the product: figures, pages, addresses, settings that exist."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from sqlalchemy import Connection

from api.figures import exposition
from core.settings import ROOT, Settings
from pipeline.backup import make

DEPLOY = ROOT / "deploy"
RUNBOOKS = ROOT / "docs" / "operations"
RULES: list[dict[str, Any]] = yaml.safe_load(
    (DEPLOY / "observability" / "alerts.yaml").read_text()
)["groups"][0]["rules"]
DASHBOARD = json.loads((DEPLOY / "observability" / "dashboard.json").read_text())
MANIFESTS = [
    one
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for one in yaml.safe_load_all(file.read_text())
]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def pods() -> list[dict[str, Any]]:
    jobs = [one["spec"]["jobTemplate"] for one in MANIFESTS if one["kind"] == "CronJob"]
    always = [one for one in MANIFESTS if one["kind"] in ("Deployment", "Job")]
    return [one["spec"]["template"]["spec"] for one in always + jobs]


def names(expression: str) -> set[str]:
    found = re.findall(r"\b(?:skincare|process)_[a-z_]+\b(?!\")", expression)
    return {name.removesuffix("_bucket") for name in found}


def test_alerts_and_dashboard_name_figures_that_the_product_gives(database: Connection) -> None:
    given = set(re.findall(r"^# TYPE (\w+) ", exposition().decode(), re.M))
    said = [rule["expr"] for rule in RULES]
    said += [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    asked = set().union(*map(names, said))
    assert len(asked) > 10
    assert asked <= given


def test_every_alert_has_a_page_that_says_what_to_do_and_every_page_an_alert() -> None:
    pages = {file.stem for file in RUNBOOKS.glob("Skincare*.md")}
    assert pages == {rule["alert"] for rule in RULES}
    for rule in RULES:
        page = (ROOT / rule["annotations"]["runbook"]).read_text()
        assert page.startswith(f"# {rule['alert']}\n")
        assert all(f"## {part}" in page for part in ("What it means", "What to do"))


def test_panels_of_the_dashboard_do_not_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells


@pytest.mark.parametrize("pod", pods(), ids=lambda pod: pod["containers"][0]["name"])
def test_pods_run_as_nobody_on_a_root_that_is_read_only_within_limits(pod: dict[str, Any]) -> None:
    (box,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert box["securityContext"]["readOnlyRootFilesystem"]
    assert box["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert box["resources"]["limits"]["memory"]


def test_kustomization_names_every_manifest() -> None:
    (own,) = (one for one in MANIFESTS if one["kind"] == "Kustomization")
    files = {file.name for file in (DEPLOY / "kubernetes").glob("*.yaml")}
    assert set(own["resources"]) == files - {"kustomization.yaml"}


def test_settings_of_compose_are_settings_of_the_product() -> None:
    known = {field.validation_alias for field in Settings.model_fields.values()}
    known |= {f"SKINCARE_{name.upper()}" for name in Settings.model_fields}
    assert set(COMPOSE["x-product"]["environment"]) <= known


def test_what_is_started_exists() -> None:
    texts = [file.read_text() for file in DEPLOY.rglob("*") if file.is_file()]
    modules = set(re.findall(r"-m[\", ]+((?:data|pipeline)\.\w+)", "\n".join(texts)))
    assert modules == {"data.migrate", "pipeline.worker"}
    assert all((ROOT / f"{name.replace('.', '/')}.py").is_file() for name in modules)
    commands = re.findall(r"run\.py[\", ]+backup(.*?)[\]\n]", "\n".join(texts))
    assert len(commands) == 2
    for command in commands:
        make.options(re.findall(r"[^\", ]+", command))  # ends the test where it is not understood
    probes = {
        box[probe]["httpGet"]["path"]
        for pod in pods()
        for box in pod["containers"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        if probe in box
    }
    assert probes == {"/health/live", "/health/ready"}
