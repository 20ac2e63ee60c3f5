"""The cases that are judged now: one for each source of counts, all about the same revision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluiceway.api.objectives import Objective
from sluiceway.api.slo import Slo
from sluiceway.core.case import GATEWAY, GUARD, Case
from sluiceway.core.envoy_gateway import clusters
from sluiceway.core.judged import has_guard, judged
from sluiceway.core.memory import Memory
from sluiceway.core.state import State
from sluiceway.core.steps import ALL


def cases(state: State, memory: Memory) -> tuple[Case, ...]:
    """Return the cases as *memory* has them, one for each source of counts.

    None without objectives, or when nobody is on trial.
    """
    slo, names = state.owner.spec.slo, judged(state, memory)
    if slo is None or not names:
        return ()
    revision, beside = names[0], next(iter(names[1:]), "")
    tried = revision == memory.candidate
    outcome = state.outcome(revision, memory)
    both = tried and memory.weight < ALL
    sources = tuple(_sources(slo, guarded=has_guard(state, revision)))
    charges = sum(len(objectives) for _, _, objectives in sources)
    return tuple(
        Case(
            revision=revision,
            attempt=memory.attempt if tried else outcome.attempt if outcome else 0,
            beside=beside,
            compared=both and (bool(provider) or has_guard(state, beside)),
            step=memory.step if tried else 0,
            objectives=objectives,
            alpha=slo.alpha * len(objectives) / charges,
            samples=slo.hiccup_samples,
            min_requests=slo.min_requests,
            excused=frozenset(memory.excused),
            after_return_of=memory.suspect if not tried and revision != memory.suspect else "",
            tried_until=outcome.at if tried and provider and outcome else None,
            source=source,
            provider=provider,
            clusters=_clusters(state, slo, names) if source == GATEWAY else (),
        )
        for source, provider, objectives in sources
    )


def _sources(slo: Slo, *, guarded: bool) -> Iterator[tuple[str, str, tuple[Objective, ...]]]:
    """Yield who counts, the provider to ask for it, and the objectives that it can tell of."""
    of_requests = tuple(one for one in slo.all_objectives if one.query is None)
    if of_requests and (guarded or not slo.gateway):
        yield GUARD, "", of_requests
    if of_requests and slo.gateway:
        yield GATEWAY, slo.gateway.provider, of_requests
    for one in slo.all_objectives:
        if one.query:
            yield f"objective {one.name}", one.query.provider, (one,)


def _clusters(state: State, slo: Slo, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return clusters(slo.gateway, state.owner, state.route, names) if slo.gateway else ()


def case(state: State, memory: Memory) -> Case | None:
    """Return one of the cases: all of them are about the same revision, attempt and step."""
    return next(iter(cases(state, memory)), None)
