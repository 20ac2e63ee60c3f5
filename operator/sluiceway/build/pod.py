"""The pod that serves one revision: Triton, the guard in front of it, its model read-only.

The template is rendered once, when the revision is first seen, and kept in its ControllerRevision:
a later operator that renders differently restarts no model.
"""

from __future__ import annotations

from sluiceway.api.guard import Guard
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.runtime import Drain
from sluiceway.build.guard.container import DEFAULTS, GuardSettings, guard_container, guard_volume
from sluiceway.build.objects import Object, labels, without_empty
from sluiceway.build.spread import affinity
from sluiceway.build.triton import (
    MODEL_VOLUME,
    SHARED_MEMORY_VOLUME,
    TEMPORARY_VOLUME,
    triton_container,
)

_ENDING_SECONDS = 15
"""What Triton may take after the last request: for unloading models, then for giving up what does not end."""
_TRITON_USER = 1000
"""`triton-server` in NVIDIA's images."""


def pod_template(owner: ModelDeployment, revision: str, settings: GuardSettings = DEFAULTS) -> Object:
    """Return the pod template of *revision*, complete, as it is stored and applied from then on."""
    runtime = owner.spec.runtime
    given = runtime.to_dict()
    guarded = owner.spec.guard is Guard.ENABLED
    spec: Object = without_empty(
        {
            "initContainers": [guard_container(owner, settings)] if guarded else [],
            "containers": [triton_container(owner, given, guarded=guarded)],
            "volumes": [
                *_volumes(owner),
                *([guard_volume(revision)] if guarded else []),
                *given.get("volumes", []),
            ],
            "terminationGracePeriodSeconds": grace_seconds(runtime.drain),
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": _TRITON_USER,
                "runAsGroup": _TRITON_USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        }
        | {key: given.get(key) for key in _PASSED_ON}
        | {"affinity": affinity(owner, revision, given)}
    )
    return {"metadata": {"labels": labels(owner, revision)}, "spec": spec}


_PASSED_ON = (
    "imagePullSecrets",
    "nodeSelector",
    "tolerations",
    "topologySpreadConstraints",
    "priorityClassName",
    "runtimeClassName",
    "serviceAccountName",
)
"""Fields of `spec.runtime` that are the pod's own, under the same name."""


def grace_seconds(drain: Drain) -> int:
    """Return the pod's termination grace: longer than preStop and Triton's exit timeout together."""
    return drain.endpoint_seconds + drain.request_seconds + _ENDING_SECONDS


def _volumes(owner: ModelDeployment) -> list[Object]:
    claim = owner.spec.model.source.persistent_volume_claim
    return [
        {"name": MODEL_VOLUME, "persistentVolumeClaim": {"claimName": claim.claim_name, "readOnly": True}},
        # Counts against the memory limit of the container.
        {
            "name": SHARED_MEMORY_VOLUME,
            "emptyDir": {"medium": "Memory", "sizeLimit": owner.spec.runtime.shared_memory},
        },
        {"name": TEMPORARY_VOLUME, "emptyDir": {}},
    ]
