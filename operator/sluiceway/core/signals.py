"""Is there what a judgement needs? Missing data is a state of its own, and says what is missing.

Nothing here changes from one sample to the next: the status is written when somebody begins or ceases to
answer, and not because something was counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sluiceway.api.reasons import ConditionType, Reason
from sluiceway.core.case import GATEWAY, Case
from sluiceway.core.cases import cases
from sluiceway.core.evidence import Evidence, Silence
from sluiceway.core.finding import Finding
from sluiceway.core.judged import evidence, has_guard, judged
from sluiceway.core.memory import Memory
from sluiceway.core.standing import Standing
from sluiceway.core.state import State

_SHOWN = 3

AT_REST = Finding(Reason.NOT_MEASURED, "no revision is under judgement, so nothing is measured")


def signals(state: State, after: Memory) -> Finding:
    """Return what there is to judge by; what is missing is told before what is wanting."""
    names = judged(state, after)
    if not names:
        return AT_REST
    found = evidence(state, after).values()
    asked = _asked(state, after)
    unknown = any(each.answers is None for _, each in asked)
    if (unknown or any(each.unknown for each in found)) and (told := _told(state)):
        return told
    unguarded = [name for name in names if not has_guard(state, name)]
    return (
        _unreachable([silence for each in found for silence in each.silent])
        or _refused([refusal for each in found for refusal in each.refused])
        or _unanswered([(case, each) for case, each in asked if each.answers is False])
        or _disabled([] if any(case.source == GATEWAY for case, _ in asked) else unguarded)
        or _answering(names, found, asked)
    )


def _asked(state: State, after: Memory) -> list[tuple[Case, Standing]]:
    """Return the cases for which a provider of metrics is asked, each with whether it answers."""
    judged = state.observed.judged
    standings = judged.standings if judged else {}
    return [(each, standings.get(each.source, Standing())) for each in cases(state, after) if each.provider]


def _told(state: State) -> Finding | None:
    """Return what was told last: it stands until all is known, also for a new operator."""
    of_looks = {Reason.GUARD_UNREACHABLE, Reason.GUARD_CONFIG_REJECTED, Reason.QUERY_FAILED, Reason.MEASURED}
    for condition in state.owner.status.conditions:
        if condition.type == ConditionType.SIGNALS_AVAILABLE and condition.reason in of_looks:
            return Finding(Reason(condition.reason), condition.message)
    return None


def _unreachable(silent: Sequence[Silence]) -> Finding | None:
    if not silent:
        return None
    words = [f"{each.pod} since {each.since:%Y-%m-%dT%H:%M:%SZ} ({each.reason})" for each in silent]
    of = "the guard of 1 pod does" if len(silent) == 1 else f"the guards of {len(silent)} pods do"
    return Finding(
        Reason.GUARD_UNREACHABLE,
        f"{of} not answer the operator, so that it does not see how requests there end: {_listed(words)}."
        " Look at these pods, and whether a NetworkPolicy keeps the operator from port 8003",
    )


def _refused(refused: Sequence[tuple[str, str]]) -> Finding | None:
    if not refused:
        return None
    words = [f"{pod} refuses table {table}" for pod, table in refused]
    return Finding(
        Reason.GUARD_CONFIG_REJECTED,
        f"guards go on with an earlier configuration: {_listed(words)}. The log of their container guard"
        " says why",
    )


def _unanswered(missing: Sequence[tuple[Case, Standing]]) -> Finding | None:
    if not missing:
        return None
    words = [
        f"{each.reason} (provider {case.provider}, since {each.since:%Y-%m-%dT%H:%M:%SZ})"
        for case, each in missing
    ]
    return Finding(Reason.QUERY_FAILED, f"metrics are missing: {_listed(words)}")


def _disabled(names: Sequence[str]) -> Finding | None:
    if not names:
        return None
    have = "has" if len(names) == 1 else "have"
    return Finding(
        Reason.GUARD_DISABLED,
        f"{' and '.join(names)} {have} no guard: HTTP and gRPC statuses, latencies and requests in flight can"
        " not be seen; set spec.guard to Enabled for the next revision",
    )


def _answering(
    names: Sequence[str], found: Collection[Evidence], asked: Sequence[tuple[Case, Standing]]
) -> Finding:
    guards = sum(each.answering for each in found)
    providers = _providers(case for case, each in asked if each.answers)
    if not found and providers:
        return Finding(Reason.MEASURED, f"metrics come from {providers}")
    if not found and asked:
        awaited = _providers(case for case, _ in asked)
        return Finding(Reason.NOT_MEASURED, f"the first answer of {awaited} is awaited")
    if not guards or any(each.unknown for each in found):
        return Finding(
            Reason.NOT_MEASURED, f"the guards of {' and '.join(names)} are asked for the first time"
        )
    answer = "the guard of 1 pod answers" if guards == 1 else f"the guards of {guards} pods answer"
    return Finding(Reason.MEASURED, f"{answer}; metrics come from {providers}" if providers else answer)


def _providers(asked: Iterable[Case]) -> str:
    return ", ".join(sorted({case.provider for case in asked}))


def _listed(words: Sequence[str]) -> str:
    more = f"; {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return "; ".join(words[:_SHOWN]) + more
