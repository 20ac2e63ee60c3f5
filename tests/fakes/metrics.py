"""The counters of a gateway and of a query of one's own, in a world with users."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from re import findall

from sluiceway.core.vectors import NoAnswer, Series
from tests.fakes.providers import FakeSignals, Said
from tests.fakes.users import End, Users, none


def cluster(revision: str, name: str = "envoy_cluster_upstream_rq_xx", **labels: str) -> Series:
    """Return a series of Envoy Gateway's, over HTTP."""
    labels = {"__name__": name, "envoy_cluster_name": f"service/models/{revision}/8000/http", **labels}
    return tuple(sorted(labels.items()))


@dataclass
class Metrics(FakeSignals):
    """What a provider says of users' requests: the gateway's counters, and those of a query of one's own."""

    users: Users = field(default_factory=Users)
    ends: dict[str, End] = field(default_factory=dict)
    """How requests end as these counters have it, by revision; well with others."""
    twisted: Callable[[str, Said], Said | NoAnswer] = lambda _query, said: said
    """What becomes of an answer on its way."""
    counted: dict[str, tuple[int, int]] = field(default_factory=dict)
    """All requests and the bad ones, by revision."""
    _taken: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.told = self._told

    def _told(self, _provider: str, query: str) -> Said | NoAnswer:
        for revision, sent in self.users.sent.items():
            news = sent - self._taken.get(revision, 0)
            total, bad = self.counted.get(revision, (0, 0))
            self._taken[revision] = sent
            self.counted[revision] = total + news, bad + min(news, self.ends.get(revision, none)(news))
        return self.twisted(query, self._found(query))

    def _found(self, query: str) -> Said:
        if "envoy_cluster" not in query:
            total, bad = self.counted.get(findall(r'pod=~"(.*)-[.][*]"', query)[0], (0, 0))
            return {(): float(bad if "misses" in query else total)}
        found: dict[Series, float] = {}
        for revision in set(findall("service/models/([^/]*)/", query)):
            found[cluster(revision, "envoy_cluster_membership_healthy")] = 2
            if revision in self.counted:
                total, bad = self.counted[revision]
                found[cluster(revision, envoy_response_code_class="2")] = total - bad
                if bad:
                    found[cluster(revision, envoy_response_code_class="5")] = bad
        return found
