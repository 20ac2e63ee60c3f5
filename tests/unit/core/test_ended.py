"""A server that ended: did it fail to load, or is it merely loading again?

The statuses are those that kubelet 1.35 writes of the tries of one container, one after the other.
"""

from __future__ import annotations

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.pods import trouble
from tests.fakes.objects import (
    FIRST_SEEN,
    RUNNING,
    STARTED,
    back_off,
    container,
    ended,
    make_pod,
    restarted_pod,
)

R = "fraud-1a2b3"
LOAD_ERROR = "E0730 02:59:00.123456 1 model_lifecycle.cc:642] failed to load 'fraud' version 7: no such file"

LOADING_AGAIN = {
    "ended a moment ago": restarted_pod(R, {"terminated": ended()}),
    "runs and is not ready yet": restarted_pod(R),
    "waits for its sandbox on a node that came back": restarted_pod(
        R, {"waiting": {"reason": "ContainerCreating"}}
    ),
}


@pytest.mark.parametrize("pod", LOADING_AGAIN.values(), ids=LOADING_AGAIN)
def test_a_server_that_had_come_up_is_loading_again_when_it(pod: Object) -> None:
    found = trouble(None, [pod])
    assert found
    assert (found.reason, found.needs_help) == (Reason.LOADING, False)


def test_a_run_that_was_lost_with_its_node_is_no_failure() -> None:
    lost = {"exitCode": 137, "reason": "ContainerStatusUnknown", "startedAt": None, "finishedAt": None}
    pod = make_pod(R, container=container(RUNNING, last=lost, restarts=1))
    found = trouble(None, [pod])
    assert found
    assert found.reason is Reason.LOADING


CAUSES = {
    "memory": (restarted_pod(R, reason="OOMKilled", exit_code=137), "killed for using more memory than"),
    "its last words": (restarted_pod(R, message="error: CUDA error: device lost\n"), "CUDA error: device"),
    "nothing but a number": (restarted_pod(R, exit_code=143), "exit code 143 and without a word (killed, or"),
}


@pytest.mark.parametrize(("pod", "words"), CAUSES.values(), ids=CAUSES)
def test_why_it_ended_is_told_by(pod: Object, words: str) -> None:
    found = trouble(None, [pod])
    assert found
    assert found.message.startswith("the model is loaded again, since Triton ended: ")
    assert words in found.message


def test_a_server_that_comes_up_and_ends_again_and_again_needs_help() -> None:
    found = trouble(None, [restarted_pod(R, back_off(R), reason="OOMKilled")])
    assert found
    assert (found.reason, found.needs_help) == (Reason.LOAD_FAILED, True)
    assert found.message.startswith("Triton comes up with the model and ends, again and again: it was killed")


@pytest.mark.parametrize("unready_since", [FIRST_SEEN, STARTED])
def test_a_server_that_did_not_come_up_with_its_last_try_has_failed_all_the_time(unready_since: str) -> None:
    last = ended(LOAD_ERROR)
    tries = [
        container({"terminated": last}),
        container(back_off(R), last=last, restarts=1),
        container(RUNNING, last=last, restarts=2),
    ]
    told = {trouble(None, [make_pod(R, since=unready_since, container=found)]) for found in tries}
    assert [(found.reason, found.message) for found in told if found] == [
        (Reason.LOAD_FAILED, "Triton does not come up with the model: no such file")
    ]
    assert None not in told


def test_a_server_that_is_up_since_then_does_not_load() -> None:
    status = container(RUNNING, last=ended(), restarts=1) | {"started": True}
    assert trouble(None, [make_pod(R, container=status)]) is None
