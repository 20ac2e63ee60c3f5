"""Live figures through the API server's proxy, and metrics in a real Prometheus, while a rollout goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from e2e import ailing, scenario
from e2e.ailing import Ailment
from e2e.cluster.box import Box
from e2e.load import Load
from e2e.prometheus import Prometheus
from e2e.rolling import Rolling
from e2e.scraping import operator
from e2e.stage import Stage
from sluiceway.api.live import Live
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.box]

OLD, BAD = "live/old", "live/bad"
ROLLOUT = {"steps": [{"weight": 30, "seconds": 300}]}
SLO = {"objectives": [{"name": "answers", "type": "ErrorRate", "targetPercent": "99.5"}], "minRequests": 50}


def figures(stage: Stage, view: View, name: str) -> Live:
    path = f"/api/v1/namespaces/{scenario.SYSTEM}/services/sluiceway:http/proxy/live/{view.namespace}/{name}"
    return Live.model_validate_json(stage.cluster.kubectl("get", "--raw", path))


def test_a_rollback_is_seen_live_and_counted(stage: Stage, view: View) -> None:
    assert isinstance(stage.cluster, Box)
    examples = ailing.put(view, {OLD: Ailment(), BAD: Ailment("raise", one_in=5)})
    name = scenario.own_name(view)
    with (
        Prometheus(stage.cluster, [operator(stage.cluster)]) as prometheus,
        Rolling(stage, view, name, rollout=ROLLOUT, slo=SLO) as rolling,
    ):
        stable = rolling.begin(OLD, examples)
        found = figures(stage, view, name)
        assert (found.serving, found.weights, found.objectives) == (stable, {stable: 100}, ())
        with Load(rolling.caller, examples, said=0):
            candidate = rolling.apply(BAD)

            def of_candidate() -> bool:
                now = figures(stage, view, name)
                return any(one.revision == candidate and one.requests for one in now.revisions)

            eventually("requests to the candidate are seen", of_candidate)
            rolling.eventually(
                "it is taken back", lambda: rolling.says("RolledBack", "True", "ObjectiveBroken")
            )
        assert figures(stage, view, name).weights[stable] == 100
        broken = f'sluiceway_rollouts_total{{name="{name}", outcome="ObjectiveBroken"}} == 1'
        eventually("the rollback is counted", _holds(prometheus, broken))
        eventually("its time is", _holds(prometheus, "sluiceway_rollback_duration_seconds_count >= 1"))


def _holds(prometheus: Prometheus, query: str) -> Callable[[], bool]:
    return lambda: bool(prometheus.query(query))
