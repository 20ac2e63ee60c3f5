"""From what was observed to what to do: the only place with rules, and the only entry to them.

    state       what was observed, in the words of the design; what is remembered of the rollout
    blocker     does a name belong to somebody else, did the API server refuse something for good?
    after       the next transition in the life of the revisions: `core.life` tells it, line by line
    desired     every object that must exist, in the order in which it is safe to write them
    retire      what no caller can reach any more, and records beyond those that are kept
    report      status and events; what pods are to be asked before they have users,
                whose guards are to be read while they have them, and what judges them

Where callers are led is written first: a share is only given to pods that were seen to answer, and what
is taken back must not wait for anything. State lives in the cluster only. Whoever is killed after any one
of these writes is followed by somebody who observes, decides the same and goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sluiceway.api.reasons import ConditionType, Reason
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Ref, ref_of
from sluiceway.build.route import API_VERSION, KIND
from sluiceway.core import status as report
from sluiceway.core import traffic
from sluiceway.core.blockers import name_conflict, refused
from sluiceway.core.cases import cases
from sluiceway.core.clock import kept_for, measures_in, places_end, previous_goes, step_ends
from sluiceway.core.commands import unreadable
from sluiceway.core.conditions import Facts
from sluiceway.core.desired import claimed, objects
from sluiceway.core.drift import matches
from sluiceway.core.events import events
from sluiceway.core.finding import Finding
from sluiceway.core.holding import held
from sluiceway.core.judged import scrapes
from sluiceway.core.judging import kept_of, ruling
from sluiceway.core.life import advance
from sluiceway.core.memory import Memory
from sluiceway.core.observed import Observed
from sluiceway.core.plan import Apply, Plan, Write
from sluiceway.core.pods import unplaced
from sluiceway.core.replicas import frees_places
from sluiceway.core.room import takes
from sluiceway.core.scene import scene
from sluiceway.core.state import State
from sluiceway.core.verifying import asks
from sluiceway.core.writes import changes, retired, unscaled

_LOOK_AGAIN_SECONDS = 15.0
"""For what no watch reports: somebody else's object under our name, a Gateway API or KEDA not there yet."""
_RETRY_REFUSED_SECONDS = 60.0
"""A refused write is tried again now and then: a quota or a webhook may have changed."""
_COUNT_AGAIN_SECONDS = 60.0
"""How many GPUs are free on the nodes, while pods wait for some."""


def decide(observed: Observed) -> Plan:
    """Return the plan for one resource; nothing at all for one that is being deleted."""
    if observed.resource.metadata.deletion_timestamp:
        return Plan(notes=("being deleted: the garbage collector removes what it owns",))
    state = State(observed)
    conflict = name_conflict(observed, claimed(state))
    after = state.memory if conflict or _leading_refused(observed) else advance(state)
    tried = cases(state, after)
    desired = list(objects(state, after))
    changed = tuple(changes(observed, desired, create=conflict is None))
    gateway = _judged(state, changed)
    # Until the gateway has taken up the route, it may still lead callers to the revision before.
    unsettled = state.route is not None and gateway.reason is Reason.ROUTE_PENDING
    writes = (*changed, *unscaled(state, desired), *(() if unsettled else retired(state, desired)))
    told = state.obstacle or _told(state, after, gateway)
    facts = report.facts(state, after, conflict or refused(observed), told)
    status = report.status(state, after, facts)
    reported = ModelDeploymentStatus.model_validate(status)
    news = reported != observed.resource.status
    return Plan(
        writes=writes,
        status=status if news else None,
        events=events(observed.resource.status, reported) if news else (),
        look_again_seconds=_look_again(state, after, facts),
        notes=tuple(_notes(state, after, writes, facts)),
        asks=asks(state, after),
        scrapes=scrapes(state, after),
        cases=tried,
        kept=kept_of(state, tried),
        scene=scene(state, after, tried, reported),
        broken=_broken(state, after),
    )


def needed(observed: Observed) -> list[Ref]:
    """Return the address of every object that the resource needs now or with its next step.

    Whatever stands there must be looked at before it may be written, with or without our labels.
    """
    owner = observed.resource
    route = [Ref(API_VERSION, KIND, owner.metadata.namespace, owner.metadata.name)]
    routed = owner.spec.traffic is not None and observed.gateway_api
    return [*map(ref_of, claimed(State(observed))), *(route if routed else ())]


