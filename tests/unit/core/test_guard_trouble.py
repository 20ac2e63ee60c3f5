"""A guard that does not come up keeps Triton from being started: it is told, and what to do."""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.core.pods import trouble
from tests.fakes.objects import RUNNING, ended, pod_with_guard

R = "fraud-1a2b3"
CRASHES = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s restarting failed container"}}


def test_a_guard_that_is_on_its_way_is_no_trouble() -> None:
    assert trouble(None, [pod_with_guard(R, {"waiting": {"reason": "PodInitializing"}})]) is None
    assert trouble(None, [pod_with_guard(R, RUNNING)]) is None


def test_an_image_of_the_guard_that_is_not_there() -> None:
    state = {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}
    found = trouble(None, [pod_with_guard(R, state)])
    assert found
    assert (found.reason, found.needs_help) == (Reason.IMAGE_PULL_FAILED, True)
    assert found.message == "image envoy:v1.40.0 of the guard can not be pulled: not found"


def test_a_guard_that_can_not_be_started() -> None:
    state = {"waiting": {"reason": "CreateContainerConfigError", "message": 'configmap "x" not found'}}
    found = trouble(None, [pod_with_guard(R, state)])
    assert found
    assert found.reason is Reason.START_FAILED
    assert found.message == 'the container of the guard can not be started: configmap "x" not found'


def test_a_guard_that_refuses_its_configuration_is_told_in_its_own_last_words() -> None:
    last = ended("[warning] one\nerror initializing configuration: no such field: 'cluster_typo'\n")
    found = trouble(None, [pod_with_guard(R, CRASHES, last=last, restarts=3)])
    assert found
    assert (found.reason, found.needs_help) == (Reason.START_FAILED, True)
    assert found.message == (
        "the guard (envoy:v1.40.0) does not come up, so Triton is not started: error initializing"
        " configuration: no such field: 'cluster_typo'. See the operator's guard.image and guard.resources,"
        " or set spec.guard to Disabled"
    )


def test_a_guard_that_dies_without_a_word_is_told_by_how_it_ended() -> None:
    last = ended(reason="OOMKilled", exit_code=137)
    found = trouble(None, [pod_with_guard(R, CRASHES, last=last, restarts=1)])
    assert found
    assert "exit code 137, OOMKilled" in found.message


def test_a_guard_that_was_restarted_and_is_up_is_no_trouble() -> None:
    pod = pod_with_guard(R, RUNNING, last=ended("killed"), restarts=1)
    pod["status"]["initContainerStatuses"][0]["started"] = True
    assert trouble(None, [pod]) is None
