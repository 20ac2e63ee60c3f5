from __future__ import annotations

import pytest

from e2e.cluster.pods import Object, hopeless, trouble


def waiting(reason: str, message: str = "") -> Object:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"metadata": {"name": "a"}, "status": {"containerStatuses": [{"image": "x:1", "state": state}]}}


def test_an_image_that_can_not_be_pulled_is_told_in_kubelets_words() -> None:
    pods = [waiting("ContainerCreating"), waiting("ErrImagePull", "not found")]
    assert trouble(pods) == "pod a: ErrImagePull, image x:1: not found"
    assert not hopeless(pods)


@pytest.mark.parametrize("reason", ["ErrImageNeverPull", "ImagePullBackOff", "InvalidImageName"])
def test_waiting_does_not_mend_an_image(reason: str) -> None:
    assert hopeless([waiting("ContainerCreating"), waiting(reason)])


def test_a_pod_without_a_node_is_told_in_the_schedulers_words() -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}
    pod = {"metadata": {"name": "a"}, "status": {"conditions": [condition]}}
    assert trouble([pod]) == "pod a has no node: 0/3 nodes"


def test_the_usual_course_is_no_trouble() -> None:
    running = {"metadata": {"name": "a"}, "status": {"containerStatuses": [{"state": {"running": {}}}]}}
    assert trouble([running, waiting("PodInitializing"), {"metadata": {"name": "new"}}]) == ""
