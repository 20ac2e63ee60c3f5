"""The operator may do exactly what it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluiceway.adapters import kinds
from sluiceway.api import names
from sluiceway.runtime.observe import GATEWAY, LOOKED_AT, OWNED, ROUTE
from tests.unit.chart.rendering import CI_VALUES, DEFAULT, NAMESPACED, Object, objects, one

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


def needed() -> set[Right]:
    watched = (*OWNED, *LOOKED_AT, ROUTE, GATEWAY, (names.API_VERSION, names.KIND))
    found = set(EXTRA)
    for kind in watched:
        found |= of(kind, LOOK)
    for kind in (*OWNED, ROUTE):
        found |= of(kind, {"get", "create", "patch", "delete"})
    return found


@pytest.mark.parametrize(("values", "kind"), [(DEFAULT, "ClusterRole"), (NAMESPACED, "Role")])
def test_the_operator_may_do_what_it_does_and_nothing_else(values: Path, kind: str) -> None:
    (role,) = (obj for obj in objects(values, "rbac.userRoles=false") if obj["kind"] == kind)
    assert rights(role) == needed()


def test_every_kind_that_requests_are_made_for_has_a_rule() -> None:
    allowed = {resource for _, resource, _ in rights(one("Role", objects(NAMESPACED)))}
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
