"""Who is on trial now, what the evidence says of it, and what keeps its step from ending."""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.api.slo import OnInsufficient, OnNoData, OnStableBroken, Slo
from sluiceway.core.case import Case
from sluiceway.core.clock import bake_ends
from sluiceway.core.finding import Finding
from sluiceway.core.judged import has_guard, judged
from sluiceway.core.judgement import Judgement
from sluiceway.core.memory import Memory
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, step_at
from sluiceway.core.verdict import Ruling, Verdict, rule

_TOLD = {
    Verdict.PASS: Reason.HEALTHY,
    Verdict.INSUFFICIENT: Reason.INSUFFICIENT,
    Verdict.SHARED: Reason.STABLE_BROKEN,
    Verdict.BREACH: Reason.OBJECTIVE_BROKEN,
}


def case(state: State, memory: Memory) -> Case | None:
    """Return the case as *memory* has it; None without objectives, or when nobody is on trial."""
    slo, names = state.owner.spec.slo, judged(state, memory)
    if slo is None or not names:
        return None
    revision, beside = names[0], next(iter(names[1:]), "")
    tried = revision == memory.candidate
    outcome = state.outcome(revision, memory)
    return Case(
        revision=revision,
        attempt=memory.attempt if tried else outcome.attempt if outcome else 0,
        beside=beside,
        compared=tried and memory.weight < ALL and has_guard(state, beside),
        step=memory.step if tried else 0,
        objectives=slo.all_objectives,
        alpha=slo.alpha,
        samples=slo.hiccup_samples,
        min_requests=slo.min_requests,
        excused=frozenset(memory.excused),
        after_return_of=memory.suspect if not tried and revision != memory.suspect else "",
    )


def judgement(state: State, now: Case | None) -> Judgement | None:
    """Return what is known of a case, None when nothing is yet."""
    known = state.observed.judged
    return known.live if known and now and known.live.key == now.key else None


def kept_of(state: State, now: Case) -> str:
    """Return what is to be on record of a case: what people were told last."""
    known = state.observed.judged
    return known.told.written() if known and known.told.key == now.key else state.kept(now.revision)


def ruling(state: State) -> Ruling | None:
    """Return what the evidence says of who is on trial; None without any."""
    now = case(state, state.memory)
    known = judgement(state, now)
    return rule(known, now) if known and now else None


def gives_up(state: State) -> Finding | None:
    """Return why the candidate is taken back although no objective is broken: the user chose so."""
    slo, memory = state.owner.spec.slo, state.memory
    if slo is None or not memory.candidate or not memory.weight:
        return None
    if slo.on_no_data is OnNoData.ROLLBACK and _blind_for(state) >= slo.no_data_seconds:
        message = f"nothing could be measured for {slo.no_data_seconds} s, and onNoData is Rollback"
        return Finding(Reason.SIGNALS_MISSING, message)
    known = judgement(state, case(state, memory))
    late = known is not None and known.measured >= slo.max_step_seconds
    if (
        slo.on_insufficient is OnInsufficient.ROLLBACK
        and known
        and late
        and known.requests < slo.min_requests
    ):
        message = (
            f"{known.requests} requests in {slo.max_step_seconds} s, {slo.min_requests} are needed, and"
            " onInsufficient is Rollback"
        )
        return Finding(Reason.INSUFFICIENT, message)
    return None


def held(state: State, memory: Memory) -> Finding | None:
    """Return what keeps the step from ending, of what is measured; None when nothing does."""
    slo, now = state.owner.spec.slo, case(state, memory)
    if slo is None or now is None or now.revision != memory.candidate:
        return None
    known = judgement(state, now)
    blind = _blind_for(state)
    if blind >= slo.no_data_seconds and slo.on_no_data is OnNoData.CONTINUE:
        return None
    # The second sample is the first that says something of the one beside: comparisons begin with it.
    if known is None or known.sampled_at is None or not (memory.weight or known.measured):
        return Finding(Reason.SIGNALS_MISSING, "nothing has been measured yet")
    if blind >= slo.no_data_seconds:
        since = f"{known.sampled_at:%Y-%m-%dT%H:%M:%SZ}"
        return Finding(Reason.SIGNALS_MISSING, f"nothing has been measured since {since}")
    found = rule(known, now)
    # Without requests of its own nothing would ever speak for it again.
    holds = memory.weight and slo.on_stable_broken is OnStableBroken.HOLD
    if holds and found.verdict is Verdict.SHARED:
        message = f'{now.beside} breaks "{found.objective}" as well, so that {now.revision} is not to blame'
        return Finding(Reason.STABLE_BROKEN, message)
    return _too_little(state, memory, slo, known)


def _too_little(state: State, memory: Memory, slo: Slo, known: Judgement) -> Finding | None:
    step = step_at(state.steps, memory.weight)
    if step is None:
        return None
    measured = known.measured if known.step == memory.step else 0.0
    requests = known.requests if known.step == memory.step else 0
    late = slo.on_insufficient is OnInsufficient.PROMOTE and measured >= slo.max_step_seconds
    if measured >= step.seconds and (requests >= slo.min_requests or late):
        return None
    return Finding(
        Reason.INSUFFICIENT, f"a step takes {step.seconds} s of measurements and {slo.min_requests} requests"
    )


def told(state: State, memory: Memory) -> Finding | None:
    """Return what people are told of who is on trial; None without objectives, or before the first sample."""
    now, known = case(state, memory), state.observed.judged
    if now is None or known is None or known.told.key != now.key or not known.told.sampled_at:
        return None
    found = rule(known.told, now)
    broken = f'"{found.objective}" is broken, ' if found.objective else ""
    ends = bake_ends(state, memory) if now.revision == memory.stable and memory.previous else None
    bake = f"; it is judged until {ends:%Y-%m-%dT%H:%M:%SZ}" if ends else ""
    return Finding(_TOLD[found.verdict], f"{now.revision}: {broken}{found.words}{bake}")


def _blind_for(state: State) -> float:
    """Return for how many seconds nothing has been measured; 0 when that is not known yet."""
    known = judgement(state, case(state, state.memory))
    since = (known.sampled_at or known.begun_at) if known else None
    return (state.observed.now - since).total_seconds() if since else 0.0
