"""What is refused of a PodMonitor; what Prometheus makes of the rest is seen on a real one."""

from __future__ import annotations

from typing import Any

import pytest

from e2e.podmonitor import relabelling

SPEC: dict[str, Any] = {
    "selector": {"matchLabels": {"app.kubernetes.io/managed-by": "sluiceway"}},
    "podMetricsEndpoints": [{"port": "metrics", "interval": "15s"}],
}


def test_labels_of_pods_are_matched_as_prometheus_writes_them() -> None:
    name = "app_kubernetes_io_managed_by"
    assert {
        "action": "keep",
        "source_labels": [
            f"__meta_kubernetes_pod_label_{name}",
            f"__meta_kubernetes_pod_labelpresent_{name}",
        ],
        "regex": "(sluiceway);true",
    } in relabelling(SPEC)


@pytest.mark.parametrize(
    "change",
    [
        {"namespaceSelector": {"any": True}},
        {"selector": {"matchLabels": {}, "matchExpressions": []}},
        {"podMetricsEndpoints": [{"port": "metrics", "path": "/other"}]},
    ],
)
def test_what_is_not_understood_is_refused(change: Any) -> None:
    with pytest.raises(ValueError, match="nobody understands all of"):
        relabelling(SPEC | change)
