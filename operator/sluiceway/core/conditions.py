"""The conditions: one small function each, from the same few facts. What users read at night."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sluiceway.api.reasons import ConditionType, Reason
from sluiceway.api.status import Condition
from sluiceway.build.objects import Object
from sluiceway.core.finding import Finding
from sluiceway.core.memory import Outcome

MAX_MESSAGE = 1024
NO_PODS = "no pods, as spec.replicas asks for"
"""Why there are none, without an autoscaler."""


@dataclass(frozen=True)
class Facts:
    """What the conditions speak of.

    `blocker` is what will not mend itself soon: a name that is taken, a refused pod, a model that
    does not load, a gateway that is not there. `progress` says how far the wanted revision is, None
    when it serves with all its pods.
    """

    wanted: str
    serving: str
    replicas: int
    ready: int
    """Pods of the serving revision that answer."""
    traffic: Finding
    blocker: Finding | None
    progress: Finding | None
    candidate_trouble: Finding | None
    signals: Finding
    scaling: Finding
    no_pods: str = NO_PODS
    """Why there are none, where there are to be none."""
    weight: int = 0
    """Percent of the requests that the candidate gets."""
    trial: Finding | None = None
    """What is known of the objectives of the revision on trial."""
    refused: Outcome | None = None
    """Why the wanted revision is not tried again."""
    refusal: Finding | None = None
    """The same for people, and what can be done."""

    @property
    def still_serving(self) -> str:
        """What to add to bad news: who carries the traffic meanwhile."""
        told = self.refused is not None
        return f"; {self.serving} goes on serving" if self.serving and self.ready and not told else ""


Verdict = tuple[bool | None, Reason, str]


def _ready(facts: Facts) -> Verdict:
    if facts.blocker:
        return False, facts.blocker.reason, facts.blocker.message + facts.still_serving
    if facts.progress:
        return False, facts.progress.reason, facts.progress.message
    if facts.traffic.reason not in (Reason.NO_GATEWAY, Reason.ROUTE_ACCEPTED) and facts.replicas:
        return False, facts.traffic.reason, facts.traffic.message
    if not facts.replicas:
        return True, Reason.SCALED_TO_ZERO, facts.no_pods
    return True, Reason.SERVING, f"{facts.serving} serves with {facts.ready} of {facts.replicas} pods ready"


def _available(facts: Facts) -> Verdict:
    if facts.serving and facts.ready:
        return True, Reason.SERVING, f"{facts.serving} answers requests"
    if facts.serving and not facts.replicas:
        return False, Reason.SCALED_TO_ZERO, facts.no_pods
    if facts.serving:
        return False, Reason.NOT_ENOUGH_REPLICAS, f"no pod of {facts.serving} is ready"
    return False, Reason.NO_REVISION_SERVES, "no revision has become ready yet"


def _reconciling(facts: Facts) -> Verdict:
    ready, reason, message = _ready(facts)
    if ready or facts.blocker:
        return False, Reason.SETTLED, "nothing is under way"
    return True, reason, message


def _progressing(facts: Facts) -> Verdict:
    ready, reason, message = _ready(facts)
    if ready:
        return False, Reason.SETTLED, "nothing is under way"
    return facts.blocker is None and reason not in _WAITS, reason, message


_WAITS = frozenset(
    {
        Reason.INSUFFICIENT_GPU,
        Reason.UNSCHEDULABLE,
        Reason.CLAIM_NOT_REACHABLE,
        Reason.AWAITING_PROMOTION,
        Reason.PAUSED,
        Reason.SIGNALS_MISSING,
        Reason.STABLE_BROKEN,
    }
)
"""What a rollout waits for that does not come from it."""


def _stalled(facts: Facts) -> Verdict:
    if facts.blocker is None:
        return False, Reason.NOT_STALLED, "nothing blocks the way"
    return True, facts.blocker.reason, facts.blocker.message + facts.still_serving


def _candidate_healthy(facts: Facts) -> Verdict:
    if facts.trial and not facts.refused:
        return _ON_TRIAL.get(facts.trial.reason, False), facts.trial.reason, facts.trial.message
    if facts.wanted == facts.serving:
        return None, Reason.NO_CANDIDATE, "no revision is being tried"
    if facts.refused:
        return False, Reason(facts.refused.reason), facts.refused.message
    if facts.candidate_trouble:
        # Having no room, as while a node is drained, says nothing of the model.
        speaks = None if facts.candidate_trouble.reason in _NO_ROOM else False
        return speaks, facts.candidate_trouble.reason, facts.candidate_trouble.message
    if facts.weight:
        return True, Reason.HEALTHY, f"nothing speaks against {facts.wanted}"
    waits = facts.progress or Finding(Reason.PENDING, f"{facts.wanted} waits for pods")
    return None, waits.reason, waits.message


_NO_ROOM = (Reason.INSUFFICIENT_GPU, Reason.UNSCHEDULABLE)
_ON_TRIAL = {Reason.HEALTHY: True, Reason.INSUFFICIENT: None}


def _traffic_ready(facts: Facts) -> Verdict:
    accepted = facts.traffic.reason in (Reason.NO_GATEWAY, Reason.ROUTE_ACCEPTED)
    pending = facts.traffic.reason is Reason.ROUTE_PENDING
    return (True if accepted else None if pending else False), facts.traffic.reason, facts.traffic.message


def _signals_available(facts: Facts) -> Verdict:
    known = {
        Reason.MEASURED: True,
        Reason.GUARD_UNREACHABLE: False,
        Reason.GUARD_CONFIG_REJECTED: False,
        Reason.QUERY_FAILED: False,
    }
    return known.get(facts.signals.reason), facts.signals.reason, facts.signals.message


def _rolled_back(facts: Facts) -> Verdict:
    if facts.refused and facts.refusal:
        shared = facts.refused.reason == Reason.CAUSE_SHARED
        return not shared, Reason(facts.refused.reason), facts.refusal.message
    return False, Reason.NOT_ROLLED_BACK, "no traffic was taken back from the revision that the spec asks for"


def _autoscaling_ready(facts: Facts) -> Verdict:
    known = {
        Reason.AUTOSCALING: True,
        Reason.KEDA_MISSING: False,
        Reason.METRIC_UNKNOWN: False,
        Reason.UNABLE_TO_SCALE: False,
    }
    return known.get(facts.scaling.reason), facts.scaling.reason, facts.scaling.message


_CONDITIONS: Mapping[ConditionType, Callable[[Facts], Verdict]] = {
    ConditionType.READY: _ready,
    ConditionType.AVAILABLE: _available,
    ConditionType.RECONCILING: _reconciling,
    ConditionType.PROGRESSING: _progressing,
    ConditionType.STALLED: _stalled,
    ConditionType.CANDIDATE_HEALTHY: _candidate_healthy,
    ConditionType.TRAFFIC_READY: _traffic_ready,
    ConditionType.SIGNALS_AVAILABLE: _signals_available,
    ConditionType.ROLLED_BACK: _rolled_back,
    ConditionType.AUTOSCALING_READY: _autoscaling_ready,
}


def conditions(facts: Facts, earlier: Iterable[Condition], generation: int, now: datetime) -> list[Object]:
    """Return every condition, in a fixed order; one that says the same keeps its transition time."""
    verdicts = {kind: judge(facts) for kind, judge in _CONDITIONS.items()}
    return stamped(verdicts, earlier, generation, now)


def stamped(
    verdicts: Mapping[ConditionType, Verdict], earlier: Iterable[Condition], generation: int, now: datetime
) -> list[Object]:
    """Return conditions as the API holds them, times in whole seconds of UTC."""
    before = {condition.type: condition for condition in earlier}
    result = []
    for kind, (holds, reason, message) in verdicts.items():
        status = {True: "True", False: "False", None: "Unknown"}[holds]
        last = before.get(kind)
        since = last.last_transition_time if last and last.status == status else f"{now:%Y-%m-%dT%H:%M:%SZ}"
        result.append(
            {
                "type": str(kind),
                "status": status,
                "observedGeneration": generation,
                "lastTransitionTime": since,
                "reason": str(reason),
                "message": message if len(message) <= MAX_MESSAGE else f"{message[: MAX_MESSAGE - 1]}…",
            }
        )
    return result
