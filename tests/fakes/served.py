"""An object as the API server shows it: its own defaults added, empty values left out."""

from __future__ import annotations

import json
import marshal
from typing import Any

from sluiceway.build.objects import Object, Ref


def as_served(stored: Object) -> Object:
    """Return a copy of *stored* with what the API server adds to it."""
    obj: Object = copied(stored)
    match obj["kind"]:
        case "Deployment":
            obj["spec"] |= {"progressDeadlineSeconds": 600, "strategy": {"type": "RollingUpdate"}}
            pod = obj["spec"]["template"]["spec"]
            pod |= {
                "restartPolicy": "Always",
                "dnsPolicy": "ClusterFirst",
                "schedulerName": "default-scheduler",
            }
            for container in pod["containers"]:
                amounts = container.get("resources", {})
                container["resources"] = {kind: amount for kind, amount in amounts.items() if amount}
                container["terminationMessagePath"] = "/dev/termination-log"
        case "Service":
            obj["spec"] |= {"clusterIP": "10.96.7.7", "sessionAffinity": "None", "ipFamilies": ["IPv4"]}
    return obj


class Served:
    """Objects as they are served. They are read far more often than they change."""

    def __init__(self) -> None:
        self._known: dict[Ref, tuple[Object, bytes]] = {}

    def copy(self, ref: Ref, stored: Object) -> Object:
        """Return a copy of its own of what is *stored*, which nobody changes in place."""
        known = self._known.get(ref)
        if known is None or known[0] is not stored:
            plain = json.loads(json.dumps(as_served(stored)))
            known = self._known[ref] = stored, marshal.dumps(plain)
        served: Object = marshal.loads(known[1])  # noqa: S302 - our own, and the fastest copy there is
        return served


def copied(value: Any) -> Any:
    """Return a copy of what JSON can hold; many times faster than `deepcopy`, and tests copy a lot."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value
