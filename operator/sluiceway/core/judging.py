"""Who is on trial now, and what the evidence says of it."""

from __future__ import annotations

from collections.abc import Sequence

from sluiceway.api.reasons import ConditionType, Reason
from sluiceway.core.case import Case
from sluiceway.core.cases import cases
from sluiceway.core.clock import bake_ends
from sluiceway.core.finding import Finding
from sluiceway.core.judgement import Judgement, written
from sluiceway.core.memory import Memory
from sluiceway.core.once import once
from sluiceway.core.state import State
from sluiceway.core.verdict import Ruling, Verdict
from sluiceway.core.verdict import ruling as rule

_TOLD = {
    Verdict.PASS: Reason.HEALTHY,
    Verdict.INSUFFICIENT: Reason.INSUFFICIENT,
    Verdict.SHARED: Reason.STABLE_BROKEN,
    Verdict.BREACH: Reason.OBJECTIVE_BROKEN,
}


def judgements(state: State, now: Sequence[Case]) -> dict[str, Judgement]:
    """Return what is known of cases, by source; nothing of one that nobody has begun to judge."""
    known = state.observed.judged
    live = known.live if known else {}
    return {each.source: live[each.source] for each in now if _is_of(live.get(each.source), each)}


def last_told(state: State, now: Sequence[Case]) -> dict[str, Judgement]:
    """Return the same as people were told last: numbers in messages must not change with every sample."""
    known = state.observed.judged
    told = known.told if known else {}
    return {each.source: told[each.source] for each in now if _is_of(told.get(each.source), each)}


def kept_of(state: State, now: Sequence[Case]) -> str:
    """Return what is to be on record of cases: what people were told last."""
    known = state.observed.judged
    if known and now and all(_is_of(known.told.get(each.source), each) for each in now):
        return written(known.told)
    return state.kept(now[0].revision) if now else ""


def _is_of(known: Judgement | None, now: Case) -> bool:
    return known is not None and known.key == now.key


@once
def ruling(state: State) -> Ruling | None:
    """Return what the evidence says of who is on trial; None without any."""
    now = cases(state, state.memory)
    known = judgements(state, now)
    return rule(known, now) if known else None


def told(state: State, memory: Memory) -> Finding | None:
    """Return what people are told of who is on trial; None without objectives, or before the first sample."""
    now, known = cases(state, memory), state.observed.judged
    if not now:
        return None
    if known is None or not known.told_at:
        return _told_before(state, now[0])
    if not all(_is_of(known.told.get(each.source), each) for each in now):
        return _told_before(state, now[0])
    found = rule(known.told, now)
    broken = f'"{found.objective}" is broken, ' if found.objective else ""
    revision = now[0].revision
    ends = bake_ends(state, memory) if revision == memory.stable and memory.previous else None
    bake = f"; it is judged until {ends:%Y-%m-%dT%H:%M:%SZ}" if ends else ""
    return Finding(_TOLD[found.verdict], f"{revision}: {broken}{found.words}{bake}")


def _told_before(state: State, now: Case) -> Finding | None:
    """Return what another operator told of the same revision and spec: it stands until there is a sample."""
    generation = state.owner.metadata.generation
    for told in state.owner.status.conditions:
        of_this = told.observed_generation == generation and told.message.startswith(f"{now.revision}: ")
        if told.type == ConditionType.CANDIDATE_HEALTHY and of_this and told.reason in _TOLD.values():
            return Finding(Reason(told.reason), told.message)
    return None
