"""Where callers are led after this pass: shares, places in the route, and who is reached by header."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from sluiceway.api.queries import Backends
from sluiceway.api.rollout import Preview
from sluiceway.build.objects import Object, digest
from sluiceway.build.route import http_route
from sluiceway.build.workload import serving_service
from sluiceway.core.capacity import bounds
from sluiceway.core.memory import Memory
from sluiceway.core.state import State
from sluiceway.core.steps import ALL


def leads(state: State, after: Memory) -> list[Object]:
    """Return the objects that lead callers, first the one that remembers; none while nobody serves.

    The route leads and remembers. Without one, Service `<name>` does both. Where pods are bounded that
    one may lead to the candidate: what it remembers as well tells, when somebody deletes the route, that
    the candidate does not serve yet.
    """
    owner, route = state.owner, routed(state, after)
    if not after.stable:
        return []
    memory = after.written()
    if route is None:
        return [serving_service(owner, after.stable, memory)]
    return [route, serving_service(owner, _most_led(state, after), memory if bounds(state, after) else "")]


def routed(state: State, after: Memory) -> Object | None:
    """Return the route as it is to be; None without one."""
    owner, slo = state.owner, state.owner.spec.slo
    if owner.spec.traffic is None or not state.weighted or not after.stable:
        return None
    gateway = slo.gateway if slo else None
    route = http_route(
        owner,
        owner.spec.traffic,
        weights(state, after),
        previewed=previewed(state, after),
        memory=after.written(),
        filtered=bool(gateway and gateway.backends is Backends.FILTERED),
    )
    if state.obstacle and state.route:
        # It may not go where the spec asks for; where it is, shares can be given and taken back.
        route["spec"] |= {key: state.route["spec"].get(key, []) for key in ("parentRefs", "hostnames")}
    return route


def _most_led(state: State, after: Memory) -> str:
    """Return who gets the requests that the route does not share: who serves.

    Where pods are bounded that one may have none left, so it is who has most of the others.
    """
    shares = weights(state, after)
    if bounds(state, after) is None or not shares:
        return after.stable
    return max((after.stable, *shares), key=lambda name: shares.get(name, 0))


def weights(state: State, after: Memory) -> dict[str, int]:
    """Return the share of every backend in percent, in the order of their places."""
    placed = [after.stable, after.candidate if after.shown else "", after.previous, *after.leaving]
    shares = {
        after.stable: ALL - after.weight - after.rest,
        after.candidate: after.weight,
        after.giver: after.rest,
    }
    order = places(list(state.routed), list(filter(None, placed)))
    return {name: shares.get(name, 0) for name in order}


def previewed(state: State, after: Memory) -> dict[str, str]:
    """Return whom callers may choose by header beside the stable revision, and the value that does it.

    With the preview off, nobody can know the value. The rule is there all the same: it keeps the data
    plane's backend alive at weight 0.
    """
    # The stable one as well while another has everything: the way back must not be forgotten. Where it has
    # given its pods up, the data plane learns of new ones before it is to lead anybody there.
    unshared = after.weight == ALL or (after.rest == ALL and state.answering(after.stable))
    stable = after.stable if unshared else ""
    beside = (after.candidate if after.shown else "", after.previous, stable, *after.leaving)
    named = state.owner.spec.rollout.preview is Preview.ENABLED
    secret = state.owner.metadata.uid
    return {name: name if named else digest([secret, name])[:32] for name in beside if name}


def places(now: Sequence[str], live: Sequence[str]) -> list[str]:
    """Return the backends in the order of their places: whoever is live keeps its own for life.

    Data planes count by place, so a revision that moved would inherit the counters of another. A
    newcomer takes the first place whose revision is gone. A place that nobody takes stays with the
    revision that had it, without requests, as long as another comes after it.
    """
    newcomers = [name for name in live if name not in now]
    taken = [name if name in live or not newcomers else newcomers.pop(0) for name in now]
    while taken and taken[-1] not in live:
        taken.pop()
    return [*taken, *newcomers]


def led_to(state: State) -> set[str]:
    """Return the revisions that callers may be led to now: by share, by header, or by the Service."""
    rules = ((state.route or {}).get("spec") or {}).get("rules") or []
    backends = chain.from_iterable(rule.get("backendRefs") or [] for rule in rules)
    return {backend["name"] for backend in backends if backend.get("weight", 1)} | {state.selected} - {""}
