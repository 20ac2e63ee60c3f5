"""Triton's container: its flags, its probes on the model itself, its drain.

With a guard Triton is on loopback, where kubelet can not reach it: start-up and readiness are asked
through the guard, which is the way of the callers. Liveness must not depend on the guard, and is asked
of Triton's metrics, which stay on the pod's address.
"""

from __future__ import annotations

import math
from typing import Any

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.runtime import Runtime
from sluiceway.build.container import CALLERS_PORTS, RESTRICTED, port
from sluiceway.build.guard.ports import (
    GRPC_PORT,
    GUARD_PORT,
    HTTP_PORT,
    METRICS_PORT,
    TRITON_GRPC_PORT,
    TRITON_HTTP_PORT,
)
from sluiceway.build.keys import derived_key
from sluiceway.build.objects import Object, without_empty

CONTAINER = "triton"
MODEL_VOLUME, SHARED_MEMORY_VOLUME, TEMPORARY_VOLUME = (
    f"{names.RESERVED_VOLUME_PREFIX}{use}" for use in ("model", "shared-memory", "temporary")
)

_STARTUP_PERIOD_SECONDS = 2
_UNLOAD_SECONDS = 5
"""Triton's exit timeout goes on while it unloads its models after the last request (up to 3 s measured)."""


def triton_container(owner: ModelDeployment, given: dict[str, Any], *, guarded: bool) -> Object:
    """Return the container; *given* is `spec.runtime` as the user wrote it."""
    runtime = owner.spec.runtime
    ready = f"/v2/models/{owner.model_name}/ready"
    model_ready = _get(ready, GUARD_PORT if guarded else HTTP_PORT)
    return without_empty(
        {
            "name": CONTAINER,
            "image": runtime.image,
            "imagePullPolicy": given.get("imagePullPolicy"),
            "command": ["tritonserver"],
            "args": tritonserver_arguments(owner, guarded=guarded),
            "env": _environment(given.get("env", [])),
            "resources": given.get("resources"),
            "ports": [*([] if guarded else CALLERS_PORTS), port("metrics", METRICS_PORT)],
            # Triton opens its ports only when every model is loaded, so start-up has its own deadline,
            # which kubelet counts from the start of the container: the image is there by then.
            "startupProbe": model_ready
            | {
                "periodSeconds": _STARTUP_PERIOD_SECONDS,
                "timeoutSeconds": 2,
                "failureThreshold": math.ceil(runtime.startup_seconds / _STARTUP_PERIOD_SECONDS),
            },
            "readinessProbe": model_ready | {"periodSeconds": 5, "timeoutSeconds": 2, "failureThreshold": 2},
            "livenessProbe": _live(guarded=guarded)
            | {"periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3},
            "lifecycle": _lifecycle(runtime),
            # The API then shows the end of Triton's log when it fails, and needs no right to read logs.
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "securityContext": RESTRICTED,
            "volumeMounts": [*_mounts(owner), *given.get("volumeMounts", [])],
        }
    )


def tritonserver_arguments(owner: ModelDeployment, *, guarded: bool) -> list[str]:
    """Return Triton's flags: the operator's own, which the API refuses in `runtime.args`, then the user's."""
    # Nobody is told the key, nobody needs it.
    key = derived_key(owner, "triton control API")
    restricted = f"model-repository,logging,trace,shared-memory:admin-key={key}"
    return [
        f"--model-repository={names.MODEL_REPOSITORY_PATH}",
        # Without it, whoever reaches the port can upload Python code and have it run.
        "--model-control-mode=none",
        # The API keeps the last 2048 bytes of the log of a failed start. With information in it, the cause
        # is pushed out by a table of options (measured). A user who wants it says --log-info=true.
        "--log-info=false",
        *(_ON_LOOPBACK if guarded else _ON_THE_POD),
        f"--metrics-port={METRICS_PORT}",
        f"--exit-timeout-secs={owner.spec.runtime.drain.request_seconds + _UNLOAD_SECONDS}",
        f"--http-restricted-api={restricted}",
        f"--grpc-restricted-protocol={restricted}",
        *owner.spec.runtime.args,
    ]


_ON_LOOPBACK = (
    "--http-address=127.0.0.1",
    f"--http-port={TRITON_HTTP_PORT}",
    "--grpc-address=127.0.0.1",
    f"--grpc-port={TRITON_GRPC_PORT}",
    # Without it, the metrics are where HTTP is.
    "--metrics-address=0.0.0.0",
)
_ON_THE_POD = (f"--http-port={HTTP_PORT}", f"--grpc-port={GRPC_PORT}")


def _live(*, guarded: bool) -> Object:
    return _get("/metrics", METRICS_PORT) if guarded else _get("/v2/health/live", HTTP_PORT)


def _get(path: str, port_number: int) -> Object:
    return {"httpGet": {"path": path, "port": port_number}}


def _environment(given: list[Object]) -> list[Object]:
    # Libraries keep caches in HOME, and the root file system is read-only.
    home = {"name": "HOME", "value": names.TEMPORARY_PATH}
    return given if any(variable["name"] == "HOME" for variable in given) else [home, *given]


def _lifecycle(runtime: Runtime) -> Object | None:
    # Triton refuses new connections the moment it is told to end, while gateways still send some.
    if not runtime.drain.endpoint_seconds:
        return None
    return {"preStop": {"sleep": {"seconds": runtime.drain.endpoint_seconds}}}


def _mounts(owner: ModelDeployment) -> list[Object]:
    claim = owner.spec.model.source.persistent_volume_claim
    path = f"{names.MODEL_REPOSITORY_PATH}/{owner.model_name}"
    model = {"name": MODEL_VOLUME, "mountPath": path, "readOnly": True}
    return [
        without_empty(model | {"subPath": claim.path}),
        {"name": SHARED_MEMORY_VOLUME, "mountPath": names.SHARED_MEMORY_PATH},
        {"name": TEMPORARY_VOLUME, "mountPath": names.TEMPORARY_PATH},
    ]
