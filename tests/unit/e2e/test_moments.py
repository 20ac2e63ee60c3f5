"""What was so at the same time, put together from watches that are heard in any order."""

from __future__ import annotations

from typing import Any

from e2e.moments import moments
from e2e.watching import Heard
from sluiceway.api import names


def heard(kind: str, version: int, name: str, *, gone: bool = False, **more: Any) -> Heard:
    metadata = {"name": name, "resourceVersion": str(version), "labels": {names.LABEL_REVISION: "a"}}
    metadata |= more.pop("metadata", {})
    return Heard(0, {"kind": kind, "metadata": metadata, **more}, gone)


def pod(version: int, *, ready: bool = True, gone: bool = False, **metadata: Any) -> Heard:
    conditions = [{"type": "Ready", "status": str(ready)}]
    return heard("Pod", version, "a-1", gone=gone, metadata=metadata, status={"conditions": conditions})


def deployment(version: int, replicas: int, *, gone: bool = False) -> Heard:
    return heard("Deployment", version, "a", gone=gone, spec={"replicas": replicas})


def route(version: int, weight: int) -> Heard:
    backends = [{"name": "a", "weight": weight}, {"name": "b", "weight": 100 - weight}]
    return heard("HTTPRoute", version, "fraud", spec={"rules": [{"backendRefs": backends}]})


def test_changes_are_put_in_the_order_in_which_they_were_stored() -> None:
    told = [route(9, 25), pod(10), pod(8), deployment(7, 1), pod(11, ready=False), deployment(100, 2)]
    seen = [(one.version, one.weights.get("a"), one.answering["a"]) for one in moments(iter(told))]
    assert seen == [(7, None, 0), (8, None, 1), (9, 25, 1), (10, 25, 1), (11, 25, 0), (100, 25, 0)]


def test_a_pod_that_is_to_end_or_has_ended_does_not_count() -> None:
    ending = pod(2, deletionTimestamp="2026-11-22T00:00:00Z")
    assert [one.answering["a"] for one in moments(iter([pod(1), ending, pod(3)]))] == [1, 0, 1]
    assert [one.answering["a"] for one in moments(iter([pod(1), pod(2, gone=True)]))] == [1, 0]


def test_what_a_deployment_asks_for_ends_with_it() -> None:
    told = [deployment(1, 3), deployment(2, 3, gone=True)]
    assert [one.asked_for["a"] for one in moments(iter(told))] == [3, 0]
