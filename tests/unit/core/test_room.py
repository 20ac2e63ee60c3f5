"""How many more pods have room, as far as GPUs and other whole resources go."""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.build.objects import Object
from sluiceway.core.room import Room, Surroundings, room, takes, whole

GPU, SLICE = "nvidia.com/gpu", "nvidia.com/mig-1g.10gb"


def gpus(
    name: str = "a", count: int = 4, *, taints: Any = (), labels: Any = None, off: bool = False
) -> Object:
    """Return a node with so many GPUs."""
    return {
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"taints": list(taints), "unschedulable": off},
        "status": {"allocatable": {"cpu": "8", GPU: str(count)}},
    }


def pod(on: str = "", phase: str = "Running", **limits: str) -> Object:
    return {"spec": {"nodeName": on, **spec(**(limits or {GPU: "1"}))}, "status": {"phase": phase}}


def spec(**limits: str) -> dict[str, Any]:
    return {"containers": [{"name": "triton", "resources": {"limits": {"cpu": "1", **limits}}}]}


def template(*, count: str = "1", resource: str = GPU, **more: Any) -> Object:
    return {"spec": spec(**{resource: count}) | more}


def found(what: Object, *nodes: Object, pods: tuple[Object, ...] = (), quotas: Any = ()) -> Room:
    there = room(what, Surroundings(nodes, pods, tuple(quotas)))
    assert there is not None
    return there


def test_who_needs_no_whole_resource_is_not_counted() -> None:
    assert room({"spec": spec(memory="1Gi")}, Surroundings((gpus(),))) is None


TAKES: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "containers together": (
        {"containers": [*spec(**{GPU: "1"})["containers"], *spec(**{GPU: "2"})["containers"]]},
        {GPU: 3},
    ),
    "the largest of those that run before": (
        {"initContainers": spec(**{GPU: "4"})["containers"], **spec(**{GPU: "1"})},
        {GPU: 4},
    ),
    "those that run beside": (
        {
            "initContainers": [{**spec(**{GPU: "1"})["containers"][0], "restartPolicy": "Always"}],
            **spec(**{GPU: "1"}),
        },
        {GPU: 2},
    ),
    "each kind on its own": (spec(**{GPU: "1", SLICE: "2"}), {GPU: 1, SLICE: 2}),
    "no processor, memory, pages or devices of Kubernetes itself": (
        spec(**{"hugepages-2Mi": "4Mi", "kubernetes.io/batch": "1"}),
        {},
    ),
    "nothing that is none": (spec(**{GPU: "0"}), {}),
}


@pytest.mark.parametrize("what", TAKES)
def test_a_pod_takes(what: str) -> None:
    given, expected = TAKES[what]
    assert takes(given) == expected


@pytest.mark.parametrize(("text", "number"), [("8", 8), (3, 3), ("1k", 1000), ("2M", 2_000_000), ("x", 0)])
def test_whole_numbers(text: object, number: int) -> None:
    assert whole(text) == number


def test_what_pods_have_is_not_free() -> None:
    others = (pod("a"), pod("a", phase="Pending"), pod("b"))
    there = found(template(), gpus("a"), gpus("b"), pods=others)
    assert (there.fits, there.free, there.nodes) == (5, {GPU: 5}, 2)


@pytest.mark.parametrize("over", ["Succeeded", "Failed"])
def test_what_is_over_has_nothing(over: str) -> None:
    assert found(template(), gpus(), pods=(pod("a", phase=over),)).fits == 4


def test_who_has_no_node_has_nothing() -> None:
    assert found(template(), gpus(), pods=(pod(),)).fits == 4


def test_more_than_a_node_has_was_given_away() -> None:
    assert found(template(), gpus(count=1), pods=(pod("a"), pod("a"))).free == {GPU: 0}


def test_the_gpus_of_one_pod_are_on_one_node() -> None:
    there = found(template(count="2"), gpus("a", 3), gpus("b", 1), gpus("c", 2))
    assert (there.fits, there.free) == (2, {GPU: 6})


def test_slices_are_a_resource_of_their_own() -> None:
    mixed = gpus("a")
    mixed["status"]["allocatable"][SLICE] = "7"
    there = found(template(resource=SLICE), mixed, gpus("b"))
    assert (there.fits, there.nodes) == (7, 1)


