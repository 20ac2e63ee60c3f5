"""Revisions without a guard, judged by what a real Prometheus knows of them through a real gateway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from e2e import ailing, breach, scenario
from e2e.ailing import Ailment
from e2e.load import Load
from e2e.prometheus import Prometheus
from e2e.provided import PROVIDER, provided
from e2e.rolling import Rolling
from e2e.stage import Stage
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]

WELL, SUDDEN = "ailing/well", "ailing/sudden"
OF_ONE = 'envoy_cluster_name=~"service/{{namespace}}/{{revision}}/.*"'
ALL = f"sum(envoy_cluster_upstream_rq_xx{{{OF_ONE}}})"
FAILED = f'sum(envoy_cluster_upstream_rq_xx{{{OF_ONE},envoy_response_code_class="5"}})'
OBJECTIVES = [
    {"name": "answers", "type": "ErrorRate", "targetPercent": "99.5"},
    {
        "name": "own",
        "type": "Custom",
        "targetPercent": "99",
        "query": {"provider": PROVIDER, "total": ALL, "bad": f"{FAILED} or 0 * {ALL}"},
    },
]
SLO = {
    "objectives": OBJECTIVES,
    "gateway": {"provider": PROVIDER},
    "minRequests": 50,
}
ROLLOUT = {"steps": [{"weight": 20, "seconds": 300}]}
RATE = 150.0


@pytest.fixture
def prometheus(stage: Stage) -> Iterator[Prometheus]:
    """A Prometheus that the operator knows by name, for as long as the test lasts."""
    with provided(stage) as running:
        yield running


def test_without_guards_the_metrics_decide_and_while_they_are_missing_nobody_is_blamed(
    stage: Stage, view: View, prometheus: Prometheus
) -> None:
    examples = ailing.put(view, {WELL: Ailment(), SUDDEN: Ailment()})
    rolling = Rolling(stage, view, scenario.own_name(view), rollout=ROLLOUT, slo=SLO, guard="Disabled")
    with ExitStack() as stack:
        stack.enter_context(rolling)
        stable = rolling.begin(WELL, examples)
        load = stack.enter_context(Load(rolling.caller, examples, rate=RATE, said=0))
        candidate = rolling.apply(SUDDEN)
        rolling.eventually("it is well", lambda: rolling.says("CandidateHealthy", "True", "Healthy"))
        assert rolling.says("SignalsAvailable", "True", "Measured") == "metrics come from prometheus"
        prometheus.stop()
        is_held(rolling, candidate, "refused")
        prometheus.start()
        rolling.eventually("metrics are back", lambda: rolling.says("SignalsAvailable", "True", "Measured"))
        prometheus.hang()
        is_held(rolling, candidate, "no answer within")
        prometheus.go_on()
        rolling.eventually("metrics are back", lambda: rolling.says("SignalsAvailable", "True", "Measured"))
        assert load.failures == []
        ailing.falls_ill(view, SUDDEN)
        message = rolling.eventually(
            "it is taken back", lambda: rolling.says("RolledBack", "True", "ObjectiveBroken")
        )
        said = breach.Said.of(message)
        assert "at the gateway" in message or said.objective == "own"
        share = breach.decided(rolling, candidate, message)
        failed = [one for one in load.failures if one.sent < share.until]
        assert 0 < said.bad <= len(failed)
        assert rolling.weights[stable] == 100


def is_held(rolling: Rolling, candidate: str, why: str) -> None:
    """Wait until the status says *why* metrics are missing; the share stays, and nobody is blamed."""

    def told() -> str | None:
        return rolling.says("SignalsAvailable", "False", "QueryFailed")

    message = rolling.eventually("metrics are missed", told)
    assert why in message
    assert rolling.weights[candidate] == 20
    assert rolling.says("RolledBack", "False", "NotRolledBack")
