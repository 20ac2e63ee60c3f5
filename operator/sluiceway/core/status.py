"""The whole status, written anew each time from what was observed and decided."""

from __future__ import annotations

from collections.abc import Mapping

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object, pod_selector
from sluiceway.build.pod import GRPC_PORT, HTTP_PORT
from sluiceway.core.claim import held_elsewhere
from sluiceway.core.conditions import Facts, conditions
from sluiceway.core.finding import Finding
from sluiceway.core.pods import has_started, trouble
from sluiceway.core.state import State


def facts(state: State, blocker: Finding | None, traffic: Finding) -> Facts:
    """Gather what the conditions speak of; *blocker* is what forbids writing, whatever the pods do."""
    wanted, serving = state.wanted.name, state.serving.name if state.serving else ""
    pods = state.observed.pods_of(wanted)
    found = trouble(state.deployment(wanted), pods) or held_elsewhere(
        state.observed.claim, pods, state.observed.pods
    )
    blockers = (blocker, found, traffic)
    return Facts(
        wanted=wanted,
        serving=serving,
        replicas=state.observed.resource.spec.replicas,
        ready=state.ready_pods(serving),
        traffic=traffic,
        blocker=next((finding for finding in blockers if finding and finding.needs_help), None),
        progress=_progress(state, found),
        candidate_trouble=found,
    )


def status(state: State, known: Facts) -> Object:
    """Return the complete status."""
    owner = state.observed.resource
    shown = state.serving or state.wanted
    generation = owner.metadata.generation
    pods = [pod for name in {known.wanted, known.serving} for pod in state.observed.pods_of(name)]
    served = bool(known.serving)
    candidate = known.wanted if known.wanted != known.serving else ""
    host = f"{owner.metadata.name}.{owner.metadata.namespace}.svc"
    found: Object = {
        "observedGeneration": generation,
        "conditions": conditions(known, owner.status.conditions, generation, state.observed.now),
        "serving": known.serving or None,
        "candidate": candidate or None,
        "candidateWeight": state.routed.get(candidate, 0),
        "replicas": len(pods),
        "readyReplicas": known.ready,
        "selector": _selector(pod_selector(owner, shown.name)),
        "image": shown.data["content"]["runtime"]["image"],
        "model": _source(shown.data["content"]),
        "address": {"http": f"http://{host}:{HTTP_PORT}", "grpc": f"{host}:{GRPC_PORT}"} if served else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _progress(state: State, found: Finding | None) -> Finding | None:
    """Return how far the wanted revision is, None when it serves with all its pods."""
    wanted, replicas = state.wanted.name, state.observed.resource.spec.replicas
    ready = state.ready_pods(wanted)
    if state.serving and state.serving.name == wanted and ready >= replicas:
        return None
    if found:
        return found
    pods = state.observed.pods_of(wanted)
    count = f"{ready} of {replicas} pods ready"
    if state.serving and state.serving.name == wanted:
        return Finding(Reason.NOT_ENOUGH_REPLICAS, f"{wanted} serves with {count}")
    meanwhile = f"; {state.serving.name} serves meanwhile" if state.serving else ""
    if any(has_started(pod) for pod in pods):
        return Finding(Reason.LOADING, f"{wanted} loads its model: {count}{meanwhile}")
    return Finding(Reason.PENDING, f"the pods of {wanted} are being started: {count}{meanwhile}")


def _selector(labels: Mapping[str, str]) -> str:
    return ",".join(f"{label}={value}" for label, value in labels.items())


def _source(content: Object) -> str:
    claim = content["model"]["source"]["persistentVolumeClaim"]
    return f"pvc://{claim['claimName']}/{claim.get('path', '')}".rstrip("/")
