"""What /metrics answers is by Prometheus' conventions, and every label is bounded."""

from __future__ import annotations

from prometheus_client.exposition import generate_latest

from sluiceway.runtime.telemetry import Telemetry
from tests.fakes.scraped import samples, scraped
from tests.fakes.trials import at_its_first_share
from tests.fakes.users import every, live
from tests.fakes.world import World
from tests.support.promtool import promtool

LABELS = {
    *("namespace", "name", "revision", "source", "objective", "verdict", "outcome"),
    *("type", "status", "reason", "kind", "verb", "code", "provider", "result", "le"),
    *("version", "python_version"),
}


def busy() -> World:
    """Return a world in the middle of a rollout whose operator has counted one of everything."""
    telemetry = Telemetry(providers=["prometheus"])
    world, users, _, candidate = at_its_first_share(telemetry=telemetry)
    users.ends[candidate] = every(10)
    live(world, 3)
    telemetry.reconciled("Done", 0.02)
    telemetry.requested("get", "ModelDeployment", "200")
    telemetry.delivered("Pod")
    telemetry.missed("Pod", 1)
    telemetry.read(answered=False)
    telemetry.asked("prometheus", answered=False)
    return world


def test_prometheus_has_no_complaint() -> None:
    promtool("check", "metrics", given=generate_latest(scraped(busy())).decode())


def test_only_known_labels_are_used() -> None:
    used = {label for each in samples(scraped(busy())) for label in each.labels}
    assert used <= LABELS


def test_every_metric_is_ours_or_of_the_process() -> None:
    names = {each.name for each in samples(scraped(busy()))}
    assert {name.split("_")[0] for name in names} == {"sluiceway", "process"}
