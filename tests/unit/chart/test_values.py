"""values.yaml, its schema and the values files of ci/ know the same keys, and the schema refuses others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.unit.chart.rendering import CHART, DEFAULT, FULL, HelmError, render

VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
FREE = {"resources", "affinity"}
"""Values of a form that Kubernetes defines, not the chart."""


def leaves(values: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict) and value and key not in FREE:
            yield from leaves(value, f"{path}{key}.")
        else:
            yield path + key, value


def allowed(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    for key, value in schema["properties"].items():
        if "properties" in value and key not in FREE:
            yield from allowed(value, f"{path}{key}.")
        else:
            yield path + key


def test_the_schema_names_exactly_the_values_there_are() -> None:
    # Helm itself hands "global" down to every subchart.
    assert set(allowed(SCHEMA)) - {"global"} == {path for path, _ in leaves(VALUES)}


def test_full_values_change_every_default() -> None:
    given, defaults = yaml.safe_load(FULL.read_text()), dict(leaves(VALUES))
    # An empty group in values.yaml is one leaf there, whatever is put into it.
    found = {path: _at(given, path) for path in defaults}
    unchanged = {path for path, value in found.items() if value is None or value == defaults[path]}
    assert unchanged == set()


def _at(values: dict[str, Any], path: str) -> Any:
    value: Any = values
    for key in path.split("."):
        value = (value or {}).get(key)
    return value


def test_every_value_is_explained() -> None:
    lines = (CHART / "values.yaml").read_text().splitlines()
    groups = {key for key, value in VALUES.items() if isinstance(value, dict) and value and key not in FREE}
    for number, line in enumerate(lines):
        key = line.strip().partition(":")[0]
        is_value = line and not line.strip().startswith("#") and len(line) - len(line.lstrip()) <= 2
        inside_free = line.startswith("  ") and key in {"requests", "limits"}
        if is_value and key not in groups and not inside_free:
            assert lines[number - 1].strip().startswith("#"), f"line {number + 1}: {key} has no comment"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("replicas=2", "additional properties 'replicas' not allowed"),
        ("image.repo=x", "additional properties 'repo' not allowed"),
        ("image.tag=12", "at '/image/tag': got number, want string"),
        ("image.repository=a@sha256:b", "at '/image/repository'"),
        ("image.digest=abc", "at '/image/digest'"),
        ("image.pullPolicy=Sometimes", "at '/image/pullPolicy'"),
        ("imagePullSecrets[0]=registry", "at '/imagePullSecrets/0': got string, want object"),
        ("watchNamespace=a_b", "at '/watchNamespace'"),
        ("crds.enabled=yes", "at '/crds/enabled': got string, want boolean"),
        ("serviceAccount.create=false", "at '/serviceAccount/name': minLength"),
        ("logging.level=debug", "additional properties 'level' not allowed"),
        ("providers=prometheus", "at '/providers': got string, want array"),
        ("providers[0].name=a", "missing property 'address'"),
        ("providers[0].name=A", "at '/providers/0/name'"),
        ("providers[0].name=-a", "at '/providers/0/name'"),
        ("providers[0].address=prometheus:9090", "at '/providers/0/address'"),
        ("providers[0].address=http://me:secret@a", "at '/providers/0/address'"),
        ("providers[0].url=http://a", "additional properties 'url' not allowed"),
        ("providers[0].timeoutSeconds=31", "at '/providers/0/timeoutSeconds': maximum"),
        ("providers[0].intervalSeconds=0.1", "at '/providers/0/intervalSeconds'"),
        ("providers[0].caFile=ca.crt", "at '/providers/0/caFile'"),
        ("extraVolumes[0].secret=a", "missing property 'name'"),
        ("extraVolumeMounts[0].name=a", "missing property 'mountPath'"),
        ("extraArgs=--verbose", "at '/extraArgs': got string, want array"),
        ("resources.limit.memory=1Gi", "additional properties 'limit' not allowed"),
        ("runAsUser=0", "at '/runAsUser': minimum"),
        ("podAnnotations.a=1", "at '/podAnnotations/a': got number, want string"),
        ("affinity.nodeSelector.a=b", "additional properties 'nodeSelector' not allowed"),
        ("tolerations.key=a", "at '/tolerations': got object, want array"),
    ],
)
def test_wrong_values_are_refused_where_they_stand(setting: str, words: str) -> None:
    with pytest.raises(HelmError) as refusal:
        render(DEFAULT, setting)
    assert words in str(refusal.value)
