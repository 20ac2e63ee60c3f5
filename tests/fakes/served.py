"""An object as the API server shows it: its own defaults added, empty values left out."""

from __future__ import annotations

from copy import deepcopy

from sluiceway.build.objects import Object


def as_served(stored: Object) -> Object:
    """Return a copy of *stored* with what the API server adds to it."""
    obj = deepcopy(stored)
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
