"""The pod that serves one revision: Triton, its model read-only, probes on the model itself, drain.

The template is rendered once, when the revision is first seen, and kept in its ControllerRevision:
a later operator that renders differently restarts no model.
"""

from __future__ import annotations

import math
from typing import Any

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.runtime import Drain, Runtime
from sluiceway.build.keys import derived_key
from sluiceway.build.objects import Object, labels, without_empty

CONTAINER = "triton"
HTTP_PORT = 8000
GRPC_PORT = 8001
METRICS_PORT = 8002

_MODEL, _SHARED_MEMORY, _TEMPORARY = (
    f"{names.RESERVED_VOLUME_PREFIX}{use}" for use in ("model", "shared-memory", "temporary")
)

_STARTUP_PERIOD_SECONDS = 2
_UNLOAD_SECONDS = 15
"""What Triton needs beyond its exit timeout: unloading models and ending (facts: 2.5 to 3 s measured)."""
_TRITON_USER = 1000
"""`triton-server` in NVIDIA's images."""


def pod_template(owner: ModelDeployment, revision: str) -> Object:
    """Return the pod template of *revision*, complete, as it is stored and applied from then on."""
    runtime = owner.spec.runtime
    given = runtime.to_dict()
    spec: Object = without_empty(
        {
            "containers": [_triton(owner, given)],
            "volumes": [*_volumes(owner), *given.get("volumes", [])],
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
    )
    return {"metadata": {"labels": labels(owner, revision)}, "spec": spec}


_PASSED_ON = (
    "imagePullSecrets",
    "nodeSelector",
    "tolerations",
    "affinity",
    "topologySpreadConstraints",
    "priorityClassName",
    "runtimeClassName",
    "serviceAccountName",
)
"""Fields of `spec.runtime` that are the pod's own, under the same name."""


def grace_seconds(drain: Drain) -> int:
    """Return the pod's termination grace: longer than preStop and Triton's exit timeout together."""
    return drain.endpoint_seconds + drain.request_seconds + _UNLOAD_SECONDS


def tritonserver_arguments(owner: ModelDeployment) -> list[str]:
    """Return Triton's flags: the operator's own, which the API refuses in `runtime.args`, then the user's."""
    # Nobody is told the key, nobody needs it.
    restricted = (
        f"model-repository,logging,trace,shared-memory:admin-key={derived_key(owner, 'triton control API')}"
    )
    return [
        f"--model-repository={names.MODEL_REPOSITORY_PATH}",
        # Without it, whoever reaches the port can upload Python code and have it run.
        "--model-control-mode=none",
        # The API keeps the last 2048 bytes of the log of a failed start. With information in it, the cause
        # is pushed out by a table of options (measured). A user who wants it says --log-info=true.
        "--log-info=false",
        f"--http-port={HTTP_PORT}",
        f"--grpc-port={GRPC_PORT}",
        f"--metrics-port={METRICS_PORT}",
        f"--exit-timeout-secs={owner.spec.runtime.drain.request_seconds}",
        f"--http-restricted-api={restricted}",
        f"--grpc-restricted-protocol={restricted}",
        *owner.spec.runtime.args,
    ]


def _triton(owner: ModelDeployment, given: dict[str, Any]) -> Object:
    runtime = owner.spec.runtime
    model_ready = {"httpGet": {"path": f"/v2/models/{owner.model_name}/ready", "port": "http"}}
    return without_empty(
        {
            "name": CONTAINER,
            "image": runtime.image,
            "imagePullPolicy": given.get("imagePullPolicy"),
            "command": ["tritonserver"],
            "args": tritonserver_arguments(owner),
            "env": _environment(given.get("env", [])),
            "resources": given.get("resources"),
            "ports": [
                {"name": "http", "containerPort": HTTP_PORT, "protocol": "TCP"},
                {"name": "grpc", "containerPort": GRPC_PORT, "protocol": "TCP"},
                {"name": "metrics", "containerPort": METRICS_PORT, "protocol": "TCP"},
            ],
            # Triton opens its ports only when every model is loaded, so start-up has its own deadline,
            # which kubelet counts from the start of the container: the image is there by then.
            "startupProbe": model_ready
            | {
                "periodSeconds": _STARTUP_PERIOD_SECONDS,
                "timeoutSeconds": 2,
                "failureThreshold": math.ceil(runtime.startup_seconds / _STARTUP_PERIOD_SECONDS),
            },
            "readinessProbe": model_ready | {"periodSeconds": 5, "timeoutSeconds": 2, "failureThreshold": 2},
            "livenessProbe": {
                "httpGet": {"path": "/v2/health/live", "port": "http"},
                "periodSeconds": 10,
                "timeoutSeconds": 5,
                "failureThreshold": 3,
            },
            "lifecycle": _lifecycle(runtime),
            # The API then shows the end of Triton's log when it fails, and needs no right to read logs.
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "volumeMounts": [*_mounts(owner), *given.get("volumeMounts", [])],
        }
    )


def _environment(given: list[Object]) -> list[Object]:
    # Libraries keep caches in HOME, and the root file system is read-only.
    home = {"name": "HOME", "value": names.TEMPORARY_PATH}
    return given if any(variable["name"] == "HOME" for variable in given) else [home, *given]


def _lifecycle(runtime: Runtime) -> Object | None:
    # Triton refuses new connections the moment it is told to end, while gateways still send some.
    if not runtime.drain.endpoint_seconds:
        return None
    return {"preStop": {"sleep": {"seconds": runtime.drain.endpoint_seconds}}}


def _volumes(owner: ModelDeployment) -> list[Object]:
    claim = owner.spec.model.source.persistent_volume_claim
    return [
        {"name": _MODEL, "persistentVolumeClaim": {"claimName": claim.claim_name, "readOnly": True}},
        # Counts against the memory limit of the container.
        {
            "name": _SHARED_MEMORY,
            "emptyDir": {"medium": "Memory", "sizeLimit": owner.spec.runtime.shared_memory},
        },
        {"name": _TEMPORARY, "emptyDir": {}},
    ]


def _mounts(owner: ModelDeployment) -> list[Object]:
    claim = owner.spec.model.source.persistent_volume_claim
    path = f"{names.MODEL_REPOSITORY_PATH}/{owner.model_name}"
    model = {"name": _MODEL, "mountPath": path, "readOnly": True}
    return [
        without_empty(model | {"subPath": claim.path}),
        {"name": _SHARED_MEMORY, "mountPath": names.SHARED_MEMORY_PATH},
        {"name": _TEMPORARY, "mountPath": names.TEMPORARY_PATH},
    ]
