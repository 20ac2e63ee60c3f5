"""CPU and memory move the pods of a revision with metrics-server and nothing else. Run by `make e2e-cpu`."""

from __future__ import annotations

import pytest

from e2e import ailing, metrics_server, scenario
from e2e.cluster.box import Box
from e2e.load import Load
from e2e.rolling import Rolling
from e2e.stage import Stage
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]

WELL = "ailing/well"
BUSY = 150
"""Requests per second that take more than the share of a processor that one pod is to use."""
AUTOSCALING = {"maxReplicas": 2, "behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}}}
BY_BOTH = AUTOSCALING | {
    "metrics": [{"type": "CPU", "targetPercent": 80}, {"type": "Memory", "targetPercent": 90}]
}
BY_MEMORY = AUTOSCALING | {"metrics": [{"type": "Memory", "targetPercent": 1}]}
"""Less than any Triton uses: the second pod comes, and there may be no third."""


def test_pods_follow_what_triton_uses_of_processor_and_memory(stage: Stage, view: View) -> None:
    box = stage.cluster
    assert isinstance(box, Box)
    examples = ailing.well(view, WELL)
    runtime = scenario.fraud(WELL)["spec"]["runtime"]
    runtime["resources"]["requests"] = {"cpu": "100m", "memory": "512Mi"}
    with (
        metrics_server.running(box),
        Rolling(stage, view, scenario.own_name(view), runtime=runtime, autoscaling=BY_BOTH) as rolling,
    ):
        revision = rolling.begin(WELL, examples)
        rolling.eventually("it is measured", lambda: rolling.says("AutoscalingReady", "True", "Autoscaling"))
        with Load(rolling.caller, examples, rate=BUSY) as load:
            rolling.eventually("there are more", lambda: len(rolling.pods(revision)) > 1)
            measured = view.get("horizontalpodautoscaler", revision) or {}
        assert load.failures == []
        kinds = {found["containerResource"]["name"] for found in measured["status"]["currentMetrics"]}
        assert kinds == {"cpu", "memory"}
        rolling.eventually("there is one again", lambda: len(rolling.pods(revision)) == 1)
        rolling.amend(autoscaling=BY_MEMORY)
        rolling.eventually("memory asks for more", lambda: len(rolling.pods(revision)) == 2)
