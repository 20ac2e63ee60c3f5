"""The operator may do exactly what it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluiceway.adapters import kinds
from sluiceway.api import names
from sluiceway.runtime.observe import GATEWAY, LOOKED_AT, OWNED, ROUTE, SCALED_OBJECT
from tests.unit.chart.rendering import CI_VALUES, DEFAULT, FULL, NAMESPACED, Object, objects, one

Right = tuple[str, str, str]
"""API group, resource, verb."""

LOOK = {"list", "watch"}
EXTRA = {
    (names.GROUP, "modeldeployments", "get"),
    (names.GROUP, "modeldeployments/status", "patch"),
    (names.GROUP, "modeldeployments/finalizers", "update"),  # blockOwnerDeletion on OpenShift
    ("gateway.networking.k8s.io", "gateways", "get"),
    ("", "persistentvolumeclaims", "get"),
    ("events.k8s.io", "events", "create"),
}


def role(kind: str, name: str, found: list[Object]) -> Object:
    (wanted,) = (obj for obj in found if (obj["kind"], obj["metadata"]["name"]) == (kind, name))
    return wanted


def rights(role: Object) -> set[Right]:
    return {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def of(kind: tuple[str, str], verbs: set[str]) -> set[Right]:
    """Rights on one kind, from the very path that requests for it go to."""
    path = kinds.collection(*kind, None).strip("/").split("/")
    group = path[1] if path[0] == "apis" else ""
    return {(group, path[-1], verb) for verb in verbs}


def needed(kind: str) -> set[Right]:
    watched = (*OWNED, *LOOKED_AT, ROUTE, SCALED_OBJECT, GATEWAY, (names.API_VERSION, names.KIND))
    found = EXTRA | of(("v1", "ResourceQuota"), {"list"})
    if kind == "ClusterRole":
        # What a Role can not give: it has no namespace.
        found |= of(("v1", "Node"), {"list"})
    for each in watched:
        found |= of(each, LOOK)
    for each in (*OWNED, ROUTE, SCALED_OBJECT):
        found |= of(each, {"get", "create", "patch", "delete"})
    return found


@pytest.mark.parametrize(("values", "kind"), [(DEFAULT, "ClusterRole"), (NAMESPACED, "Role")])
def test_the_operator_may_do_what_it_does_and_nothing_else(values: Path, kind: str) -> None:
    assert rights(role(kind, "sluiceway", objects(values, "rbac.userRoles=false"))) == needed(kind)


def test_every_kind_that_requests_are_made_for_has_a_rule() -> None:
    allowed = {resource for _, resource, _ in rights(role("ClusterRole", "sluiceway", objects(DEFAULT)))}
    assert set(kinds._PLURALS.values()) <= allowed


@pytest.mark.parametrize("values", CI_VALUES, ids=lambda path: path.stem)
def test_no_role_has_wildcards_or_reads_secrets(values: Path) -> None:
    roles = [obj for obj in objects(values, "rbac.create=true") if obj["kind"] in {"Role", "ClusterRole"}]
    assert roles
    for role in roles:
        for right in rights(role):
            assert "*" not in right
            assert right[1] != "secrets"


def test_who_works_in_a_namespace_may_work_with_its_models() -> None:
    roles = {obj["metadata"]["name"]: obj for obj in objects() if obj["kind"] == "ClusterRole"}
    view, edit = roles["sluiceway-view"], roles["sluiceway-edit"]
    label = "rbac.authorization.k8s.io/aggregate-to-{}"
    assert view["metadata"]["labels"][label.format("view")] == "true"
    assert edit["metadata"]["labels"][label.format("edit")] == "true"
    assert {verb for _, _, verb in rights(view)} == {"get", "list", "watch"}
    # A view of the status, but nobody other than the operator writes it.
    assert "modeldeployments/status" not in {resource for _, resource, _ in rights(edit)}
    assert (names.GROUP, "modeldeployments/scale", "patch") in rights(edit)


def test_live_figures_are_for_those_who_are_named_and_nothing_else_is() -> None:
    found = objects(FULL)
    service, reader = one("Service", found), role("Role", "models-live", found)
    name = f"{service['metadata']['name']}:{service['spec']['ports'][0]['name']}"
    assert reader["rules"] == [
        {"apiGroups": [""], "resources": ["services/proxy"], "resourceNames": [name], "verbs": ["get"]}
    ]
    assert reader["metadata"]["namespace"] == service["metadata"]["namespace"]
    binding = one("RoleBinding", found)
    assert binding["roleRef"]["name"] == reader["metadata"]["name"]
    assert [subject["name"] for subject in binding["subjects"]] == ["sre"]
    assert not [obj for obj in objects() if obj["kind"] == "RoleBinding"], "nobody unless named"
