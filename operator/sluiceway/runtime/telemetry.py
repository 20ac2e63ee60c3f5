"""What happens in the operator, counted for Prometheus. One registry of its own, nothing global.

Every label has few values, which no user can make more: those of resources go with them, see `exposition`.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from sluiceway.core.plan import Apply, Plan, Write
from sluiceway.core.scene import remembers
from sluiceway.runtime.endings import Endings
from sluiceway.runtime.keys import Key
from sluiceway.runtime.onsets import Onsets

RECONCILE_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ROLLBACK_SECONDS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)
RESULTS = ("Done", "Conflict", "Unavailable", "Refused", "KindMissing", "Mistake")
"""Ends of a reconcile. Counted from 0 on: a rate can not see a counter begin with its first event."""
UNKNOWN_PROVIDER = "unknown"
"""Label of queries to a provider that the configuration does not have: resources may name any."""


class Telemetry:
    """Counters of this process, by what they count."""

    def __init__(self, providers: Iterable[str] = (), clock: Callable[[], float] = time.monotonic) -> None:
        """Count queries to these *providers* by name; *clock* is in seconds and never goes back."""
        self.registry = CollectorRegistry()
        self.clock = clock
        self.onsets = Onsets(clock)
        self.endings = Endings()
        self.heard: dict[str, float] = {}
        """When a watch delivered something last, by kind."""
        self._providers = tuple(providers)
        self._reconciles = self._counter(
            "reconciles", "Reconciles of a resource, by how they ended", "result"
        )
        for result in RESULTS:
            self._reconciles.labels(result)
        self._reconcile_seconds = Histogram(
            "sluiceway_reconcile_duration_seconds",
            "Time that one reconcile took, whatever its end",
            buckets=RECONCILE_SECONDS,
            registry=self.registry,
        )
        self._requests = self._counter(
            "api_requests",
            "Requests to the API server, without those of watches; the code is error without an answer",
            "verb",
            "kind",
            "code",
        )
        self._missed = self._counter(
            "watch_missed_objects", "Changes that a listing found and no watch had delivered", "kind"
        )
        self._reads = self._counter("guard_reads", "Reads of guards' counters")
        self._read_failures = self._counter("guard_read_failures", "Reads that gave no usable answer")
        self._queries = self._counter("provider_queries", "Queries to providers of metrics", "provider")
        self._query_failures = self._counter(
            "provider_query_failures", "Queries that gave no usable answer", "provider"
        )
        self._rollback_seconds = Histogram(
            "sluiceway_rollback_duration_seconds",
            "From the first bad request that the operator read, of those that decided, to the write that took"
            " the requests back",
            buckets=ROLLBACK_SECONDS,
            registry=self.registry,
        )
        for provider in (*self._providers, UNKNOWN_PROVIDER) if self._providers else ():
            self._queries.labels(provider)
            self._query_failures.labels(provider)
        Gauge(
            "sluiceway_build_info", "Always 1", ["version", "python_version"], registry=self.registry
        ).labels(version("sluiceway"), platform.python_version()).set(1)
        ProcessCollector(registry=self.registry)

    def followed(self, key: Key, plan: Plan) -> None:
        """Take up what a plan shows of *key*; one that shows nothing forgets the key."""
        if plan.scene:
            self.endings.note(key, plan.scene.ended)
        else:
            self.endings.forget(key)
            self.onsets.forget(key)

    def wrote(self, key: Key, plan: Plan, write: Write) -> None:
        """Take up that one write of a plan is done."""
        # Service `<name>` may have a copy of what the route remembers, which is written after it.
        leads = (each for each in plan.writes if isinstance(each, Apply) and remembers(each.obj))
        if plan.broken and write == next(leads, None):
            begun = self.onsets.since(key, plan.broken)
            if begun is not None:
                self._rollback_seconds.observe(self.clock() - begun)

    def reconciled(self, result: str, seconds: float) -> None:
        """Take up the end of a reconcile."""
        self._reconciles.labels(result).inc()
        self._reconcile_seconds.observe(seconds)

    def requested(self, verb: str, kind: str, code: str) -> None:
        """Take up the end of a request to the API server."""
        self._requests.labels(verb, kind, code).inc()

    def delivered(self, kind: str) -> None:
        """Take up that a watch has delivered an object."""
        self.heard[kind] = self.clock()

    def missed(self, kind: str, number: int) -> None:
        """Take up that so many changes were found which no watch had delivered."""
        self._missed.labels(kind).inc(number)

    def read(self, *, answered: bool) -> None:
        """Take up the end of a read of a guard."""
        self._reads.inc()
        if not answered:
            self._read_failures.inc()

    def asked(self, provider: str, *, answered: bool) -> None:
        """Take up the end of a query."""
        known = provider if provider in self._providers else UNKNOWN_PROVIDER
        self._queries.labels(known).inc()
        if not answered:
            self._query_failures.labels(known).inc()

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"sluiceway_{name}", words, labels, registry=self.registry)
