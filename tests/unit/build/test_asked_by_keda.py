"""What KEDA asks a Prometheus, on series as Triton has them: Prometheus' own evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sluiceway.build.objects import Object
from sluiceway.build.scaled_object import scaled_object
from tests.fakes.objects import NAMESPACE, make_resource
from tests.support.promtool import promtool

REVISION = "fraud-1a2b3"
FIRST, SECOND = (f"{REVISION}-6b5c7d-{end}" for end in ("abc12", "def34"))
# Another revision's, another namespace's, and one that only begins like ours.
STRANGERS = (
    ("fraud-4c5d6-6b5c7d-abc12", NAMESPACE),
    (FIRST, "other"),
    (f"{REVISION}-old-6b5c7d-abc12", NAMESPACE),
)
RISING = "0+{}x8"


def query(kind: str, **target: object) -> str:
    """Return what is asked for one metric."""
    given = {
        "class": "ScaledObject",
        "maxReplicas": 8,
        "metrics": [{"type": kind, **target}],
        "prometheus": {"serverAddress": "http://prometheus:9090"},
    }
    owner = make_resource(autoscaling=given)
    assert owner.spec.autoscaling
    found = scaled_object(owner, REVISION, owner.spec.autoscaling, floor=1, most=8)
    text: str = found["spec"]["triggers"][0]["metadata"]["query"]
    return text


def series(name: str, pod: str, values: str, namespace: str = NAMESPACE, **labels: str) -> Object:
    shown = ",".join(
        f'{key}="{text}"' for key, text in {"namespace": namespace, "pod": pod, **labels}.items()
    )
    return {"series": f"{name}{{{shown}}}", "values": values}


def everywhere(name: str, first: str, second: str) -> list[Object]:
    """Return a series of both pods, and the same of pods that are not meant."""
    strangers = [series(name, pod, "0+1000x8", namespace) for pod, namespace in STRANGERS]
    return [series(name, FIRST, first), series(name, SECOND, second), *strangers]


WAITING = everywhere("nv_inference_pending_request_count", "3x8", "5x8")
TIMES = [
    # Of 15 s each: half as long waited as worked in one pod, three times as long in the other.
    *everywhere("nv_inference_queue_duration_us", RISING.format(1500), RISING.format(9000)),
    *everywhere("nv_inference_compute_infer_duration_us", RISING.format(3000), RISING.format(3000)),
]
GPUS = [
    series("nv_gpu_utilization", FIRST, "0.5x8", gpu_uuid="a"),
    series("nv_gpu_utilization", FIRST, "1x8", gpu_uuid="b"),
    series("nv_gpu_utilization", SECOND, "0.25x8", gpu_uuid="c"),
    series("nv_gpu_utilization", STRANGERS[0][0], "1x8", gpu_uuid="d"),
]


@pytest.mark.parametrize(
    ("asked", "known", "answer"),
    [
        (query("PendingRequests", targetPerPod=4), WAITING, 8),
        (query("QueueTime", targetPercent=50), TIMES, 3.5),
        (query("GPUUtilization", targetPercent=50), GPUS, 1),
    ],
    ids=["PendingRequests", "QueueTime", "GPUUtilization"],
)
def test_it_is_the_sum_of_what_the_pods_of_the_revision_have(
    asked: str, known: list[Object], answer: float, tmp_path: Path
) -> None:
    wanted = {"expr": asked, "eval_time": "2m", "exp_samples": [{"labels": "{}", "value": answer}]}
    case = {"interval": "15s", "input_series": known, "promql_expr_test": [wanted]}
    file = tmp_path / "test.yaml"
    file.write_text(yaml.safe_dump({"evaluation_interval": "15s", "tests": [case]}))
    promtool("test", "rules", file)
