"""The guard's container: a native sidecar, which starts before Triton and ends after it.

Kubernetes: an init container with `restartPolicy: Always` (KEP-753). It gets SIGTERM when the other
containers have ended; all preStop hooks start together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.runtime import Drain
from sluiceway.build.container import CALLERS_PORTS, RESTRICTED, port
from sluiceway.build.guard.bootstrap import BOOTSTRAP, DIRECTORY
from sluiceway.build.guard.ports import GUARD_PORT
from sluiceway.build.guard.routes import END_AFTER
from sluiceway.build.keys import derived_key
from sluiceway.build.objects import Object

CONTAINER = "guard"
VOLUME = f"{names.RESERVED_VOLUME_PREFIX}guard"

_HOOKS_APART_SECONDS = 1
"""By how much Triton's preStop hook may begin after the guard's."""

_READY: Object = {"httpGet": {"path": "/ready", "port": GUARD_PORT}}


@dataclass(frozen=True)
class GuardSettings:
    """What the operator's configuration says of guards to come: Envoy's image and its resources."""

    image: str = "docker.io/envoyproxy/envoy:distroless-v1.40.0"
    resources: Mapping[str, Any] = field(
        default_factory=lambda: {
            "requests": {"cpu": "50m", "memory": "96Mi"},
            # No limit of CPU: a throttled guard would be the latency that it measures.
            "limits": {"memory": "512Mi"},
        }
    )


DEFAULTS = GuardSettings()


def guard_container(owner: ModelDeployment, settings: GuardSettings) -> Object:
    """Return the sidecar."""
    drain = owner.spec.runtime.drain
    key = {"name": names.HEADER_GUARD_KEY, "value": derived_key(owner, "guard")}
    end = {"name": END_AFTER, "value": str(1000 * lasting_seconds(drain))}
    return {
        "name": CONTAINER,
        "image": settings.image,
        "restartPolicy": "Always",
        "command": ["/usr/local/bin/envoy"],
        "args": arguments(drain.endpoint_seconds),
        "ports": [*CALLERS_PORTS, port("guard", GUARD_PORT)],
        "resources": dict(settings.resources),
        # Both ask the guard alone: a guard is not restarted for what Triton does.
        "startupProbe": _READY | {"periodSeconds": 1, "failureThreshold": 60},
        "livenessProbe": _READY | {"periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3},
        "lifecycle": {
            "preStop": {"httpGet": {"path": "/drain", "port": GUARD_PORT, "httpHeaders": [key, end]}},
        },
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": RESTRICTED,
        "volumeMounts": [{"name": VOLUME, "mountPath": DIRECTORY, "readOnly": True}],
    }


def lasting_seconds(drain: Drain) -> int:
    """Return how long after the preStop hook the guard ends by itself, if Triton has not ended by then.

    Triton gets its SIGTERM after `endpoint_seconds`: what it has accepted is answered in its time.
    """
    return drain.endpoint_seconds + drain.request_seconds + _HOOKS_APART_SECONDS


def arguments(drain_seconds: int) -> list[str]:
    """Return Envoy's flags, each apart from its value: it does not know `--flag=value`."""
    # From the first moment of the drain every answer asks its caller for another connection.
    drain = ["--drain-strategy", "immediate", "--drain-time-s", str(max(1, drain_seconds))]
    small = ["--disable-hot-restart", "--concurrency", "1", "--log-level", "warning"]
    # A field that this Envoy does not know would be passed over, and with it what it was to limit.
    strict = ["--reject-unknown-dynamic-fields"]
    return ["--config-path", f"{DIRECTORY}/{BOOTSTRAP}", *strict, *small, *drain]


def guard_volume(revision: str) -> Object:
    """Return the volume with the guard's configuration."""
    return {"name": VOLUME, "configMap": {"name": revision}}


def is_guarded(template: Object) -> bool:
    """Tell whether the pods of a template have a guard; what an earlier operator rendered may have none."""
    return _guard(template) is not None


def drain_key(template: Object) -> str:
    """Return what kubelet says to have the guards of a template drain, "" when it has no guard."""
    guard = _guard(template)
    return str(guard["lifecycle"]["preStop"]["httpGet"]["httpHeaders"][0]["value"]) if guard else ""


def _guard(template: Object) -> Object | None:
    containers = template["spec"].get("initContainers") or []
    return next((each for each in containers if each["name"] == CONTAINER), None)