def in_zones(operator: str, *values: str) -> dict[str, Any]:
    return affinity(zones(*values, operator=operator))


def zones(*values: str, operator: str = "In") -> dict[str, Any]:
    return {"matchExpressions": [{"key": "zone", "operator": operator, "values": list(values)}]}


def affinity(*terms: dict[str, Any]) -> dict[str, Any]:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    return {"affinity": {"nodeAffinity": required}}


NO_GPU = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
PLACES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "everywhere": ({}, ["1", "2"]),
    "by a label": ({"nodeSelector": {"zone": "1"}}, ["1"]),
    "by a label that no node has": ({"nodeSelector": {"zone": "9"}}, []),
    "in": (in_zones("In", "2", "3"), ["2"]),
    "not in": (in_zones("NotIn", "2"), ["1"]),
    "exists": (in_zones("Exists"), ["1", "2"]),
    "exists not": (in_zones("DoesNotExist"), []),
    "greater": (in_zones("Gt", "1"), ["2"]),
    "less": (in_zones("Lt", "2"), ["1"]),
    "less than no number": (in_zones("Lt", "many"), []),
    "either of two": (affinity(zones("1"), zones("2")), ["1", "2"]),
    "nothing said": (affinity({}), []),
    "by name": (
        affinity({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n2"]}]}),
        ["2"],
    ),
}


@pytest.mark.parametrize("how", PLACES)
def test_only_nodes_that_may_take_the_pod_count(how: str) -> None:
    given, expected = PLACES[how]
    nodes = [gpus(f"n{zone}", labels={"zone": zone}) for zone in ("1", "2")]
    taking = [each for each in nodes if found(template(**given), each).fits]
    assert [each["metadata"]["labels"]["zone"] for each in taking] == expected


TOLERATIONS: dict[str, tuple[list[dict[str, str]], bool]] = {
    "none": ([], False),
    "this taint": ([{"key": "nvidia.com/gpu", "value": "present"}], True),
    "another value": ([{"key": "nvidia.com/gpu", "value": "absent"}], False),
    "any value": ([{"key": "nvidia.com/gpu", "operator": "Exists"}], True),
    "another key": ([{"key": "spot", "operator": "Exists"}], False),
    "another effect": (
        [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoExecute"}],
        False,
    ),
    "everything": ([{"operator": "Exists"}], True),
}


@pytest.mark.parametrize("how", TOLERATIONS)
def test_a_taint_keeps_off_who_does_not_tolerate_it(how: str) -> None:
    given, expected = TOLERATIONS[how]
    tainted = gpus(taints=[NO_GPU])
    assert bool(found(template(tolerations=given), tainted).fits) is expected


def test_a_taint_that_only_prefers_keeps_nobody_off() -> None:
    assert found(template(), gpus(taints=[{**NO_GPU, "effect": "PreferNoSchedule"}])).fits == 4


def test_a_node_that_is_being_emptied_takes_nothing() -> None:
    assert found(template(), gpus(off=True)).fits == 0


def quota(hard: str, used: str, name: str = "team") -> Object:
    key = f"requests.{GPU}"
    return {"metadata": {"name": name}, "status": {"hard": {key: hard, "pods": "9"}, "used": {key: used}}}


def test_a_quota_that_leaves_less_than_the_nodes_counts() -> None:
    there = found(template(count="2"), gpus(count=8), quotas=[quota("9", "2"), quota("8", "5", "tight")])
    assert there.fits == 1
    assert there.words(2) == f"2 more pods need 4 {GPU}; ResourceQuota tight leaves 3 of 8 {GPU}"


def test_a_quota_that_leaves_more_than_the_nodes_is_not_told() -> None:
    there = found(template(), gpus(count=1), quotas=[quota("9", "2")])
    assert there.words(1) == f"1 more pod needs 1 {GPU}; 1 {GPU} is free on the node that takes them"


def test_several_nodes_and_none_are_told() -> None:
    there = found(template(count="2"), gpus("a", 1), gpus("b", 1))
    assert there.words(3) == f"3 more pods need 6 {GPU}; 2 {GPU} are free on the 2 nodes that take them"
    assert found(template(), gpus(count=0)).words(1).endswith("; no node that may take them has any")
