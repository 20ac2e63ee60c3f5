"""What a rollout costs, and what the ones that are over cost: requests of the operator, seconds."""

from __future__ import annotations

import time
from copy import deepcopy

from e2e import scenario
from e2e.audit import requests
from e2e.cluster.progress import step
from e2e.rolling import Rolling, export
from e2e.stage import Stage
from sluiceway.api import names
from sluiceway.api.reasons import Reason
from sluiceway.build.objects import digest
from sluiceway.core.memory import Outcome, recall
from tests.support.cluster_view import View
from tests.support.poll import eventually

ROUNDS = 5
ROLLOUT = "a rollout in 4 steps until the old pods are gone"
STEPS = [{"weight": weight, "seconds": 2} for weight in (5, 25, 50, 100)]


def rollouts(stage: Stage, view: View) -> list[dict[str, float]]:
    """Let the two models take over from each other, each time as a new revision, in four steps."""
    examples = export(view)
    rollout = {"steps": STEPS, "keepPreviousSeconds": 0}
    with (
        step(f"{ROUNDS} rollouts in {len(STEPS)} steps"),
        Rolling(stage, view, "rolling", rollout=rollout) as rolling,
    ):
        serving = rolling.begin("fraud/1", examples)
        found = []
        for number in range(ROUNDS):
            old, began = serving, time.time()
            serving = rolling.apply(list(examples)[(number + 1) % 2])
            rolling.serves(serving)
            ready = time.time()
            eventually("the old pods are gone", lambda gone=old: not rolling.pods(gone), seconds=90)  # type: ignore[misc]
            promoted = _promoted(rolling, serving)
            made = list(requests(stage.cluster, began))
            writes = [request.resource for request in made if request.writes]
            found.append(
                {
                    f"writes, {ROLLOUT}": len(writes),
                    f"of these to status, {ROLLOUT}": sum(what.endswith("/status") for what in writes),
                    f"reads, {ROLLOUT}": sum(request.reads for request in made),
                    "end of the last step to Ready, s": ready - promoted,
                    "end of the last step to the old pods gone, s": time.time() - promoted,
                }
            )
    view.kubectl("delete", "mdep", "rolling", "--wait=true", "--timeout=60s")
    return found


def _promoted(rolling: Rolling, revision: str) -> float:
    """Return when the route was written that remembers *revision* as the one that serves."""
    return next(heard.at for heard in rolling.route.heard if recall([heard.obj], "").stable == revision)


def add_history(view: View, name: str, count: int) -> None:
    """Put *count* rollouts that are over on record of a resource, as the operator records them."""
    [own] = view.list("controllerrevisions", f"{names.LABEL_MODEL_DEPLOYMENT}={name}")
    records = []
    for number in range(count):
        record = deepcopy(own)
        content = record["data"]["content"]
        content["runtime"]["env"] = [{"name": "NUMBER", "value": str(number)}]
        record["data"]["digest"] = digest(content)
        revision = f"{name}-{record['data']['digest'][:10]}"
        outcome = Outcome(revision=revision, attempt=1, reason=Reason.SUPERSEDED)
        kept = {key: record["metadata"][key] for key in ("labels", "ownerReferences")}
        kept["labels"][names.LABEL_REVISION] = revision
        annotations = {names.ANNOTATION_OUTCOME: outcome.written()}
        record["metadata"] = {"name": revision, "annotations": annotations, **kept}
        records.append(record)
    view.kubectl("create", "-f", "-", stdin=scenario.as_yaml(*records))
