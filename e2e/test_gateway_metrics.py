"""What Prometheus knows of a revision through the gateway, on a real cluster with a real Prometheus."""

from __future__ import annotations

import pytest

from e2e import ailing, scenario
from e2e.ailing import Ailment
from e2e.cluster.box import Box
from e2e.cluster.progress import ClusterError
from e2e.prometheus import Prometheus
from e2e.rolling import Rolling
from e2e.scraping import gateway
from e2e.stage import Stage
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.box]

PATH = "ailing/well"


def test_the_gateway_counts_each_protocol_of_a_revision(stage: Stage, view: View) -> None:
    """With mergeBackends each port of a Service is a cluster of Envoy, counted from its first request on."""
    assert isinstance(stage.cluster, Box)
    examples = ailing.put(view, {PATH: Ailment()})
    with Rolling(stage, view, scenario.own_name(view)) as rolling:
        service = f"service/{view.namespace}/{rolling.begin(PATH, examples)}"
        with Prometheus(stage.cluster, [gateway(stage.cluster)]) as prometheus:

            def counted(port: str, metric: str = "upstream_rq_completed") -> list[float]:
                cluster = f'envoy_cluster_name="{service}/{port}"'
                return [sample.value for sample in prometheus.query(f"envoy_cluster_{metric}{{{cluster}}}")]

            eventually("the cluster for gRPC is known", lambda: counted("8001/http2", "membership_healthy"))
            assert counted("8001/http2") == [], "nobody has asked it yet"
            [begun] = counted("8000/http")
            for _ in range(3):
                rolling.caller.http(examples[PATH])
                rolling.caller.grpc(examples[PATH])
            eventually("gRPC is counted", lambda: counted("8001/http2") == [3])
            assert counted("8000/http") == [begun + 3]


def test_a_prometheus_that_hangs_or_is_away_comes_back_with_its_data(stage: Stage) -> None:
    assert isinstance(stage.cluster, Box)
    with Prometheus(stage.cluster, [gateway(stage.cluster)]) as prometheus:
        eventually("the gateway is read", lambda: prometheus.query("up == 1"))
        prometheus.hang()
        with pytest.raises(ClusterError, match="timed out"):
            prometheus.query("up")
        prometheus.go_on()
        assert prometheus.query("up")
        prometheus.stop()
        with pytest.raises(ClusterError, match="refused"):
            prometheus.query("up")
        prometheus.start()
        assert prometheus.query("up"), "what it knew before"
        with pytest.raises(ClusterError, match="parse error"):
            prometheus.query("up{")
