"""Which trouble of several pods is told, and when there is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.pods import has_started, is_ready, ready_since, trouble
from tests.fakes.objects import (
    crashed_pod,
    evicted_pod,
    loading_pod,
    make_pod,
    ready_pod,
    restarted_pod,
    unscheduled_pod,
    waiting_pod,
)

R = "fraud-1a2b3"
LOAD_ERROR = "E0730 02:59:00.123456 1 model_lifecycle.cc:642] failed to load 'fraud' version 7: no such file"

ON_THEIR_WAY = {
    "no pods yet": [],
    "a pod that nobody has looked at": [make_pod(R)],
    "a container being created": [waiting_pod(R, "ContainerCreating")],
    "a model being loaded": [loading_pod(R)],
    "a model that answers": [ready_pod(R)],
}


@pytest.mark.parametrize("pods", ON_THEIR_WAY.values(), ids=ON_THEIR_WAY)
def test_no_trouble_is_told_with(pods: list[Object]) -> None:
    assert trouble(None, pods) is None


SINCE = "2026-07-30T02:30:00Z"
READY_SINCE = {
    "one that is": (ready_pod(R, since=SINCE), datetime(2026, 7, 30, 2, 30, tzinfo=UTC)),
    "one that was until then": (loading_pod(R, since=SINCE), None),
    "one of which nobody says it": (ready_pod(R, since=""), None),
    "one that nobody has looked at": ({"metadata": {}}, None),
}


@pytest.mark.parametrize(("pod", "expected"), READY_SINCE.values(), ids=READY_SINCE)
def test_a_pod_is_ready_since(pod: Object, expected: datetime | None) -> None:
    assert ready_since(pod) == expected


def refusing(reason: str, message: str, status: str = "True") -> Object:
    condition = {"type": "ReplicaFailure", "status": status, "reason": reason, "message": message}
    return {"status": {"conditions": [{"type": "Available", "status": "False"}, condition]}}


REFUSALS = {
    "a quota": (
        'pods "fraud-1a2b3-5d8f-" is forbidden: exceeded quota: team, requested:'
        " requests.cpu=1, used: requests.cpu=8, limited: requests.cpu=8"
    ),
    "Pod Security": (
        'pods "fraud-1a2b3-5d8f-" is forbidden: violates PodSecurity "restricted:latest":'
        " allowPrivilegeEscalation != false"
    ),
    "a webhook": 'admission webhook "policy.example.com" denied the request: no team label',
}


@pytest.mark.parametrize("words", REFUSALS.values(), ids=REFUSALS)
def test_pods_that_may_not_be_created_are_told_in_the_words_of(words: str) -> None:
    found = trouble(refusing("FailedCreate", words), [])
    assert found
    assert (found.reason, found.message) == (Reason.PODS_REFUSED, f"no pod may start: {words}")
    assert found.needs_help


def test_gpus_that_a_quota_does_not_leave_are_waited_for() -> None:
    words = (
        'pods "fraud-1a2b3-5d8f-" is forbidden: exceeded quota: team, requested:'
        " requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=8, limited: requests.nvidia.com/gpu=8"
    )
    found = trouble(refusing("FailedCreate", words), [])
    assert found
    assert found.reason is Reason.INSUFFICIENT_GPU
    assert found.message.startswith("ResourceQuota team leaves too few nvidia.com/gpu: pods")
    assert not found.needs_help


def test_a_refusal_that_is_over_is_no_trouble() -> None:
    assert trouble(refusing("FailedCreate", "exceeded quota", status="False"), []) is None


def test_a_refusal_comes_before_what_the_pods_say() -> None:
    found = trouble(refusing("FailedCreate", "exceeded quota"), [waiting_pod(R, "ErrImagePull", "x")])
    assert found
    assert found.reason is Reason.PODS_REFUSED


def test_the_most_telling_trouble_of_several_pods_comes_first() -> None:
    pods = [
        unscheduled_pod(R, "0/3 nodes are available: 3 Insufficient cpu.", number=1),
        crashed_pod(R, LOAD_ERROR, number=2),
        waiting_pod(R, "ImagePullBackOff", "Back-off pulling image", number=3),
        ready_pod(R, number=4),
    ]
    seen = []
    while found := trouble(None, pods):
        seen.append(found.reason)
        pods.pop(-2)
    assert seen == [Reason.IMAGE_PULL_FAILED, Reason.LOAD_FAILED, Reason.UNSCHEDULABLE]


def test_what_does_not_mend_itself_is_told_first() -> None:
    pods = [restarted_pod(R, number=1), crashed_pod(R, LOAD_ERROR, number=2)]
    found = trouble(None, pods)
    assert found
    assert found.reason is Reason.LOAD_FAILED


def test_a_pod_that_was_evicted_is_no_trouble_of_those_that_follow_it() -> None:
    assert trouble(None, [evicted_pod(R)]) is None


def test_the_order_of_pods_does_not_change_the_words() -> None:
    pods = [waiting_pod(R, "ErrImagePull", f"pull {number}", number=number) for number in range(3)]
    assert trouble(None, pods) == trouble(None, pods[::-1])


def test_a_ready_pod_that_crashed_once_is_no_trouble() -> None:
    pod = ready_pod(R)
    pod["status"]["containerStatuses"][0]["lastState"] = {"terminated": {"exitCode": 1, "reason": "Error"}}
    assert trouble(None, [pod]) is None


def test_a_sidecar_that_fails_is_not_taken_for_triton() -> None:
    pod = crashed_pod(R, LOAD_ERROR)
    pod["status"]["containerStatuses"][0]["name"] = "istio-proxy"
    assert trouble(None, [pod]) is None


PODS = {"ready": (ready_pod(R), True, True), "loading": (loading_pod(R), False, True)} | {
    "crashed": (crashed_pod(R), False, False),
    "without any status": ({"metadata": {"name": "x"}}, False, False),
}


@pytest.mark.parametrize(("pod", "ready", "started"), PODS.values(), ids=PODS)
def test_readiness_and_start_of_a_pod_that_is(pod: Object, ready: bool, started: bool) -> None:
    assert (is_ready(pod), has_started(pod)) == (ready, started)
