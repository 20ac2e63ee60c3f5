"""Models on GPUs that are scarce. The node has none: kube-scheduler goes by what its status says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from e2e import ailing, scenario
from e2e.client import Example
from e2e.cluster.box import Box
from e2e.load import Load
from e2e.rolling import Rolling
from e2e.stage import Stage
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]

GPU = "nvidia.com/gpu"
OLD, NEW = "fraud/1", "fraud/2"


@pytest.fixture
def examples(view: View) -> dict[str, Example]:
    return ailing.well(view, OLD, NEW)


def say(box: Box, gpus: int | None) -> None:
    """Let the node's status say that it has so many GPUs, as a device plugin would; None for none."""
    value = None if gpus is None else str(gpus)
    patch = {"status": {kind: {GPU: value} for kind in ("capacity", "allocatable")}}
    command = (
        "patch",
        "node",
        box.name,
        "--subresource=status",
        "--type=merge",
        "--patch",
        json.dumps(patch),
    )
    box.kubectl(*command)


@contextmanager
def node_with(box: Box, gpus: int) -> Iterator[None]:
    """Give the node GPUs for one block."""
    say(box, gpus)
    try:
        yield
    finally:
        say(box, None)


def waited(view: View) -> str:
    """Return what kube-scheduler said of pods for which there was no room."""
    return view.kubectl("get", "events", "--field-selector=reason=FailedScheduling", "--output=name")


def test_a_rollout_without_a_free_gpu_says_so_loses_nothing_and_goes_on_when_there_is_one(
    stage: Stage, view: View, examples: dict[str, Example]
) -> None:
    box = stage.cluster
    assert isinstance(box, Box)
    name = scenario.own_name(view)
    runtime = scenario.fraud(OLD)["spec"]["runtime"]
    runtime["resources"]["limits"][GPU] = "1"
    rollout = {"steps": [{"weight": 50, "seconds": 2}], "keepPreviousSeconds": 0}
    with (
        node_with(box, 2),
        Rolling(stage, view, name, runtime=runtime, replicas=2, rollout=rollout) as rolling,
    ):
        stable = rolling.begin(OLD, examples)
        with Load(rolling.caller, examples, rate=50) as load:
            candidate = rolling.apply(NEW)
            told = rolling.eventually(
                "it says so", lambda: rolling.says("Progressing", "False", "InsufficientGPU")
            )
            assert told.startswith(f"1 more pod needs 1 {GPU}; 0 {GPU} are free on the node that takes them.")
            assert rolling.says("Stalled", "False", "NotStalled")
            assert rolling.weights[stable] == 100
            say(box, 4)
            rolling.serves(candidate)
        assert load.failures == []
        view.kubectl("delete", "mdep", name, "--wait=true", "--timeout=60s")


def test_with_all_gpus_in_use_pods_take_each_others_places_there_and_back(
    stage: Stage, view: View, examples: dict[str, Example]
) -> None:
    box = stage.cluster
    assert isinstance(box, Box)
    name, pods = scenario.own_name(view), 3
    runtime = scenario.fraud(OLD)["spec"]["runtime"]
    runtime["resources"]["limits"][GPU] = "1"
    rollout = {"steps": [{"weight": 50, "seconds": 1}], "maxSurge": 0, "maxUnavailable": 1}
    with (
        node_with(box, pods),
        Rolling(stage, view, name, runtime=runtime, replicas=pods, rollout=rollout) as rolling,
    ):
        stable = rolling.begin(OLD, examples)
        before = waited(view)
        with Load(rolling.caller, examples, rate=50) as load:
            candidate = rolling.apply(NEW)
            rolling.serves(candidate)
            told = "no more GPUs than those in use are needed", f"rollout.maxSurge allows {pods} pods in all"
            assert any(all(each in said for each in told) for said in rolling.said("Progressing"))
            rolling.command("abort", candidate, step=0)
            rolling.eventually("some are given back", lambda: rolling.weights.get(stable) == 50)
            rolling.eventually("all are given back", lambda: rolling.weights.get(stable) == 100)
            rolling.eventually("it has its pods", lambda: rolling.status.get("readyReplicas") == pods)
        assert load.failures == []
        assert rolling.says("RolledBack", "True", "Aborted")
        assert waited(view) == before, "a pod was asked for before there was a GPU for it"
        view.kubectl("delete", "mdep", name, "--wait=true", "--timeout=60s")
