"""What keeps a step from ending, and what ends a trial although no objective is broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sluiceway.api.reasons import Reason
from sluiceway.api.slo import OnInsufficient, OnNoData, OnStableBroken, Slo
from sluiceway.core.case import Case
from sluiceway.core.cases import cases
from sluiceway.core.finding import Finding
from sluiceway.core.judgement import Judgement
from sluiceway.core.judging import judgements, last_told
from sluiceway.core.memory import Memory
from sluiceway.core.state import State
from sluiceway.core.steps import step_at
from sluiceway.core.verdict import Ruling, Verdict, counted, ruling, where

_SEE = "; the condition SignalsAvailable says why"


def gives_up(state: State) -> Finding | None:
    """Return why the candidate is taken back although no objective is broken: the user chose so."""
    slo, memory = state.owner.spec.slo, state.memory
    if slo is None or not memory.candidate or not memory.weight:
        return None
    now = cases(state, memory)
    known = judgements(state, now)
    blind = next((each for each in now if _blind_for(state, known, each) >= slo.no_data_seconds), None)
    if blind and slo.on_no_data is OnNoData.ROLLBACK:
        message = f"nothing could be measured{where(blind)} for {slo.no_data_seconds} s"
        return Finding(Reason.SIGNALS_MISSING, f"{message}, and onNoData is Rollback")
    late = next((each for each in now if _came_to_little(slo, known.get(each.source))), None)
    if late and slo.on_insufficient is OnInsufficient.ROLLBACK:
        message = f"{known[late.source].requests} {counted(late)} in {slo.max_step_seconds} s"
        message = f"{message}, {slo.min_requests} are needed, and onInsufficient is Rollback"
        return Finding(Reason.INSUFFICIENT, message)
    return None


def held(state: State, memory: Memory) -> Finding | None:
    """Return what keeps the step from ending, of what is measured; None when nothing does."""
    slo, now = state.owner.spec.slo, cases(state, memory)
    if slo is None or not now or now[0].revision != memory.candidate:
        return None
    known = judgements(state, now)
    if slo.on_no_data is OnNoData.CONTINUE:
        now = tuple(each for each in now if _blind_for(state, known, each) < slo.no_data_seconds)
    found = (_missing(state, memory, known, each) for each in now)
    if missing := next(filter(None, found), None):
        return missing
    verdict = ruling(known, now)
    # Without requests of its own nothing would ever speak for it again.
    holds = memory.weight and slo.on_stable_broken is OnStableBroken.HOLD
    if holds and verdict.verdict is Verdict.SHARED:
        return _both_break(verdict.objective, now[0], ruling(last_told(state, now), now))
    return _too_little(state, memory, known, now)


def _both_break(objective: str, now: Case, told: Ruling) -> Finding:
    numbers = f": {told.words}" if told.objective == objective else ""
    message = (
        f'it breaks "{objective}"{numbers}; {now.beside} breaks it as well, so that {now.revision} is not'
    )
    message = f"{message} to blame. Mend what both rely on, or let a fix of {now.beside} through with"
    return Finding(Reason.STABLE_BROKEN, f"{message} spec.slo.onStableBroken: Advance")


def _came_to_little(slo: Slo, known: Judgement | None) -> bool:
    if known is None:
        return False
    return known.measured >= slo.max_step_seconds and known.requests < slo.min_requests


def _missing(state: State, memory: Memory, judgements: Mapping[str, Judgement], now: Case) -> Finding | None:
    slo, known = state.owner.spec.slo, judgements.get(now.source)
    if now.tried_until and known and known.counters and not known.sampled_at:
        ended = f"{now.tried_until:%Y-%m-%dT%H:%M:%SZ}"
        message = f"what is counted{where(now)} may still be of the attempt that ended at {ended}"
        return Finding(Reason.SIGNALS_MISSING, message)
    # The second sample is the first that says something of the one beside: comparisons begin with it.
    if known is None or known.sampled_at is None or not (memory.weight or known.measured):
        return Finding(Reason.SIGNALS_MISSING, f"nothing has been measured{where(now)} yet{_SEE}")
    if slo and _blind_for(state, judgements, now) >= slo.no_data_seconds:
        since = f"{known.sampled_at:%Y-%m-%dT%H:%M:%SZ}"
        return Finding(Reason.SIGNALS_MISSING, f"nothing has been measured{where(now)} since {since}{_SEE}")
    return None


def _too_little(
    state: State, memory: Memory, known: Mapping[str, Judgement], now: Iterable[Case]
) -> Finding | None:
    slo, step = state.owner.spec.slo, step_at(state.steps, memory.weight)
    if step is None or slo is None:
        return None
    for each in now:
        measured, requests = _in_step(known[each.source], memory)
        late = slo.on_insufficient is OnInsufficient.PROMOTE and measured >= slo.max_step_seconds
        if measured < step.seconds or (requests < slo.min_requests and not late):
            measured, requests = _in_step(last_told(state, [each]).get(each.source), memory)
            message = f"a step takes {slo.min_requests} {counted(each)}{where(each)} and {step.seconds} s of"
            message = f"{message} measurements, and it has had {requests} and {measured:.0f} s so far"
            return Finding(Reason.INSUFFICIENT, f"{message}{_in_the_end(slo)}")
    return None


def _in_step(known: Judgement | None, memory: Memory) -> tuple[float, int]:
    """Return for how many seconds this step was measured, and how many requests there were in it."""
    return (known.measured, known.requests) if known and known.step == memory.step else (0.0, 0)


def _in_the_end(slo: Slo) -> str:
    if slo.on_insufficient is OnInsufficient.HOLD:
        return ""
    return f"; after {slo.max_step_seconds} s slo.onInsufficient is {slo.on_insufficient}"


def _blind_for(state: State, judgements: Mapping[str, Judgement], now: Case) -> float:
    """Return for how many seconds nothing has been measured; 0 when that is not known yet."""
    known = judgements.get(now.source)
    since = (known.sampled_at or known.begun_at) if known else None
    return (state.observed.now - since).total_seconds() if since else 0.0
