"""A ReadWriteOnce volume that hangs on another node: nothing else says so."""

from __future__ import annotations

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.claim import held_elsewhere
from tests.fakes.objects import evicted_pod, loading_pod, ready_pod, waiting_pod


def on(node: str, pod: Object) -> Object:
    return pod | {"spec": {"nodeName": node}}


def claim(*modes: str) -> Object:
    return {"metadata": {"name": "models"}, "spec": {"accessModes": list(modes)}}


OLD = on("node-a", ready_pod("fraud-1a2b3"))
STRANDED = on("node-b", waiting_pod("fraud-4c5d6", "ContainerCreating"))


def test_the_nodes_and_the_way_out_are_told() -> None:
    found = held_elsewhere(claim("ReadWriteOnce"), [STRANDED], [OLD, STRANDED])
    assert found
    assert (found.reason, found.needs_help) == (Reason.CLAIM_NOT_REACHABLE, True)
    assert "models is ReadWriteOnce and in use on node node-a, so pods on node node-b wait" in found.message
    assert "runtime.nodeSelector" in found.message


NOTHING: dict[str, tuple[Object | None, list[Object]]] = {
    "there is no claim": (None, [OLD, STRANDED]),
    "many nodes may mount it": (claim("ReadWriteMany"), [OLD, STRANDED]),
    "many nodes may read it as well": (claim("ReadWriteOnce", "ReadOnlyMany"), [OLD, STRANDED]),
    "nobody has mounted it": (claim("ReadWriteOnce"), [STRANDED]),
    "the pod waits on the same node": (claim("ReadWriteOnce"), [OLD, on("node-a", STRANDED)]),
    "the pod has no node yet": (claim("ReadWriteOnce"), [OLD, on("", STRANDED)]),
    "the pod was evicted": (claim("ReadWriteOnce"), [OLD, on("node-b", evicted_pod("fraud-4c5d6"))]),
    "the pod has started": (claim("ReadWriteOnce"), [OLD, on("node-b", loading_pod("fraud-4c5d6"))]),
}


@pytest.mark.parametrize(("found", "pods"), NOTHING.values(), ids=NOTHING)
def test_nothing_is_told_when(found: Object | None, pods: list[Object]) -> None:
    assert held_elsewhere(found, [pod for pod in pods if pod is not OLD], pods) is None
