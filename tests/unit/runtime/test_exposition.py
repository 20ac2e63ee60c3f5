"""What /metrics answers is by Prometheus' conventions, and every label is bounded."""

from __future__ import annotations

from prometheus_client.exposition import generate_latest

from tests.fakes.scraped import LABELS, busy, samples, scraped
from tests.support.promtool import promtool


def test_prometheus_has_no_complaint() -> None:
    promtool("check", "metrics", given=generate_latest(scraped(busy())).decode())


def test_only_known_labels_are_used() -> None:
    used = {label for each in samples(scraped(busy())) for label in each.labels}
    assert used <= LABELS


def test_every_metric_is_ours_or_of_the_process() -> None:
    names = {each.name for each in samples(scraped(busy()))}
    assert {name.split("_")[0] for name in names} == {"sluiceway", "process"}
