"""Why is a pod not ready? The words are those of kubelet and kube-scheduler 1.35."""

from __future__ import annotations

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.pods import trouble
from tests.fakes.objects import IMAGE, crashed_pod, unscheduled_pod, waiting_pod

R = "fraud-1a2b3"
NO_VICTIMS = "preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod."
NOT_HELPFUL = "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
NOT_FOUND = (
    f'failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": {IMAGE}: not found'
)
NO_SUBPATH = 'failed to create subPath directory for volumeMount "sluiceway-model" of container "triton"'
NO_FILE = 'failed to prepare subPath for volumeMount "vocabulary" of container "triton"'
LOAD_ERROR = (
    "E0730 02:59:00.123456 1 model_lifecycle.cc:642] \"failed to load 'fraud' version 7: Internal:"
    ' ValueError: model.pt does not exist"\n'
    "error: creating server: Internal - failed to load all models\n"
)

TROUBLES: dict[str, tuple[Object, Reason, str]] = {
    "the first pull fails": (
        waiting_pod(R, "ErrImagePull", f"rpc error: code = NotFound desc = {NOT_FOUND}"),
        Reason.IMAGE_PULL_FAILED,
        f"image {IMAGE} can not be pulled: rpc error: code = NotFound",
    ),
    "kubelet waits before it pulls again": (
        waiting_pod(R, "ImagePullBackOff", f'Back-off pulling image "{IMAGE}": ErrImagePull: {NOT_FOUND}'),
        Reason.IMAGE_PULL_FAILED,
        "not found",
    ),
    "the image's name is none": (
        waiting_pod(R, "InvalidImageName"),
        Reason.IMAGE_PULL_FAILED,
        "can not be pulled: InvalidImageName",
    ),
    "a Secret is missing": (
        waiting_pod(R, "CreateContainerConfigError", 'secret "registry-token" not found'),
        Reason.START_FAILED,
        'the container can not be started: secret "registry-token" not found',
    ),
    "the model's directory is missing on a volume that can not be written": (
        waiting_pod(R, "CreateContainerConfigError", NO_SUBPATH),
        Reason.START_FAILED,
        "started: fraud/7 does not exist on the volume of PersistentVolumeClaim models: put it there, or",
    ),
    "a path is missing, in kubelet's words": (
        waiting_pod(R, "CreateContainerConfigError", NO_SUBPATH),
        Reason.START_FAILED,
        f"persistentVolumeClaim.path. kubelet says: {NO_SUBPATH}",
    ),
    "a file of a volume can not be mounted": (
        waiting_pod(R, "CreateContainerConfigError", NO_FILE),
        Reason.START_FAILED,
        "started: words.txt can not be mounted from volume vocabulary: ",
    ),
    "tritonserver is not in the image": (
        waiting_pod(R, "RunContainerError", 'exec: "tritonserver": executable file not found in $PATH'),
        Reason.START_FAILED,
        "executable file not found",
    ),
    "the server ends with its last words": (
        crashed_pod(R, LOAD_ERROR),
        Reason.LOAD_FAILED,
        "Triton does not come up with the model: Internal: ValueError: model.pt does not exist",
    ),
    "the server needs more memory than it may have": (
        crashed_pod(R, reason="OOMKilled", exit_code=137),
        Reason.LOAD_FAILED,
        "it was killed for using more memory than runtime.resources allows",
    ),
    "the start-up probe gave up on a server that said nothing": (
        crashed_pod(R, exit_code=137),
        Reason.LOAD_FAILED,
        "exit code 137 and without a word (not ready within runtime.startupSeconds, or killed)",
    ),
    "the claim does not exist": (
        unscheduled_pod(
            R, f'0/3 nodes are available: persistentvolumeclaim "models" not found. {NOT_HELPFUL}'
        ),
        Reason.CLAIM_NOT_FOUND,
        "PersistentVolumeClaim models does not exist in this namespace: create it",
    ),
    "the volume is on another node": (
        unscheduled_pod(
            R,
            "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't match PersistentVolume's node"
            " affinity.",
        ),
        Reason.CLAIM_NOT_REACHABLE,
        "use a claim with ReadOnlyMany or ReadWriteMany",
    ),
    "the volume is on another node, in the words before 1.35": (
        unscheduled_pod(R, "0/2 nodes are available: 2 node(s) had volume node affinity conflict."),
        Reason.CLAIM_NOT_REACHABLE,
        "can not follow the pod",
    ),
    "the volume is in another zone": (
        unscheduled_pod(R, "0/2 nodes are available: 2 node(s) had no available volume zone."),
        Reason.CLAIM_NOT_REACHABLE,
        "no available volume zone",
    ),
    "the claim is for one pod only": (
        unscheduled_pod(
            R,
            "0/3 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with"
            " ReadWriteOncePod access mode already in-use by another pod.",
        ),
        Reason.CLAIM_NOT_REACHABLE,
        "ReadWriteOncePod",
    ),
}
MAY_MEND_ITSELF: dict[str, tuple[str, Reason, str]] = {
    "the processors are taken": (
        f"0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, {NO_VICTIMS}",
        Reason.UNSCHEDULABLE,
        "no node takes the pod: 0/3 nodes are available: 3 Insufficient cpu.",
    ),
    "no node has a GPU left": (
        f"0/3 nodes are available: 3 Insufficient nvidia.com/gpu. {NO_VICTIMS}",
        Reason.INSUFFICIENT_GPU,
        "no node has nvidia.com/gpu to spare: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
    ),
    "the claim has no volume yet": (
        f"0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. {NOT_HELPFUL}",
        Reason.CLAIM_NOT_REACHABLE,
        "PersistentVolumeClaim models has no volume yet. If it stays so, check its StorageClass",
    ),
    "no volume fits a claim that waits for its pod": (
        "0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind.",
        Reason.CLAIM_NOT_REACHABLE,
        "PersistentVolumeClaim models has no volume yet",
    ),
}
"""A cluster autoscaler may be adding a node, a provisioner the volume."""


@pytest.mark.parametrize(("pod", "reason", "words"), TROUBLES.values(), ids=TROUBLES)
def test_trouble_is_told_when(pod: Object, reason: Reason, words: str) -> None:
    found = trouble(None, [pod])
    assert found
    assert found.reason is reason
    assert words in found.message
    assert found.needs_help
    assert "\n" not in found.message


@pytest.mark.parametrize(("message", "reason", "words"), MAY_MEND_ITSELF.values(), ids=MAY_MEND_ITSELF)
def test_trouble_that_may_mend_itself_is_told_when(message: str, reason: Reason, words: str) -> None:
    found = trouble(None, [unscheduled_pod(R, message)])
    assert found
    assert found.reason is reason
    assert words in found.message
    assert "ReadWriteMany" not in found.message
    assert not found.needs_help
