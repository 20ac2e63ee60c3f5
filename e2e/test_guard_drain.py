"""A guarded pod that goes while callers are at it, some of whom do not let go."""

from __future__ import annotations

import time

import pytest

from e2e import scenario
from e2e.client import Example
from e2e.cluster.progress import say
from e2e.guarded import inside
from e2e.load import Load
from e2e.served import Served
from e2e.stage import Stage
from e2e.watching import Watching
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.box]


def test_a_pod_deleted_under_load_loses_no_request_and_waits_for_no_idle_connection(
    stage: Stage, view: View, example: Example
) -> None:
    held, ended = deleted(Served(stage, view, example), example, "idle")
    assert held["end"] == "closed"
    assert ended["triton"]["exitCode"] == 0


def test_a_pod_deleted_under_load_ends_the_stream_of_who_goes_on_asking(
    stage: Stage, view: View, example: Example
) -> None:
    held, ended = deleted(Served(stage, view, example), example, "stream")
    assert held["answers"].pop("right") > 0
    # What is asked after Triton was told to end is refused in the stream, until the guard ends it.
    assert held["answers"]
    assert held["end"].startswith("UNAVAILABLE")
    assert {name: end["exitCode"] for name, end in ended.items()} == {"guard": 0, "triton": 0}


def deleted(served: Served, example: Example, what: str) -> tuple[scenario.Object, scenario.Object]:
    """Delete one of two pods under load while somebody holds a connection to it (`e2e.holding`).

    Return how the connection and the pod's containers ended. No request through the gateway fails.
    """
    view = served.view
    view.apply(scenario.fraud("fraud/1", name=served.name, replicas=2))
    eventually("two pods are ready", lambda: ready(view, served.name) == 2, seconds=60)
    pods = f"/api/v1/namespaces/{view.namespace}/pods"
    with Load(served.caller, {"fraud": example}) as load, Watching(served.box, pods, served.pod) as pod:
        holding = inside(served.box, "e2e.holding", what, served.address, served.name, example.written())
        assert next(holding) == {"held": what}
        began = time.time()
        view.kubectl("delete", "pod", served.pod, "--wait=false")
        [held] = holding
        eventually("it is gone", lambda: view.get("pod", served.pod) is None, seconds=60)
        gone = time.time() - began
        eventually("another one is ready", lambda: ready(view, served.name) == 2, seconds=60)
    say(f"  {what}: ended after {held['at'] - began:.1f} s, the pod gone after {gone:.1f} s: {held}")
    say(f"  {len(load.answers)} requests through the gateway, {len(load.failures)} failed")
    assert load.failures == []
    return held, ends(pod.now)


def ends(pod: scenario.Object) -> scenario.Object:
    """Return how the containers of a pod ended."""
    found = [*pod["status"]["initContainerStatuses"], *pod["status"]["containerStatuses"]]
    return {each["name"]: each["state"].get("terminated") for each in found}


def ready(view: View, name: str) -> int:
    """Return how many pods of the model are ready and not about to go."""
    pods = view.list("pods", f"sluiceway.dev/model-deployment={name}")
    return sum(
        condition["type"] == "Ready" and condition["status"] == "True"
        for pod in pods
        if "deletionTimestamp" not in pod["metadata"]
        for condition in pod["status"].get("conditions", [])
    )
