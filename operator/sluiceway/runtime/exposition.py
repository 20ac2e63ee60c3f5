"""What stands now, read when Prometheus asks: no series outlives what it is about.

It is read on a thread of its own, beside the event loop: what is read here is copied, or never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from sluiceway.core.live import counts, objectives
from sluiceway.runtime.docket import Docket
from sluiceway.runtime.endings import Endings
from sluiceway.runtime.keys import Key
from sluiceway.runtime.queue import WorkQueue
from sluiceway.runtime.scenes import Scenes
from sluiceway.runtime.telemetry import Telemetry
from sluiceway.runtime.watch import Watch

_RESOURCE = ("namespace", "name")
_REVISION = (*_RESOURCE, "revision")
_OBJECTIVE = (*_REVISION, "source", "objective")


class OfResources(Collector):
    """The figures of every resource."""

    def __init__(self, scenes: Scenes, docket: Docket, endings: Endings) -> None:
        self._scenes = scenes
        self._docket = docket
        self._endings = endings

    def collect(self) -> Iterator[Metric]:
        """Yield what stands now."""
        yield GaugeMetricFamily(
            "sluiceway_modeldeployments", "ModelDeployments that can be read", value=len(self._scenes)
        )
        conditions = _gauge(
            "condition", "1 for what each condition says", *_RESOURCE, "type", "status", "reason"
        )
        weights = _gauge("revision_weight_ratio", "Share of the requests, from 0 to 1", *_REVISION)
        pods = _gauge("revision_pods", "Pods that exist", *_REVISION)
        ready = _gauge("revision_ready_pods", "Pods that answer", *_REVISION)
        requests = _counter(
            "revision_requests", "Requests that were counted while revisions are on trial", *_REVISION
        )
        bad = _counter("revision_bad_requests", "Of these, the bad ones", *_REVISION)
        for key, scene in self._scenes:
            for one in scene.conditions:
                conditions.add_metric([*key, one.type, one.status, one.reason], 1)
            for name, each in scene.pods.items():
                weights.add_metric([*key, name], scene.weights.get(name, 0) / 100)
                pods.add_metric([*key, name], each.total)
                ready.add_metric([*key, name], each.ready)
            for name, share in counts(scene, self._docket.judged(key)).items():
                requests.add_metric([*key, name], share.requests)
                bad.add_metric([*key, name], share.bad)
        yield from (conditions, weights, pods, ready, requests, bad)
        yield from self._objectives()
        rollouts = _counter(
            "rollouts",
            "Ends of attempts, by outcome; one that has served may end once more",
            *_RESOURCE,
            "outcome",
        )
        for key, outcome, count in self._endings:
            rollouts.add_metric([*key, outcome], count)
        yield rollouts

    def _objectives(self) -> Iterator[Metric]:
        verdicts = _gauge("objective_verdict", "1 for the verdict of now", *_OBJECTIVE, "verdict")
        evidence = _gauge(
            "objective_evidence",
            "Natural logarithm of the evidence that the objective is broken by this revision",
            *_OBJECTIVE,
        )
        needed = _gauge(
            "objective_evidence_needed", "From so much evidence on the verdict is Breach", *_OBJECTIVE
        )
        requests = _counter("objective_requests", "Requests or events since the trial began", *_OBJECTIVE)
        bad = _counter("objective_bad_requests", "Of these, the bad ones", *_OBJECTIVE)
        for key, scene in self._scenes:
            for one in objectives(scene, self._docket.judged(key)):
                labels = [*key, one.revision, one.source, one.objective]
                verdicts.add_metric([*labels, one.verdict], 1)
                evidence.add_metric(labels, one.evidence)
                needed.add_metric(labels, one.needed)
                requests.add_metric(labels, one.requests)
                bad.add_metric(labels, one.bad)
        yield from (verdicts, evidence, needed, requests, bad)


class OfOperator(Collector):
    """What waits, and what is heard."""

    def __init__(
        self, telemetry: Telemetry, queue: WorkQueue[Key], watch: Callable[[], Watch | None]
    ) -> None:
        self._telemetry = telemetry
        self._queue = queue
        self._watch = watch

    def collect(self) -> Iterator[Metric]:
        """Yield what stands now."""
        yield GaugeMetricFamily(
            "sluiceway_queue_depth", "Resources that wait to be reconciled", value=len(self._queue)
        )
        yield GaugeMetricFamily(
            "sluiceway_queue_oldest_seconds",
            "For how long the first of them has waited",
            value=self._queue.oldest_seconds,
        )
        watch = self._watch()
        up = watch is not None and watch.trouble is None
        yield GaugeMetricFamily(
            "sluiceway_watch_up", "1 while watching goes on, 0 while it is awaited or fails", value=float(up)
        )
        yield CounterMetricFamily(
            "sluiceway_watch_restarts",
            "Starts of the watch after its first",
            value=watch.restarts if watch else 0,
        )
        ages = _gauge("watch_age_seconds", "Since the watch of a kind delivered something, or listed", "kind")
        for kind, at in self._telemetry.heard.copy().items():
            ages.add_metric([kind], self._telemetry.clock() - at)
        yield ages


def _gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"sluiceway_{name}", words, labels=labels)


def _counter(name: str, words: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"sluiceway_{name}", words, labels=labels)
