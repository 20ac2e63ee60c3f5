"""Who is under judgement, and which guards are read for it. At rest nobody is, and nobody is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sluiceway.build.guard.container import CONTAINER as GUARD
from sluiceway.build.guard.container import is_guarded
from sluiceway.build.guard.ports import GUARD_PORT
from sluiceway.build.objects import Object
from sluiceway.build.triton import CONTAINER as TRITON
from sluiceway.core.clock import bakes_for
from sluiceway.core.evidence import Evidence, Restarts, Scrape
from sluiceway.core.memory import Memory
from sluiceway.core.pods import address, container_status, is_over, is_ready
from sluiceway.core.state import State


def judged(state: State, after: Memory) -> tuple[str, ...]:
    """Return who is on trial and who served or would serve instead, in the order to read them; none at rest.

    The candidate from the moment when callers can reach it; then the one that took over, while it is baked;
    then, when that broke an objective, the one that serves again. What hits both is not to be seen first with
    the one on trial: so that one is read first.
    """
    if after.candidate and (after.shown or after.weight):
        return (after.candidate, after.stable)
    if after.previous and bakes_for(state, after) > 0:
        return (after.stable, after.previous)
    return (after.stable,) if after.suspect else ()


def scrapes(state: State, after: Memory) -> Mapping[str, tuple[Scrape, ...]]:
    """Return the guards to read, by revision: of every pod that answers, or has answered and may again.

    A revision that has lost all its pods keeps its place: what it counted is not forgotten.
    """
    return {
        name: tuple(_scrapes(state.observed.pods_of(name)))
        for name in judged(state, after)
        if has_guard(state, name)
    }


def evidence(state: State, after: Memory) -> Mapping[str, Evidence]:
    """Return what is known of every revision whose guards are read, with its pods as they are now."""
    known = state.observed.evidence
    return {name: known.get(name, Evidence()).watching(pods) for name, pods in scrapes(state, after).items()}


def has_guard(state: State, name: str) -> bool:
    """Tell whether the pods of a revision have guards."""
    revision = state.revision(name)
    return revision is not None and is_guarded(revision.template)


def _scrapes(pods: Iterable[Object]) -> Iterator[Scrape]:
    for pod in sorted(pods, key=lambda pod: str(pod["metadata"]["name"])):
        if address(pod) and not is_over(pod) and _has_served(pod):
            metadata = pod["metadata"]
            yield Scrape(
                pod=str(metadata["name"]),
                uid=str(metadata["uid"]),
                target=f"{address(pod)}:{GUARD_PORT}",
                restarts=Restarts(_restarts(pod, TRITON), _restarts(pod, GUARD)),
            )


def _has_served(pod: Object) -> bool:
    """Tell whether a pod was ready once: before, its guard may still be on its way."""
    triton = container_status(pod, TRITON)
    return is_ready(pod) or bool(triton.get("started")) or bool(triton.get("restartCount"))


def _restarts(pod: Object, container: str) -> int:
    return int(container_status(pod, container).get("restartCount") or 0)
