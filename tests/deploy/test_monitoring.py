"""Dashboard and alerts ask for metrics, labels and routes that the service really has."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
import yaml

from genderlens.service.app import create_app
from genderlens.service.models.drift import INDEX, LABELS, VALUES, WINDOW
from genderlens.service.telemetry.metrics import Metrics
from genderlens.settings import Settings
from genderlens.types import Outcome

MONITORING = Path(__file__).parents[2] / "deploy/monitoring"
DASHBOARD = json.loads((MONITORING / "grafana/dashboards/genderlens.json").read_text("utf-8"))
ALERTS = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))


def expressions() -> list[str]:
    panels = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return panels + [rule["expr"] for group in ALERTS["groups"] for rule in group["rules"]]


def series() -> dict[str, set[str]]:
    """Name of every series that the service exports → its labels."""
    metrics, known = Metrics(), {}
    for collector in vars(metrics).values():
        labels = set(getattr(collector, "_labelnames", ()))
        ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}
        for end in ends.get(getattr(collector, "_type", ""), []):
            known[collector._name + end] = labels | ({"le"} if end == "_bucket" else set())
    known |= {INDEX: set(LABELS), WINDOW: set(LABELS[:1]), f"{VALUES}_bucket": {*LABELS, "le"}}
    return known | {f"{VALUES}{end}": set(LABELS) for end in ("_sum", "_count")}


@pytest.mark.parametrize("expression", expressions())
def test_metrics_and_labels_exist(expression: str) -> None:
    known = series()
    named = re.findall(r"\b(genderlens_\w+)(?:\{([^}]*)\})?", expression)
    assert named or expression.startswith("up{")
    for name, selectors in named:
        assert name in known, name
        asked = set(re.findall(r"(\w+)\s*(?:=~|!=|=)", selectors))
        assert asked <= known[name], name
    grouped = {
        label.strip()
        for group in re.findall(r"by \(([^)]*)\)", expression)
        for label in group.split(",")
    }
    assert grouped <= set().union(*(known[name] for name, _ in named)) if named else not grouped


def test_routes_and_outcomes_exist() -> None:
    paths = set(create_app(Settings()).openapi()["paths"])
    outcomes = {outcome.value for outcome in Outcome}
    for expression in expressions():
        for route in re.findall(r'route=~?"([^"]*)"', expression):
            assert any(re.fullmatch(route, path) for path in paths), route
        for pattern in re.findall(r'outcome=~?"([^"]*)"', expression):
            assert set(pattern.split("|")) <= outcomes


def test_panels_are_complete_and_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    identifiers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(identifiers)) == len(identifiers)
    for panel in DASHBOARD["panels"]:
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        cells = _cells(panel["gridPos"])
        assert not cells & taken
        assert all(column < 24 for column, _ in cells)
        taken |= cells


def _cells(place: dict[str, int]) -> set[tuple[int, int]]:
    columns = range(place["x"], place["x"] + place["w"])
    rows = range(place["y"], place["y"] + place["h"])
    return {(column, row) for column in columns for row in rows}


def test_the_dashboard_asks_the_provisioned_source() -> None:
    text = (MONITORING / "grafana/datasources/prometheus.yaml").read_text("utf-8")
    (source,) = yaml.safe_load(text)["datasources"]
    assert {_source(panel)["uid"] for panel in DASHBOARD["panels"]} == {source["uid"]}


def _source(panel: dict[str, Any]) -> dict[str, str]:
    source: dict[str, str] = panel["datasource"]
    return source


def test_prometheus_asks_the_service_of_compose() -> None:
    compose = yaml.safe_load((MONITORING.parent / "compose.yaml").read_text("utf-8"))
    config = yaml.safe_load((MONITORING / "prometheus.yml").read_text("utf-8"))
    (target,) = config["scrape_configs"][0]["static_configs"][0]["targets"]
    host, port = target.split(":")
    assert compose["services"][host]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert config["rule_files"] == ["alerts.yml"]


def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("no promtool on the path: it is in Debian's package prometheus")
    return found


def test_every_alert_is_made_to_fire() -> None:
    cases = yaml.safe_load((MONITORING / "alerts_test.yml").read_text("utf-8"))["tests"]
    checks = [check for case in cases for check in case["alert_rule_test"]]
    fired = {check["alertname"] for check in checks if check.get("exp_alerts")}
    silent = {check["alertname"] for check in checks if not check.get("exp_alerts")}
    rules = {rule["alert"] for group in ALERTS["groups"] for rule in group["rules"]}
    assert fired == rules
    assert silent <= rules


def test_alerts_fire_when_they_should() -> None:
    command = [promtool(), "test", "rules", MONITORING / "alerts_test.yml"]
    done = run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_nothing() -> None:
    # Only the syntax: the key that the file names is made with the deployment.
    command = [promtool(), "check", "config", "--syntax-only", MONITORING / "prometheus.yml"]
    done = run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
