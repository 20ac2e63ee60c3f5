"""What the operator makes of a real Prometheus' answers, and of its words when it refuses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from e2e.cluster import extracted
from e2e.cluster.children import Child
from sluiceway.adapters.prometheus import PrometheusSignals
from sluiceway.core.vectors import NoAnswer, Series, Vector
from tests.support.guard import free_ports
from tests.support.poll import becomes
from tests.support.provider import provider

# Of the machine rather than of a cluster: the program is a package of this machine's Debian.
pytestmark = [pytest.mark.e2e, pytest.mark.box]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a Prometheus answers below a prefix; it reads its own metrics."""
    folder, place = tmp_path_factory.mktemp("prometheus"), f"127.0.0.1:{free_ports(1)[0]}"
    job = {
        "job_name": "itself",
        "metrics_path": "/prefix/metrics",
        "static_configs": [{"targets": [place]}],
    }
    file = folder / "prometheus.yml"
    file.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}))
    options = [f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}"]
    options += [f"--web.listen-address={place}", "--web.route-prefix=/prefix"]
    child = Child("prometheus", [str(extracted.ensure("prometheus")), *options], folder / "prometheus.log")
    child.start()
    yield f"http://{place}/prefix"
    child.stop()


@pytest.fixture
async def signals(address: str) -> AsyncIterator[PrometheusSignals]:
    """Return what asks it, once it answers."""
    async with PrometheusSignals([provider(address)]) as found:

        async def answers() -> bool:
            return isinstance(await found.ask("prometheus", "vector(1)", datetime.now(UTC)), Vector)

        await becomes("Prometheus answers", answers)
        yield found


FOUND: dict[str, dict[Series, float]] = {
    "vector(7)": {(): 7.0},
    "7": {(): 7.0},
    'label_replace(vector(7), "code", "500", "", "") or vector(1)': {(("code", "500"),): 7.0, (): 1.0},
}


@pytest.mark.parametrize("query", FOUND)
async def test_it_finds(query: str, signals: PrometheusSignals) -> None:
    assert await signals.ask("prometheus", query, datetime.now(UTC)) == Vector(FOUND[query])


async def test_it_finds_counters_and_nothing_before_they_were_read(signals: PrometheusSignals) -> None:
    query = 'sum(prometheus_http_requests_total{job="itself"})'

    async def look() -> Vector | None:
        found = await signals.ask("prometheus", query, datetime.now(UTC))
        return found if isinstance(found, Vector) and found.total > 0 else None

    counted = await becomes("its requests are counted", look)
    assert list(counted.samples) == [()]
    earlier = await signals.ask("prometheus", query, datetime(2020, 1, 1, tzinfo=UTC))
    assert isinstance(earlier, NoAnswer)
    assert earlier.reason.startswith("it found no series")


NOT_FOUND = {
    "absent_total": "it found no series",
    "vector(0) / 0": "it found nan",
    "1 / 0": "it found inf",
    "-vector(1)": "it found -1.0",
    '"7"': "the query gives a string",
    "absent_total[1m]": "the query gives a matrix",
    "sum(absent_total": 'it refuses the query: invalid parameter "query": 1:',
    'label_replace(vector(1), "a", "$1", "b", "(")': "it refuses the query: invalid regular expression",
}


@pytest.mark.parametrize("query", NOT_FOUND)
async def test_it_does_not_find(query: str, signals: PrometheusSignals) -> None:
    found = await signals.ask("prometheus", query, datetime.now(UTC))
    assert isinstance(found, NoAnswer)
    assert found.reason.startswith(NOT_FOUND[query])


async def test_an_address_without_the_prefix_is_told(address: str, signals: PrometheusSignals) -> None:
    async with PrometheusSignals([provider(address.removesuffix("/prefix"))]) as wrong:
        found = await wrong.ask("prometheus", "vector(1)", datetime.now(UTC))
    assert found == NoAnswer("it answers with status 404: is the provider's address right, with its path?")
