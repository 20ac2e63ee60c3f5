"""`lint` says without a cluster what the API server says: the same refusals, and none of what it takes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from sluiceway.kubectl.linting import Finding, dotted, lint
from tests.integration.refusals import Refusal, changed, refusals
from tests.integration.samples import everything, everything_linear
from tests.support.cluster_view import model_deployment


def findings(resource: Any) -> list[Finding]:
    return list(lint("f.yaml", yaml.safe_dump(resource, sort_keys=False)).findings)


@pytest.mark.parametrize("case", refusals(), ids=lambda case: f"{case.field}={case.value}"[:60])
def test_what_the_api_server_refuses_is_refused_in_the_same_words(case: Refusal) -> None:
    found = findings(changed(case.path, case.value))
    assert case.message in [each.message for each in found]
    assert [each.field for each in found if each.message == case.message] == [case.field]


@pytest.mark.parametrize("spec", [everything(), everything_linear()], ids=["everything", "linear"])
def test_what_the_api_server_takes_is_taken(spec: dict[str, Any]) -> None:
    assert findings(model_deployment("fraud") | {"spec": spec}) == []


def test_the_least_is_taken_with_a_status_and_all_metadata() -> None:
    resource = model_deployment("fraud") | {"status": {"serving": 3}}
    resource["metadata"] |= {"labels": {"team": "risk"}, "finalizers": []}
    assert findings(resource) == []


TEXT = """\
# Line 1 is a comment.
apiVersion: sluiceway.dev/v1alpha1
kind: ModelDeployment
metadata: {name: fraud}
spec:
  model:
    source:
      persistentVolumeClaim: {claimName: models}
  runtime:
    image: triton:1
    env:
    - {name: A, value: "1"}
    - {name: A, value: "2"}
  %s
"""

MISTAKES = {
    'replicas: "3"': (14, "spec.replicas", "this has to be a whole number, without quotes"),
    "replicas: 3.5": (14, "spec.replicas", "this has to be a whole number, without quotes"),
    "replicas: true": (14, "spec.replicas", "this has to be a whole number, without quotes"),
    "replicas: -1": (14, "spec.replicas", "Input should be greater than or equal to 0"),
    "replicas:": (14, "spec.replicas", "this is empty"),
    "rolout: {}": (14, "spec.rolout", "there is no such field; is rollout meant?"),
    "slo: {objectives: []}": (14, "spec.slo.objectives", "at least 1 has to stand here"),
    "traffic: {hostnames: [a.b]}": (14, "spec.traffic.parentRefs", "Field required"),
    "guard: disabled": (14, "spec.guard", "Input should be 'Enabled' or 'Disabled'"),
}


@pytest.mark.parametrize(("line", "expected"), MISTAKES.items(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line_and_field(line: str, expected: tuple[int, str, str]) -> None:
    found = lint("f.yaml", TEXT % line).findings
    assert (found[0].line, found[0].field, found[0].message) == (
        13,
        "spec.runtime.env[1]",
        "name A stands there twice",
    )
    assert [(each.line, each.field, each.message) for each in found[1:]] == [expected]
    assert str(found[1]) == f"f.yaml:{expected[0]}: {expected[1]}: {expected[2]}"


def test_a_value_given_twice_in_a_set_is_told() -> None:
    traffic = {"parentRefs": [{"name": "public"}], "hostnames": ["a.example", "a.example"]}
    found = findings(changed("spec.traffic", traffic))
    assert [each.message for each in found] == ["this a.example stands there twice"]


def test_of_one_mistake_nothing_else_is_said() -> None:
    assert len(findings(changed("spec.runtime.env", {"A": "1"}))) == 1


def test_other_kinds_are_passed_over_and_lists_are_looked_into() -> None:
    wrong = changed("spec.replicas", "3")
    several = {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Service"}, wrong]}
    found = lint("f.yaml", yaml.safe_dump_all([several, model_deployment("b"), None, "text"]))
    assert (found.checked, found.passed_over) == (2, 2)
    assert [each.field for each in found.findings] == ["spec.replicas"]


def test_another_version_of_the_api_is_told() -> None:
    (found,) = findings(model_deployment("fraud") | {"apiVersion": "sluiceway.dev/v1"})
    assert found.message == "write apiVersion: sluiceway.dev/v1alpha1 and kind: ModelDeployment"


BROKEN = {
    "a: [1": (1, "this is no YAML"),
    "a: 1\nb: {c: 1, c: 2}\n": (2, "c stands there twice"),
    "a: \x07": (1, "this is no YAML"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_yaml_is_told_with_its_line(text: str) -> None:
    line, words = BROKEN[text]
    (found,) = lint("f.yaml", text).findings
    assert found.line == line
    assert words in found.message


def test_a_date_without_quotes_is_the_text_that_it_is_for_kubectl() -> None:
    text = TEXT.replace('value: "1"', "value: 2026-01-02").replace(
        'name: A, value: "2"', 'name: B, value: "2"'
    )
    assert lint("f.yaml", text % "replicas: 1").findings == ()


def test_a_path_is_written_as_people_write_it() -> None:
    assert dotted(("spec", "rollout", "steps", 1, "weight")) == "spec.rollout.steps[1].weight"
    limit = ("spec", "runtime", "resources", "limits", "nvidia.com/gpu")
    assert dotted(limit) == "spec.runtime.resources.limits[nvidia.com/gpu]"
