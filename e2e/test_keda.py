"""A real KEDA moves the pods of a revision, ends the last one and starts it again. Run by `make e2e-keda`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import yaml

from e2e import ailing, keda, scenario
from e2e.ailing import Ailment
from e2e.cluster.box import Box
from e2e.cluster.progress import say
from e2e.load import Load
from e2e.podmonitor import scraped
from e2e.prometheus import Prometheus
from e2e.rolling import Rolling
from e2e.scraping import gateway
from e2e.stage import Stage
from e2e.watching import Watching
from tests.documented.pages import blocks
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]

PAGE = "docs/how-to/autoscaling.md"
WELL = "ailing/well"
LISTENER = 'envoy_http_conn_manager_prefix=~"http-[0-9]+"'
ASKED = f"sum(rate(envoy_http_downstream_rq_xx{{{LISTENER}}}[10s])) or vector(0)"
BY_CPU = {"minReplicas": 2, "maxReplicas": 5, "metrics": [{"type": "CPU", "targetPercent": 70}]}
PODS = 3


@pytest.fixture(scope="module")
def box(stage: Stage) -> Iterator[Box]:
    """The cluster, with KEDA."""
    assert isinstance(stage.cluster, Box)
    with keda.running(stage.cluster):
        yield stage.cluster


@pytest.fixture
def prometheus(box: Box) -> Iterator[Prometheus]:
    with Prometheus(box, [gateway(box)]) as found:
        yield found


def on_demand(prometheus: Prometheus) -> scenario.Object:
    asked = {"serverAddress": prometheus.address, "query": ASKED, "threshold": "40"}
    return {
        "class": "ScaledObject",
        "minReplicas": 0,
        "maxReplicas": 3,
        "metrics": [{"type": "Raw", "trigger": {"type": "prometheus", "metadata": asked}}],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}},
        "pollingSeconds": 1,
        "cooldownSeconds": 15,
    }


def test_what_nobody_asks_for_sleeps_is_woken_by_its_callers_and_follows_them(
    stage: Stage, view: View, prometheus: Prometheus
) -> None:
    examples = ailing.well(view, WELL)
    autoscaling = on_demand(prometheus)
    with Rolling(stage, view, scenario.own_name(view), autoscaling=autoscaling) as rolling:
        revision = rolling.begin(WELL, examples)
        rolling.eventually("it sleeps", lambda: rolling.says("Ready", "True", "ScaledToZero"))
        assert rolling.says("Available", "False", "ScaledToZero")
        assert rolling.says("AutoscalingReady", "True", "Autoscaling")
        rolling.eventually("its pod is gone", lambda: not rolling.pods(revision))
        begun = time.monotonic()
        rolling.caller.first_answer(examples[WELL])
        say(f"  from the first request to the first answer: {time.monotonic() - begun:.1f} s")
        rolling.serves(revision)
        with Load(rolling.caller, examples, rate=150, said=0):
            rolling.eventually("there are more", lambda: len(rolling.pods(revision)) > 1)
            told = rolling.eventually(
                "it is measured", lambda: rolling.says("AutoscalingReady", "True", "Autoscaling")
            )
            assert told == f"{revision} has 0 to 3 pods" or "its load asks for more" in told
        rolling.eventually("it sleeps again", lambda: rolling.says("Ready", "True", "ScaledToZero"))


def test_pods_follow_the_requests_that_wait_without_an_adapter(stage: Stage, view: View, box: Box) -> None:
    documents = [yaml.safe_load(block.text) for block in blocks(PAGE) if block.language == "yaml"]
    [monitor] = [found for found in documents if found.get("kind") == "PodMonitor"]
    examples = ailing.put(view, {WELL: Ailment("sleep 0.1")})
    with ExitStack() as stack:
        job = stack.enter_context(scraped(box, view.namespace, monitor))
        prometheus = stack.enter_context(Prometheus(box, [job]))
        autoscaling = {
            "class": "ScaledObject",
            "maxReplicas": 3,
            "metrics": [{"type": "PendingRequests", "targetPerPod": "3"}],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}},
            "prometheus": {"serverAddress": prometheus.address},
        }
        name = scenario.own_name(view)
        rolling = stack.enter_context(Rolling(stage, view, name, autoscaling=autoscaling))
        revision = rolling.begin(WELL, examples)
        rolling.eventually("it is measured", lambda: rolling.says("AutoscalingReady", "True", "Autoscaling"))
        with Load(rolling.caller, examples, callers=8, rate=80, said=0):
            rolling.eventually("there are more", lambda: len(rolling.pods(revision)) > 1)
        rolling.eventually("there is one again", lambda: len(rolling.pods(revision)) == 1)


def test_the_class_goes_to_keda_and_back_and_no_pod_is_dropped(stage: Stage, view: View, box: Box) -> None:
    examples = ailing.well(view, WELL)
    rolling = Rolling(stage, view, scenario.own_name(view), autoscaling=BY_CPU)
    with ExitStack() as stack:
        stack.enter_context(rolling)
        revision = rolling.begin(WELL, examples)
        view.kubectl("scale", "deployment", revision, f"--replicas={PODS}")
        path = f"/apis/apps/v1/namespaces/{view.namespace}/deployments"
        deployment = stack.enter_context(Watching(box, path, revision))
        rolling.eventually("it is watched", lambda: deployment.now)
        before = view.get("horizontalpodautoscaler", revision) or {}
        rolling.amend(autoscaling=BY_CPU | {"class": "ScaledObject"})
        rolling.eventually("KEDA has taken over", lambda: view.scaler_of(revision) == "ScaledObject")
        after = view.get("horizontalpodautoscaler", revision) or {}
        assert after["metadata"]["uid"] == before["metadata"]["uid"]
        # Nobody measures pods here: KEDA's autoscaler says the same as ours.
        told = rolling.eventually(
            "it is heard", lambda: rolling.says("AutoscalingReady", "False", "MetricUnknown")
        )
        assert "metrics-server" in told
        rolling.amend(autoscaling=BY_CPU)
        rolling.eventually("it is ours again", lambda: view.scaler_of(revision) == "ModelDeployment")
        rolling.amend(autoscaling=BY_CPU | {"class": "ScaledObject"})
        rolling.eventually("KEDA has it again", lambda: view.scaler_of(revision) == "ScaledObject")
        rolling.amend(autoscaling=None, replicas=PODS)
        rolling.eventually("nobody has it", lambda: not view.scaler_of(revision))
        rolling.serves(revision)
        assert {heard.obj["spec"]["replicas"] for heard in deployment.heard} == {PODS}
        assert view.list("scaledobjects") == []
