"""Alerts and the dashboard: Prometheus understands them, and they ask only for what the operator tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluiceway.runtime.endings import ALWAYS
from tests.fakes.scraped import LABELS, busy, samples, scraped
from tests.support.promtool import promtool
from tests.unit.chart.rendering import CHART, DEFAULT, FULL, HelmError, Object, objects, one, render

ALERTS = CHART / "files" / "alerts.yaml"
CASES = Path(__file__).parent / "alerts.test.yaml"
DASHBOARD: dict[str, Any] = json.loads((CHART / "files" / "dashboard.json").read_text(encoding="utf-8"))
RULES: dict[str, Object] = {
    rule["alert"]: rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]
}
STAND_INS = {"$__rate_interval": "1m", "$namespace": "models", "$name": "fraud"}
TESTS = CASES.parents[1]
_GIVEN = re.compile(r"^(\w+) +(True|False|Unknown) +(\w+)$", re.MULTILINE)
_EXACTLY = re.compile(r'(type|status|reason)="([^"]*)"')
_METRIC = re.compile(r"\b(?:sluiceway|process|python|go|kube|up)_\w+|\bup\b")
_MATCHED = re.compile(r"\{([^}]*)\}")
_LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')
_SHOWN = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")


def panels() -> list[Object]:
    return [each for each in DASHBOARD["panels"] if each["type"] != "row"]


def dashboard_queries() -> Iterator[str]:
    for panel in panels():
        for target in panel["targets"]:
            text = target["expr"]
            for place, value in STAND_INS.items():
                text = text.replace(place, value)
            yield text


def variable_queries() -> Iterator[str]:
    for each in DASHBOARD["templating"]["list"]:
        if each["type"] == "query":
            yield each["query"]["query"]


@pytest.fixture(scope="module")
def told() -> set[str]:
    """Names of all that the operator tells."""
    return {each.name for each in samples(scraped(busy()))}


def test_every_query_asks_for_what_is_told(told: set[str]) -> None:
    queries = [*dashboard_queries(), *variable_queries(), *(rule["expr"] for rule in RULES.values())]
    assert len(queries) > 30
    for query in queries:
        asked = set(_METRIC.findall(query))
        assert asked, query
        assert asked <= told, f"{asked - told} in {query}"
        matched = {label for inner in _MATCHED.findall(query) for label in _LABEL.findall(inner)}
        assert matched <= LABELS, query


def test_prometheus_understands_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(dashboard_queries())]
    path = tmp_path / "dashboard.yaml"
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", path)


def test_prometheus_understands_the_alerts() -> None:
    promtool("check", "rules", "--lint=all", "--lint-fatal", ALERTS)


def test_alerts_fire_when_they_should() -> None:
    promtool("test", "rules", CASES)


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    cases = [case for test in yaml.safe_load(CASES.read_text())["tests"] for case in test["alert_rule_test"]]
    fires = {case["alertname"] for case in cases if case.get("exp_alerts")}
    rests = {case["alertname"] for case in cases if not case.get("exp_alerts")}
    assert fires == set(RULES)
    assert set(RULES) - rests <= {"SluicewayWatchSilent"}, "its case has a neighbour that is silent"


@pytest.mark.parametrize("name", RULES)
def test_an_alert_says_how_bad_it_is_and_what_to_do(name: str) -> None:
    rule = RULES[name]
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description"}
    shown = {label for text in rule["annotations"].values() for label in _SHOWN.findall(text)}
    assert shown <= LABELS


def test_alerts_are_about_conditions_that_are_given_and_outcomes_that_there_are() -> None:
    goldens = [path for room in ("core", "runtime") for path in (TESTS / room / "golden").glob("*.txt")]
    given = {triple for path in goldens for triple in _GIVEN.findall(path.read_text(encoding="utf-8"))}
    assert len(given) > 30
    for name, rule in RULES.items():
        for inner in _MATCHED.findall(rule["expr"]):
            wanted = dict(_EXACTLY.findall(inner))
            found = [dict(zip(("type", "status", "reason"), one, strict=True)) for one in given]
            assert "type" not in wanted or any(wanted.items() <= one.items() for one in found), name
            for outcomes in re.findall(r'outcome=~"([^"]*)"', inner):
                assert set(outcomes.split("|")) <= set(ALWAYS), name


def test_panels_do_not_cover_each_other_and_have_titles_of_their_own() -> None:
    cells = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in cells, panel["title"]
                assert x < 24
                cells.add((x, y))
    for field in ("id", "title"):
        values = [panel[field] for panel in DASHBOARD["panels"]]
        assert len(values) == len(set(values))


def test_legends_name_labels_that_there_are() -> None:
    shown = {
        label
        for panel in panels()
        for target in panel["targets"]
        for label in _SHOWN.findall(target["legendFormat"])
    }
    assert shown <= LABELS


def test_nothing_of_it_is_installed_unless_asked_for() -> None:
    kinds = {obj["kind"] for obj in objects()}
    assert not kinds & {"ServiceMonitor", "PrometheusRule", "ConfigMap"}


def test_the_release_installs_the_files_as_they_are() -> None:
    found = objects(FULL)
    assert one("PrometheusRule", found)["spec"] == yaml.safe_load(ALERTS.read_text())
    (board,) = (
        obj for obj in found if obj["kind"] == "ConfigMap" and obj["metadata"]["name"].endswith("-dashboard")
    )
    assert json.loads(board["data"]["sluiceway.json"]) == DASHBOARD
    default = one("ConfigMap", objects(DEFAULT, "dashboard.enabled=true"))
    assert default["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_the_monitor_finds_the_service_and_keeps_our_namespaces() -> None:
    found = objects(FULL)
    monitor, service = one("ServiceMonitor", found), one("Service", found)
    selector = monitor["spec"]["selector"]["matchLabels"]
    assert selector.items() <= service["metadata"]["labels"].items()
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["port"] == service["spec"]["ports"][0]["name"]
    assert endpoint["honorLabels"] is True


def test_an_interval_that_prometheus_would_refuse_is_refused() -> None:
    with pytest.raises(HelmError, match="/metrics/serviceMonitor/interval"):
        render(DEFAULT, "metrics.serviceMonitor.interval=often")
