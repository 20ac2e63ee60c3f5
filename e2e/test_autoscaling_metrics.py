"""Autoscalers that go by Triton's metrics, through the rules that the documentation tells users to copy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from e2e import ailing, audit, breach, scenario
from e2e.ailing import Ailment
from e2e.conftest import place
from e2e.moments import Moment
from e2e.scaled import Scaled, scaled
from e2e.shares import SETTLE_SECONDS
from e2e.stage import Stage
from sluiceway.build.autoscaler import PENDING_REQUESTS, QUEUE_TIME
from sluiceway.core.pods import condition
from sluiceway.core.steps import pods_for

pytestmark = [pytest.mark.e2e, pytest.mark.box]

WELL, NEW = "ailing/well", "ailing/new"
SLOW = Ailment("sleep 0.1")
WAITING = 3
AUTOSCALING = {
    "maxReplicas": 5,
    "metrics": [{"type": "PendingRequests", "targetPerPod": str(WAITING)}],
    "behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}},
}
SHARES = (25, 60)
ROLLOUT = {"steps": [{"weight": SHARES[0], "seconds": 5}, {"weight": SHARES[1], "seconds": 600}]}
SLO = {"objectives": [{"name": "answers", "type": "ErrorRate", "targetPercent": "99"}], "minRequests": 50}


@dataclass
class Ward:
    """A resource that is scaled by what waits, and the revision that serves."""

    resource: Scaled
    stable: str


@pytest.fixture(scope="module")
def ward(stage: Stage) -> Iterator[Ward]:
    """Two models that take a tenth of a second; the first one serves."""
    with place(stage) as view:
        examples = ailing.put(view, {WELL: SLOW, NEW: SLOW})
        with scaled(stage, view, examples, autoscaling=AUTOSCALING, rollout=ROLLOUT, slo=SLO) as resource:
            yield Ward(resource, resource.begin(WELL, examples))


def callers_of(pods: int) -> int:
    """Return for how many callers so many pods are needed: each has a request that waits or is worked on.

    One fewer than would fill them: pods are not read at the same moment, and a request may count twice.
    """
    return pods * (1 + WAITING) - 1


def test_pods_follow_the_requests_that_wait_up_and_down_and_the_operator_writes_none_of_it(
    stage: Stage, ward: Ward
) -> None:
    resource, stable, few_callers = ward.resource, ward.stable, 2
    resource.eventually("it is measured", lambda: resource.says("AutoscalingReady", "True", "Autoscaling"))
    since = time.time()
    with resource.load(few_callers) as few:
        with resource.load(callers_of(3) - few_callers) as more:
            resource.has(stable, 3)
            waiting, ratios = resource.metric(PENDING_REQUESTS), resource.metric(QUEUE_TIME)
        resource.has(stable, 1)
    assert few.failures == more.failures == []
    assert len(waiting) >= 3
    assert sum(map(int, waiting.values())) > WAITING
    assert any(value != "0" for value in ratios.values())
    written = {request.resource for request in audit.requests(stage.cluster, since) if request.writes}
    assert "deployments" not in written


def test_a_canary_has_pods_for_its_share_and_the_stable_revision_for_all_until_it_takes_them_back(
    ward: Ward,
) -> None:
    resource, stable = ward.resource, ward.stable
    with ExitStack() as stack:
        loads = [stack.enter_context(resource.load(callers_of(2)))]
        resource.has(stable, 2)
        candidate = resource.apply(NEW)
        resource.has_share(candidate, SHARES[0])
        whole = resource.floor(stable)
        resource.has_share(candidate, SHARES[-1])
        resource.eventually("fewer pods would do", lambda: is_held(resource.autoscaler(stable)))
        loads.append(stack.enter_context(resource.load(callers_of(4))))
        resource.eventually("the load is added up", lambda: resource.floor(stable) > whole)
        grown = resource.floor(stable)
        resource.eventually(
            "both have pods for it",
            lambda: all(resource.last.answering[name] >= grown for name in (stable, candidate)),
        )
        ailing.falls_ill(resource.view, NEW)
        message = resource.eventually(
            "it is taken back", lambda: resource.says("RolledBack", "True", "ObjectiveBroken")
        )
        since = breach.decided(resource, candidate, message).until + SETTLE_SECONDS
        resource.eventually(
            "the stable one answers all",
            lambda: all(any(answer.sent > since for answer in load.answers) for load in loads),
        )
    answers = [answer for load in loads for answer in load.answers]
    assert {(answer.label, answer.failure) for answer in answers if answer.sent > since} == {(WELL, "")}
    assert [answer for answer in answers if answer.failure and ailing.CONFESSION not in answer.failure] == []
    seen = resource.moments.seen()
    canary = [moment for moment in seen if moment.weights.get(candidate)]
    assert {moment.weights[candidate] for moment in canary} == set(SHARES)
    assert [moment for moment in canary if starves(moment, candidate, whole)] == []
    began_with = min(whole, canary[0].answering[stable])
    assert began_with > 1
    assert [moment for moment in canary if moment.answering[stable] < began_with] == []
    returned = [moment for moment in seen if moment.version > canary[-1].version]
    assert returned
    assert [moment for moment in returned if moment.answering[stable] < grown] == []


def is_held(autoscaler: scenario.Object) -> bool:
    """Tell whether it would take pods away, and its minimum keeps it from that."""
    limited = condition(autoscaler, "ScalingLimited")
    return (limited.get("status"), limited.get("reason")) == ("True", "TooFewReplicas")


def starves(moment: Moment, revision: str, whole: int) -> bool:
    """Tell whether fewer pods answer than the share needs, when *whole* carry everything."""
    return moment.answering[revision] < pods_for(moment.weights[revision], whole)
