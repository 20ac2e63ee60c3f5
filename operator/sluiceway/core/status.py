"""The whole status, written anew each time from what was observed and decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sluiceway.api.reasons import Reason
from sluiceway.build.guard.ports import GRPC_PORT, HTTP_PORT
from sluiceway.build.objects import Object, pod_selector
from sluiceway.core.capacity import live_replicas, need
from sluiceway.core.claim import held_elsewhere
from sluiceway.core.commands import Command
from sluiceway.core.conditions import NO_PODS, Facts, conditions
from sluiceway.core.finding import Finding
from sluiceway.core.history import history
from sluiceway.core.judging import told
from sluiceway.core.keda import ASLEEP
from sluiceway.core.memory import Memory, Outcome
from sluiceway.core.offers import command_line, offers
from sluiceway.core.pods import trouble
from sluiceway.core.progress import progress, still_given
from sluiceway.core.scaling import scaling
from sluiceway.core.signals import signals
from sluiceway.core.state import State
from sluiceway.core.steps import passed


def facts(state: State, after: Memory, blocker: Finding | None, traffic: Finding) -> Facts:
    """Gather what the conditions speak of; *blocker* is what forbids writing, whatever the pods do."""
    wanted, serving = state.wanted.name, after.stable
    refused = state.refusal(wanted, after)
    pods = state.observed.pods_of(wanted)
    found = None if refused else trouble(state.deployment(wanted), pods, state.room)
    found = found or held_elsewhere(state.observed.claim, pods, state.observed.pods)
    # What needs help is told before what may mend itself.
    changed = state.signature_trouble if after.candidate == wanted else None
    found = found if found and found.needs_help else changed or found
    if found:
        # Whatever keeps pods from being ready: who still has requests of somebody else's is told as well.
        found = replace(found, message=f"{found.message}{still_given(after)}")
    refusal = _refusal(state, after, refused) if refused else None
    blockers = (blocker, found, traffic, refusal)
    return Facts(
        wanted=wanted,
        serving=serving,
        replicas=_asked_for(state, after),
        ready=state.ready_pods(serving),
        traffic=traffic,
        blocker=next((finding for finding in blockers if finding and finding.needs_help), None),
        progress=progress(state, after, found),
        candidate_trouble=found,
        weight=after.weight,
        refused=refused,
        refusal=refusal,
        signals=signals(state, after),
        scaling=scaling(state, after),
        trial=told(state, after),
        no_pods=ASLEEP if state.owner.spec.autoscaling else NO_PODS,
    )


def status(state: State, after: Memory, known: Facts) -> Object:
    """Return the complete status."""
    owner = state.owner
    shown = state.revision(known.serving) or state.wanted
    generation = owner.metadata.generation
    awaited = known.wanted if known.wanted != known.serving and not known.refused else ""
    host = f"{owner.metadata.name}.{owner.metadata.namespace}.svc"
    address = {"http": f"http://{host}:{HTTP_PORT}", "grpc": f"{host}:{GRPC_PORT}"}
    found: Object = {
        "observedGeneration": generation,
        "conditions": conditions(known, owner.status.conditions, generation, state.observed.now),
        "serving": known.serving or None,
        "candidate": after.candidate or awaited or None,
        "candidateWeight": after.weight if state.weighted else 0,
        "step": f"{passed(state.steps, after.weight)}/{len(state.steps)}"
        if after.candidate and state.steps
        else None,
        # Of one revision, as the selector is: who scales by it must not count pods of a candidate.
        "replicas": len(state.observed.pods_of(shown.name)),
        "readyReplicas": known.ready,
        "selector": _selector(pod_selector(owner, shown.name)),
        "image": shown.image,
        "model": shown.source,
        "address": address if known.serving else None,
        "commands": {str(command): named for command, named in offers(state, after).items()} or None,
        "history": history(state, after, known.candidate_trouble),
    }
    return {key: value for key, value in found.items() if value is not None}


def _asked_for(state: State, after: Memory) -> int:
    """Return how many pods are to answer: what an autoscaler asks for, beyond what there have to be."""
    whole = need(state, after)
    return max(whole, live_replicas(state, after.stable)) if state.owner.spec.autoscaling else whole


def _refusal(state: State, after: Memory, refused: Outcome) -> Finding:
    """Return why a revision is not tried again, and what can be done."""
    to_retry = command_line(state, after, Command.RETRY)
    given = still_given(after)
    if refused.reason == Reason.CAUSE_SHARED:
        message = f"{refused.message}{given}. Once the cause is mended, try it again: {to_retry}"
        return Finding(Reason.CAUSE_SHARED, message, needs_help=True)
    message = f"{refused.revision} is refused: {refused.message}{given}. Change the model or the runtime, or"
    return Finding(Reason.ROLLED_BACK, f"{message} try it again: {to_retry}", needs_help=True)


def _selector(labels: Mapping[str, str]) -> str:
    return ",".join(f"{label}={value}" for label, value in labels.items())
