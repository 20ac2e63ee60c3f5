"""From one look at the cluster to what is shown of it: pure, and by the rules that the operator goes by."""

from __future__ import annotations

from collections.abc import Iterator

from sluiceway.api.live import Live
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object, revision_of
from sluiceway.build.triton import CONTAINER as TRITON
from sluiceway.core import commands
from sluiceway.core.clock import waits_for_person
from sluiceway.core.pods import container_status, has_started, is_over, is_ready, trouble
from sluiceway.core.state import State
from sluiceway.core.steps import passed, step_at
from sluiceway.kubectl.advice import advice
from sluiceway.kubectl.live import Unheard
from sluiceway.kubectl.snapshot import Snapshot
from sluiceway.kubectl.view import Condition, Pod, Revision, Role, Step, View

_HIDDEN = (
    "HTTPRoutes may not be read with your rights: weights are those of the status, the step is not known"
)


def view_of(snapshot: Snapshot, live: Live | Unheard | None = None) -> View:
    """Return what is shown; *live* adds what is counted right now."""
    state = State(snapshot.observed)
    status = state.owner.status
    figures = live if isinstance(live, Live) else None
    trial = state.memory.candidate and not snapshot.routes_hidden
    return View(
        namespace=state.owner.metadata.namespace,
        name=state.owner.metadata.name,
        conditions=tuple(
            Condition(each.type, each.status, each.reason, each.message) for each in status.conditions
        ),
        revisions=tuple(_revision(state, snapshot, name, role, figures) for name, role in _roles(state)),
        step=_step(state) if trial and state.steps else None,
        up_to_date=status.observed_generation == state.owner.metadata.generation,
        next_steps=tuple(advice(state)),
        notes=tuple(_notes(snapshot, status, live)),
    )


def _roles(state: State) -> Iterator[tuple[str, Role]]:
    """Yield the revisions that matter now, the one that serves first."""
    memory, wanted = state.memory, state.wanted.name
    found = {memory.stable: Role.STABLE, memory.candidate: Role.CANDIDATE, memory.previous: Role.PREVIOUS}
    for name in memory.leaving:
        found.setdefault(name, Role.LEAVING)
    if wanted not in found or found[wanted] is Role.LEAVING:
        found[wanted] = Role.REFUSED if state.refusal(wanted) else Role.CANDIDATE
    return ((name, role) for name, role in found.items() if name)


def _revision(state: State, snapshot: Snapshot, name: str, role: Role, live: Live | None) -> Revision:
    known = state.revision(name)
    counted = next((each for each in live.revisions if each.revision == name), None) if live else None
    return Revision(
        name=name,
        number=known.number if known else 0,
        role=role,
        weight=_weight(state, snapshot, name),
        image=known.image if known else "",
        model=known.source if known else "",
        attempt=_attempt(state, name, role),
        pods=tuple(_pod(pod) for pod in snapshot.observed.pods if revision_of(pod) == name),
        requests=counted.requests if counted else None,
        bad=counted.bad if counted else None,
        objectives=tuple(each for each in live.objectives if each.revision == name) if live else (),
    )


def _attempt(state: State, name: str, role: Role) -> int:
    if role is Role.CANDIDATE:
        return state.memory.attempt or 1
    outcome = state.outcome(name) if role is Role.REFUSED else None
    return outcome.attempt if outcome else 0


def _weight(state: State, snapshot: Snapshot, name: str) -> int:
    """Return the share of the requests that a revision gets, in percent."""
    if snapshot.routes_hidden and state.owner.spec.traffic:
        status = state.owner.status
        weight = status.candidate_weight or 0
        return weight if name == status.candidate else 100 - weight if name == status.serving else 0
    return state.routed.get(name, 0) if state.routed else 100 * (name == state.selected)


def _pod(pod: Object) -> Pod:
    found = trouble(None, [pod])
    waiting = next(iter((container_status(pod, TRITON).get("state") or {}).get("waiting", {}).values()), "")
    state = (
        "Terminating"
        if pod["metadata"].get("deletionTimestamp")
        else str((pod.get("status") or {}).get("reason") or "Failed")
        if is_over(pod)
        else "Ready"
        if is_ready(pod)
        else str(found.reason)
        if found
        else "Loading"
        if has_started(pod)
        else str(waiting or "Pending")
    )
    return Pod(
        name=str(pod["metadata"]["name"]),
        ready=is_ready(pod) and state == "Ready",
        state=state,
        restarts=int(container_status(pod, TRITON).get("restartCount") or 0),
        message=found.message if found and not is_ready(pod) else "",
    )


def _step(state: State) -> Step:
    memory = state.memory
    step = step_at(state.steps, memory.weight)
    return Step(
        at=passed(state.steps, memory.weight),
        of=len(state.steps),
        weights=tuple(each.weight for each in state.steps),
        elapsed=max(0, memory.elapsed(state.now)) if step else 0,
        seconds=step.seconds if step else 0,
        gate=waits_for_person(state, memory),
        paused=commands.paused(state.owner, memory),
    )


def _notes(snapshot: Snapshot, status: ModelDeploymentStatus, live: Live | Unheard | None) -> Iterator[str]:
    if not status.conditions:
        yield "no operator has looked at it: see `kubectl get pods -A -l app.kubernetes.io/name=sluiceway`"
    if snapshot.routes_hidden and snapshot.observed.resource.spec.traffic:
        yield _HIDDEN
    if isinstance(live, Unheard):
        yield f"no live figures, only what the status says: {live.reason}"
