"""Every object that must exist, in the order in which it is safe to write them.

First where callers are led, with the memory of why: a share is only given to pods that were seen to
answer, and what is taken back must not wait for anything. Then the records, budgets, pods and Services
of the revisions.
"""

from __future__ import annotations

from collections.abc import Iterator

from sluiceway.api.autoscaling import AutoscalerClass
from sluiceway.build.autoscaler import autoscaler
from sluiceway.build.guard.container import drain_key
from sluiceway.build.guard.files import guard_config
from sluiceway.build.objects import Object
from sluiceway.build.scaled_object import scaled_object
from sluiceway.build.workload import (
    controller_revision,
    deployment,
    disruption_budget,
    revision_service,
    serving_service,
)
from sluiceway.core.cases import cases
from sluiceway.core.judging import kept_of
from sluiceway.core.life import advance
from sluiceway.core.memory import Memory, signed
from sluiceway.core.once import once
from sluiceway.core.replicas import floor_of, may_rise, replicas_of
from sluiceway.core.revision import Revision
from sluiceway.core.routing import leads, weights
from sluiceway.core.state import State
from sluiceway.core.verifying import answered


def objects(state: State, after: Memory) -> Iterator[Object]:
    """Yield every object that must exist, in the order of safety."""
    # A backend without a Service makes a gateway refuse the route, also at weight 0.
    backends = weights(state, after) if state.weighted and after.stable else ()
    yield from (revision_service(state.owner, name) for name in backends)
    yield from leads(state, after)
    yield from _next(state) if after is advance(state) else _of_revisions(state, after)


def claimed(state: State) -> list[Object]:
    """Return what must be ours or nobody's. The route is not part of it: it never stops serving."""
    # Service <name> is not desired before somebody serves, yet whether the name is free is told at once.
    service = serving_service(state.owner, state.wanted.name)
    return [service, *_next(state)]


@once
def _next(state: State) -> tuple[Object, ...]:
    """Return what revisions need after the next transition; the same is claimed first, and then desired."""
    return tuple(_of_revisions(state, advance(state)))


def _of_revisions(state: State, after: Memory) -> Iterator[Object]:
    owner = state.owner
    means, tried = answered(state, after), cases(state, after)
    earlier = (revision for revision in state.recorded if revision.name != state.wanted.name)
    for revision in (*earlier, state.wanted):
        is_wanted = revision.name == state.wanted.name
        outcome = (means.ended if is_wanted else None) or state.outcome(revision.name, after)
        signature, verified = state.signature(revision.name), state.verified(revision.name)
        if is_wanted and means.signature:
            signature, verified = means.signature, means.verified
        yield controller_revision(
            owner,
            revision.name,
            number=revision.number,
            data=revision.data,
            outcome=outcome.written() if outcome else "",
            signature=signed(signature, verified=verified) if signature else "",
            judgement=kept_of(state, tried) if tried and tried[0].revision == revision.name else "",
        )
    for name in _live(state, after):
        if known := state.revision(name):
            yield from _workload(state, after, known)
    # Last, since nothing relies on it: what may be refused here is written by users.
    for name in _live(state, after):
        if state.revision(name):
            yield from _scaling(state, after, name)


def _live(state: State, after: Memory) -> tuple[str, ...]:
    """Return the revisions that have pods; the wanted one while nobody serves yet."""
    if after.stable or state.refusal(state.wanted.name, after):
        return after.live
    return (state.wanted.name,)


def _workload(state: State, after: Memory, revision: Revision) -> Iterator[Object]:
    owner, replicas = state.owner, replicas_of(state, after, revision.name)
    if budget := disruption_budget(owner, revision.name, replicas=replicas):
        yield budget
    if key := drain_key(revision.template):
        yield guard_config(owner, revision.name, model=revision.data["content"]["modelName"], key=key)
    yield deployment(owner, revision.name, template=revision.template, replicas=replicas)
    yield revision_service(owner, revision.name)


def _scaling(state: State, after: Memory, name: str) -> Iterator[Object]:
    given = state.owner.spec.autoscaling
    if given is None:
        return
    rises, floor = may_rise(state, after), floor_of(state, after, name)
    sleeps = rises and not given.min_replicas and name == after.stable
    if not sleeps and not replicas_of(state, after, name):
        return
    floor = floor if sleeps else max(1, floor)
    most = max(given.max_replicas, floor) if rises else floor
    if given.autoscaler_class is AutoscalerClass.HORIZONTAL_POD_AUTOSCALER:
        yield autoscaler(state.owner, name, given, floor=floor, most=most)
    elif state.observed.keda:
        yield scaled_object(state.owner, name, given, floor=floor, most=most)
