"""Who is under judgement, and which guards are read for it. At rest nobody is, and nobody is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sluiceway.build.guard.container import CONTAINER as GUARD
from sluiceway.build.guard.container import is_guarded
from sluiceway.build.guard.ports import GUARD_PORT
from sluiceway.build.objects import Object
from sluiceway.build.triton import CONTAINER as TRITON
from sluiceway.core.evidence import Evidence, Restarts, Scrape
from sluiceway.core.memory import Memory
from sluiceway.core.pods import address, container_status, is_over, is_ready
from sluiceway.core.state import State


def judged(after: Memory) -> tuple[str, ...]:
    """Return the revisions whose requests are compared: none at rest.

    The candidate once it has requests, and after it has taken over while the previous one is kept; each
    time with the one that served or would serve instead.
    """
    tried = (after.stable, after.candidate) if after.candidate and after.weight else ()
    baked = (after.stable, after.previous) if after.previous else ()
    return tuple(dict.fromkeys((*tried, *baked)))


def scrapes(state: State, after: Memory) -> Mapping[str, tuple[Scrape, ...]]:
    """Return the guards to read, by revision: of every pod that answers, or has answered and may again.

    A revision that has lost all its pods keeps its place: what it counted is not forgotten.
    """
    return {
        name: tuple(_scrapes(state.observed.pods_of(name)))
        for name in judged(after)
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
