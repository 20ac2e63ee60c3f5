"""Autoscalers of a real cluster, as far as they get without anybody who measures pods."""

from __future__ import annotations

import pytest

from e2e import scenario
from e2e.client import Example
from e2e.cluster.progress import ClusterError
from e2e.rolling import Rolling
from e2e.stage import Stage
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]

BY_CPU = {"minReplicas": 2, "maxReplicas": 3, "metrics": [{"type": "CPU", "targetPercent": 70}]}


def test_an_autoscaler_that_gets_no_metrics_says_so_keeps_the_pods_and_is_not_scaled_around(
    stage: Stage, view: View, example: Example
) -> None:
    name = scenario.own_name(view)
    with Rolling(stage, view, name, autoscaling=BY_CPU) as rolling:
        revision = rolling.begin("fraud/1", {"fraud/1": example})
        told = rolling.eventually(
            "it is told", lambda: rolling.says("AutoscalingReady", "False", "MetricUnknown")
        )
        assert revision in told
        assert "metrics-server" in told
        assert len(rolling.pods(revision)) == BY_CPU["minReplicas"]
        assert rolling.says("Ready", "True", "Serving")
        with pytest.raises(ClusterError, match="an autoscaler owns the number of pods"):
            view.kubectl("scale", "mdep", name, "--replicas=3")
        rolling.amend(autoscaling=None, replicas=3)
        rolling.serves(revision)
        assert len(rolling.pods(revision)) == 3
        assert view.list("horizontalpodautoscalers", f"sluiceway.dev/model-deployment={name}") == []
