"""From what was observed to what to do: the only place with rules, and the only entry to them.

    wanted      which revision does the spec ask for? A recorded one with the same content, or a new one
    blocker     does a name belong to somebody else, did the API server refuse something for good?
    obstacle    may the route be written? Its trouble never stops serving inside the cluster
    serving     who is to be reached: the wanted revision once it can carry everything, until then the last
    desired     every object that must exist, in the order in which it is safe to write them:
                record, budget, pods, Service of the revision; then who is reached
    retire      what no caller can reach any more, and records beyond those that are kept
    report      status and events

State lives in the cluster only. Whoever is killed after any one of these writes is followed by
somebody who observes, decides the same and goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sluiceway.api.reasons import Reason
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.build.route import http_route
from sluiceway.build.workload import (
    controller_revision,
    deployment,
    disruption_budget,
    revision_service,
    serving_service,
)
from sluiceway.core import status as report
from sluiceway.core import traffic
from sluiceway.core.blockers import name_conflict, refused
from sluiceway.core.events import events
from sluiceway.core.finding import Finding
from sluiceway.core.observed import Observed
from sluiceway.core.plan import Plan, Write
from sluiceway.core.revision import Revision
from sluiceway.core.state import State
from sluiceway.core.writes import changes, retired

_LOOK_AGAIN_SECONDS = 15.0
"""For what no watch reports: somebody else's object under our name, a Gateway API not installed yet."""
_RETRY_REFUSED_SECONDS = 60.0
"""A refused write is tried again now and then: a quota or a webhook may have changed."""


def decide(observed: Observed) -> Plan:
    """Return the plan for one resource; nothing at all for one that is being deleted."""
    if observed.resource.metadata.deletion_timestamp:
        return Plan(notes=("being deleted: the garbage collector removes what it owns",))
    state = State(observed)
    obstacle = traffic.obstacle(observed)
    desired = list(_desired(state, route=obstacle is None))
    # Service <name> is not desired before somebody serves, yet whether the name is free is told at once.
    conflict = name_conflict(observed, [*desired, serving_service(observed.resource, state.wanted.name)])
    changed = tuple(changes(observed, desired, create=conflict is None))
    # The gateway's last word was about the route as it was before this plan.
    moves = any(write.ref.kind == "HTTPRoute" for write in changed)
    judged = traffic.judge(observed, state.route, obstacle, moves=moves)
    # Until the gateway has taken up the route, it may still lead callers to the revision before.
    unsettled = state.route is not None and judged.reason is Reason.ROUTE_PENDING
    writes = (*changed, *(() if unsettled else retired(state)))
    facts = report.facts(state, conflict or refused(observed), judged)
    status = report.status(state, facts)
    after = ModelDeploymentStatus.model_validate(status)
    news = after != observed.resource.status
    return Plan(
        writes=writes,
        status=status if news else None,
        events=events(observed.resource.status, after) if news else (),
        look_again_seconds=_look_again(observed, facts.blocker),
        notes=tuple(_notes(state, writes, facts.blocker)),
    )


def needed(observed: Observed) -> list[Ref]:
    """Return the address of every object that the resource needs now or with its next step.

    Whatever stands there must be looked at before it may be written, with or without our labels.
    """
    state, owner = State(observed), observed.resource
    shared = [serving_service(owner, state.wanted.name)]
    if owner.spec.traffic and observed.gateway_api:
        shared.append(http_route(owner, owner.spec.traffic, {state.wanted.name: 100}))
    return [ref_of(obj) for obj in (*_desired(state, route=False), *shared)]


def _desired(state: State, *, route: bool) -> Iterator[Object]:
    """Yield every object that must exist, in the order of safety: nobody is led to what is not there."""
    owner, serving = state.observed.resource, state.serving
    earlier = (revision for revision in state.recorded if revision.name != state.wanted.name)
    for revision in (*earlier, state.wanted):
        yield controller_revision(owner, revision.name, number=revision.number, data=revision.data)
    for revision in _live(state.wanted, serving):
        yield from _workload(state, revision)
    if serving is None:
        return
    yield serving_service(owner, serving.name)
    if owner.spec.traffic and route:
        yield http_route(owner, owner.spec.traffic, {serving.name: 100})


def _live(wanted: Revision, serving: Revision | None) -> Iterable[Revision]:
    return {revision.name: revision for revision in (wanted, serving) if revision}.values()


def _workload(state: State, revision: Revision) -> Iterator[Object]:
    owner, replicas = state.observed.resource, state.observed.resource.spec.replicas
    if budget := disruption_budget(owner, revision.name, replicas=replicas):
        yield budget
    yield deployment(owner, revision.name, template=revision.template, replicas=replicas)
    yield revision_service(owner, revision.name)


def _look_again(observed: Observed, blocker: Finding | None) -> float | None:
    if blocker and blocker.reason in (Reason.NAME_CONFLICT, Reason.GATEWAY_API_MISSING):
        return _LOOK_AGAIN_SECONDS
    refused = observed.rejections or (blocker and blocker.reason is Reason.PODS_REFUSED)
    return _RETRY_REFUSED_SECONDS if refused else None


def _notes(state: State, writes: Iterable[Write], blocker: Finding | None) -> Iterator[str]:
    wanted = state.wanted.name
    serving = state.serving.name if state.serving else "nobody"
    ready = state.ready_pods(wanted)
    yield f"the spec asks for {wanted} (revision {state.wanted.number}); {ready} of its pods are ready"
    yield f"{serving} is to serve; callers reach {state.holder or 'nobody'} now"
    if blocker:
        yield f"blocked: {blocker.reason}: {blocker.message}"
    yield from map(str, writes)