def looks_around(observed: Observed) -> bool:
    """Tell whether nodes and other people's pods must be looked at: before pods that need GPUs are asked for,
    and while some of them have no node.
    """
    if not takes({"containers": [observed.resource.spec.runtime.to_dict()]}):
        return False
    state = State(observed)
    name = state.wanted.name
    if (deployment := state.deployment(name)) is None:
        return state.refusal(name) is None
    return unplaced(deployment, observed.pods_of(name)) > 0


def _leading_refused(observed: Observed) -> bool:
    """Tell whether the API server refused what remembers the transition: then it did not happen."""
    shared = observed.resource.metadata.name
    return any(ref.kind in (KIND, "Service") and ref.name == shared for ref in observed.rejections)


def _broken(state: State, after: Memory) -> str:
    """Return the objective for which requests are taken back by this transition, "" for none."""
    news = (each for each in after.outcomes if each not in state.memory.outcomes)
    found = ruling(state) if any(each.reason == Reason.OBJECTIVE_BROKEN for each in news) else None
    return found.objective if found else ""


def _judged(state: State, changed: Iterable[Write]) -> Finding:
    """Return what the gateway makes of the route; its last word was about it as it was before this plan."""
    route = next((write for write in changed if write.ref.kind == KIND and isinstance(write, Apply)), None)
    moves = route is not None and not (state.route and matches(route.obj["spec"], state.route["spec"]))
    return traffic.judge(state.observed, state.route, moves=moves)


def _told(state: State, after: Memory, judged: Finding) -> Finding:
    """Return what the status says of the traffic.

    The gateway serves the stable revision all the while a share of the candidate, or the end of a place, is
    on its way to it. Waited for is what the spec asks for anew, and that who takes over does.
    """
    earlier = state.owner.status.conditions
    told = next((found for found in earlier if found.type == ConditionType.TRAFFIC_READY), None)
    if told is None or told.reason != Reason.ROUTE_ACCEPTED or judged.reason is not Reason.ROUTE_PENDING:
        return judged
    asked_anew = told.observed_generation != state.owner.metadata.generation
    awaited = asked_anew or after.previous or after.leaving
    return judged if awaited and not after.candidate else Finding(Reason.ROUTE_ACCEPTED, told.message)


def _look_again(state: State, after: Memory, facts: Facts) -> float | None:
    """Return after how many seconds to look again for what no watch reports; None for nothing."""
    waits, blocker = [], facts.blocker
    reason = facts.progress.reason if facts.progress else None
    if blocker and blocker.reason in (Reason.NAME_CONFLICT, Reason.GATEWAY_API_MISSING):
        waits.append(_LOOK_AGAIN_SECONDS)
    if state.observed.rejections or (blocker and blocker.reason is Reason.PODS_REFUSED):
        waits.append(_RETRY_REFUSED_SECONDS)
    if facts.scaling.reason is Reason.KEDA_MISSING:
        waits.append(_LOOK_AGAIN_SECONDS)
    if blocker is None and reason is Reason.INSUFFICIENT_GPU:
        waits.append(_COUNT_AGAIN_SECONDS)
    if frees_places(state, after):
        waits.append(_LOOK_AGAIN_SECONDS)
    clocks = (step_ends, previous_goes, places_end, measures_in)
    if after.candidate and step_ends(state, after) is None and held(state, after):
        waits.append(_LOOK_AGAIN_SECONDS)
    waits.extend(seconds for clock in clocks if (seconds := clock(state, after)))
    return min(waits, default=None)


def _notes(state: State, after: Memory, writes: Iterable[Write], facts: Facts) -> Iterator[str]:
    wanted = state.wanted.name
    ready = state.ready_pods(wanted)
    yield f"the spec asks for {wanted} (revision {state.wanted.number}); {ready} of its pods are ready"
    yield f"{after.stable or 'nobody'} is to serve; in the cluster callers reach {state.selected or 'nobody'}"
    if after.candidate:
        yield f"{after.candidate} is tried, attempt {after.attempt}: {after.weight} % of the requests"
    if after.previous:
        yield f"{after.previous} served before and is kept for {kept_for(state, after)} s"
    if facts.blocker:
        yield f"blocked: {facts.blocker.reason}: {facts.blocker.message}"
    elif facts.progress:
        yield facts.progress.message
    for annotation in unreadable(state.owner):
        yield f"annotation {annotation} can not be read: write REVISION/ATTEMPT/STEP"
    yield from map(str, writes)
