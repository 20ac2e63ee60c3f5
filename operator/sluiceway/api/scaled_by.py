"""What the number of pods may go by."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from sluiceway.api.meta import ApiModel, rule, rules
from sluiceway.api.metric_specs import MetricSpec
from sluiceway.api.scalars import Int32, PositiveQuantity
from sluiceway.api.triggers import Trigger


class MetricType(StrEnum):
    """What the number of pods goes by."""

    CPU = "CPU"
    MEMORY = "Memory"
    PENDING_REQUESTS = "PendingRequests"
    QUEUE_TIME = "QueueTime"
    GPU_UTILIZATION = "GPUUtilization"
    RAW = "Raw"


class Metric(ApiModel):
    """Something that is measured of the pods, and how much of it one pod should have."""

    model_config = rules(
        rule(
            "(self.type in ['CPU', 'Memory', 'QueueTime', 'GPUUtilization']) == has(self.targetPercent)",
            "Give targetPercent for CPU, Memory, QueueTime and GPUUtilization, and only there",
            field=".targetPercent",
        ),
        rule(
            "self.type != 'GPUUtilization' || !has(self.targetPercent) || self.targetPercent <= 100",
            "Let targetPercent be at most 100: a GPU can not be busier than all the time",
            field=".targetPercent",
        ),
        rule(
            "(self.type == 'PendingRequests') == has(self.targetPerPod)",
            "Give targetPerPod, how many requests may wait in one pod, for PendingRequests and only there",
            field=".targetPerPod",
        ),
        rule(
            "(self.type == 'Raw') == (has(self.metric) != has(self.trigger))"
            " && (self.type == 'Raw' || !has(self.metric))",
            "Give metric, as autoscaling/v2 has it, or trigger, as KEDA has it, for Raw and only there",
            field=".metric",
        ),
    )

    type: MetricType
    """What the number of pods goes by. CPU, Memory: what Triton's container uses, in percent of what it
    requests; they need metrics-server and nothing else. PendingRequests: requests that wait in Triton.
    QueueTime: how long requests wait, in percent of how long they are worked on. GPUUtilization: how busy the
    GPUs are. These need an adapter that offers Triton's metrics to autoscalers, or KEDA and a Prometheus.
    Raw: what metric or trigger says."""

    target_percent: Annotated[Int32, Field(ge=1, le=10_000)] | None = None
    """What one pod should have, in percent: of the request for CPU and Memory, of the time of work for
    QueueTime, of all the time for GPUUtilization. Required there; only there."""

    target_per_pod: PositiveQuantity | None = None
    """How many requests should wait in one pod, such as 4 or 500m. Required for PendingRequests; only
    there."""

    metric: MetricSpec | None = None
    """A metric as autoscaling/v2 has it, which is passed on as it is. Required for Raw with the class
    HorizontalPodAutoscaler; only there."""

    trigger: Trigger | None = None
    """A trigger as KEDA has it, which is passed on as it is. Required for Raw with the class ScaledObject;
    only there."""

    @model_validator(mode="after")
    def _has_a_target(self) -> Self:
        # Asked again here, because a resource that was stored under another CRD may not meet today's rules.
        needed = {
            MetricType.PENDING_REQUESTS: self.target_per_pod,
            MetricType.RAW: self.metric or self.trigger,
        }
        if needed.get(self.type, self.target_percent) is None:
            raise ValueError(f"{self.type}: the target is missing")
        return self
