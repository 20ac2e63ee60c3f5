"""`make bench`: what the operator costs, read off the API server's audit log on a real cluster."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter

from e2e import bench_guard, scenario
from e2e.audit import requests
from e2e.bench_crowd import crowds
from e2e.bench_figures import head, row
from e2e.bench_rollback import rollbacks
from e2e.bench_rollouts import add_history, rollouts
from e2e.client import Example
from e2e.cluster.interface import Cluster
from e2e.cluster.progress import say, step
from e2e.documents import keep
from e2e.stage import Stage, ephemeral
from tests.support.cluster_view import View
from tests.support.poll import eventually

ROUNDS = 5
REST_SECONDS = 120
RESOURCES_AT_REST = 10
HISTORY_LIMIT = 100
"""Revisions on record of each resource at rest, the most that the API allows."""
MANAGED = "app.kubernetes.io/managed-by"


def one_round(stage: Stage, view: View, example: Example, number: int) -> dict[str, float]:
    """Apply a resource, wait for its first answer through the gateway, and return times and counts."""
    name = f"bench-{number}"
    caller = stage.caller(name)
    began = time.time()
    view.apply(scenario.fraud("fraud/1", name=name))
    eventually("Ready", lambda: view.says(name, "Ready", "True", "Serving"), seconds=120)
    ready = time.time()
    caller.first_answer(example)
    answered = time.time()
    made = list(requests(stage.cluster, began))
    created = [request.at for request in made if request.resource == "deployments" and request.writes]
    verbs = Counter(
        "writes" if request.writes else "reads" for request in made if request.writes or request.reads
    )
    view.kubectl("delete", "mdep", name, "--wait=true", "--timeout=60s")
    return {
        "apply to Deployment created, s": created[0] - began,
        "apply to Ready, s": ready - began,
        "apply to first answer through the gateway, s": answered - began,
        "writes, apply to Ready": verbs["writes"],
        "of these to status": sum(
            request.writes and request.resource.endswith("/status") for request in made
        ),
        "reads, apply to Ready": verbs["reads"],
    }


def at_rest(stage: Stage, view: View) -> dict[str, float]:
    """Return the requests of the operator in a quiet stretch, with settled resources that have a history."""
    rest = [f"rest-{number}" for number in range(RESOURCES_AT_REST)]
    asleep = {"replicas": 0, "traffic": None, "rollout": {"historyLimit": HISTORY_LIMIT}}
    for name in rest:
        view.apply(scenario.fraud("fraud/1", name=name, **asleep))
    with step(f"{RESOURCES_AT_REST} resources with {HISTORY_LIMIT} revisions on record each"):
        for name in rest:
            view.wait_ready(name, seconds=60)
            add_history(view, name, HISTORY_LIMIT - 1)
    # Pods of the rounds before still drain, and each of their last words is looked at.
    eventually("no pod is left", lambda: not view.list("pods", f"{MANAGED}=sluiceway"), seconds=90)
    threading.Event().wait(10)
    began = time.time()
    with step(f"{REST_SECONDS} s of rest with {RESOURCES_AT_REST} resources"):
        threading.Event().wait(REST_SECONDS)
    made = list(requests(stage.cluster, began))
    kept = len(view.list("controllerrevisions", f"{MANAGED}=sluiceway"))
    what = f"{RESOURCES_AT_REST} resources, {kept} revisions on record"
    return {
        f"requests in {REST_SECONDS} s of rest, {what} (watches re-opened apart)": sum(
            request.verb != "watch" for request in made
        ),
        "watches re-opened meanwhile": sum(request.verb == "watch" for request in made),
        "memory of the operator's container, MiB (working set)": memory(stage.cluster),
        f"replicas changed to Deployment changed, {HISTORY_LIMIT} revisions on record, s": woken(
            stage, view, rest[0]
        ),
    }


def woken(stage: Stage, view: View, name: str) -> float:
    """Return how long the operator takes to give pods to a resource that had none."""
    began = time.time()
    view.kubectl("scale", "mdep", name, "--replicas=1")

    def written() -> list[float]:
        made = requests(stage.cluster, began)
        return [request.at for request in made if request.resource == "deployments" and request.writes]

    return eventually("the Deployment is written", written)[0] - began


def memory(cluster: Cluster) -> float:
    """Return the working set of the operator's container as kubelet reports it, in MiB."""
    node = json.loads(cluster.kubectl("get", "nodes", "-o", "json"))["items"][0]["metadata"]["name"]
    summary = json.loads(cluster.kubectl("get", "--raw", f"/api/v1/nodes/{node}/proxy/stats/summary"))
    [pod] = [pod for pod in summary["pods"] if pod["podRef"]["namespace"] == scenario.SYSTEM]
    return float(pod["containers"][0]["memory"]["workingSetBytes"]) / 2**20


def table(repeated: list[list[dict[str, float]]], rest: dict[str, float]) -> str:
    """Return the figures as Markdown."""
    lines = head("make bench", ROUNDS)
    for rounds in repeated:
        lines += [row(key, [one[key] for one in rounds]) for key in rounds[0]]
    return "\n".join([*lines, *(row(key, [value]) for key, value in rest.items())])


def main() -> None:
    """Measure, print, and keep the figures in docs/measurements.md."""
    if scenario.OWN:
        raise SystemExit("bench: only our own cluster shows its audit log: unset KUBECONFIG")
    with ephemeral("bench") as stage:
        view = View(stage.cluster, "default")
        view.apply(*stage.claim("default", "models"))
        example = scenario.export_fraud(view, "fraud/1")
        with step(f"{ROUNDS} rounds from apply to the first answer"):
            rounds = [one_round(stage, view, example, number) for number in range(ROUNDS)]
        moved = rollouts(stage, view)
        taken_back = rollbacks(stage, view)
        guards = bench_guard.table(stage, view)
        found = table([rounds, moved], at_rest(stage, view))
        crowded = crowds(stage, view)
    say(f"{found}\n\n{guards}\n\n{taken_back}\n\n{crowded}")
    keep("make bench", found)
    keep("guards", guards)
    keep("rollbacks", taken_back)
    keep("crowds", crowded)


if __name__ == "__main__":
    main()
