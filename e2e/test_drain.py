"""A node that is drained in the middle of a canary: nobody loses a request, nobody is blamed, and it goes on.

The box has one node. `kubectl drain` cordons it and evicts by the Eviction API, budgets and all; what follows
finds a node again when this one is uncordoned. So pods come back as late as they may.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from e2e import ailing, scenario
from e2e.client import Example
from e2e.cluster.box import Box
from e2e.cluster.progress import say
from e2e.load import Load
from e2e.rolling import Rolling
from e2e.stage import Stage
from sluiceway.api import names
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.box]

OLD, NEW = "fraud/1", "fraud/2"
ROLLOUT = {
    "steps": [{"weight": 20, "seconds": 6}, {"weight": 50, "seconds": 1}],
    "keepPreviousSeconds": 0,
}
SLO = {"objectives": [{"name": "answers", "type": "ErrorRate", "targetPercent": "99"}], "minRequests": 20}
SPOKEN_WELL_OF = {"True", "Unknown"}


@pytest.fixture
def examples(view: View) -> dict[str, Example]:
    return ailing.well(view, OLD, NEW)


def test_a_node_drained_in_a_canary_loses_no_request_and_blames_nobody(
    stage: Stage, view: View, examples: dict[str, Example]
) -> None:
    box, name = stage.cluster, scenario.own_name(view)
    assert isinstance(box, Box)
    with Rolling(stage, view, name, replicas=2, slo=SLO, rollout=ROLLOUT) as rolling:
        stable = rolling.begin(OLD, examples)
        with Load(rolling.caller, examples) as load:
            candidate = rolling.apply(NEW)
            rolling.has_share(candidate, 20)
            before = {revision: pods(view, revision) for revision in (stable, candidate)}
            assert [len(found) for found in before.values()] == [2, 1]
            with drained(box, name) as drain:
                rolling.eventually("its share goes back", lambda: not rolling.weights[candidate])
                eventually(
                    "its pod and one of the two are gone",
                    lambda: (
                        len(pods(view, stable) & before[stable]) == 1
                        and not pods(view, candidate) & before[candidate]
                    ),
                    seconds=60,
                )
                assert not drain.done(), "no budget held it up"
                box.kubectl("uncordon", box.name)
                drain.result()
            assert not pods(view, stable) & before[stable]
            rolling.serves(candidate)
        told = [scenario.conditions(heard.obj) for heard in rolling.resource.heard]
        [entry] = [each for each in rolling.status["history"] if each["revision"] == candidate]
    say(f"  {len(load.answers)} requests through the gateway, {len(load.failures)} failed")
    assert load.failures == []
    assert {found["CandidateHealthy"]["status"] for found in told if found} == SPOKEN_WELL_OF
    assert (entry["outcome"], entry["attempt"]) == ("Serving", 1)


def pods(view: View, revision: str) -> set[str]:
    """Return the UIDs of a revision's pods, those that end included."""
    found = view.list("pods", f"{names.LABEL_REVISION}={revision}")
    return {pod["metadata"]["uid"] for pod in found}


@contextmanager
def drained(box: Box, name: str) -> Iterator[Future[str]]:
    """Drain the node of the pods of a model; by the end of the block somebody has to have uncordoned it."""
    chosen = f"--pod-selector={names.LABEL_MODEL_DEPLOYMENT}={name}"
    command = ["drain", box.name, "--delete-emptydir-data", chosen, "--timeout=120s"]
    with ThreadPoolExecutor(1) as background:
        try:
            yield background.submit(box.kubectl, *command)
        finally:
            box.kubectl("uncordon", box.name)
