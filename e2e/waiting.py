"""Waits for pods of a cluster, and says meanwhile what they wait for."""

from __future__ import annotations

from e2e.cluster import pods
from e2e.cluster.progress import ClusterError, wait_for
from tests.support.cluster_view import View

_EVERY = 0.3


def deployment_ready(view: View, name: str, *, seconds: float) -> None:
    """Wait until all pods of a Deployment's newest generation are ready.

    :raises ClusterError: with what its pods wait for; at once when waiting does not help.
    """

    def unready() -> str:
        found = view.get("deployment", name) or {"metadata": {}, "spec": {}}
        status = found.get("status", {})
        seen = status.get("observedGeneration") == found["metadata"].get("generation")
        wanted = found["spec"].get("replicas", 1)
        if seen and status.get("updatedReplicas") == status.get("readyReplicas") == wanted:
            return ""
        labels = found["spec"].get("selector", {}).get("matchLabels", {})
        return _wanting(view, ",".join(f"{key}={value}" for key, value in labels.items()))

    wait_for(f"deployment {name} is ready", unready, seconds=seconds, every=_EVERY)


def job_complete(view: View, name: str, *, seconds: float) -> None:
    """Wait until a Job is complete.

    :raises ClusterError: with the log of a Job that failed, or what its pod waits for.
    """

    def incomplete() -> str:
        status = (view.get("job", name) or {}).get("status", {})
        if status.get("failed"):
            raise ClusterError(f"job {name} failed:\n{view.kubectl('logs', f'job/{name}', '--tail=20')}")
        return "" if status.get("succeeded") else _wanting(view, f"job-name={name}")

    wait_for(f"job {name} is complete", incomplete, seconds=seconds, every=_EVERY)


def _wanting(view: View, selector: str) -> str:
    found = view.list("pods", selector)
    said = pods.trouble(found)
    if pods.hopeless(found):
        raise ClusterError(said)
    return said or "its pods start"
