"""How the number of pods follows the load: what an autoscaler of every revision goes by."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sluiceway.api.meta import ATOMIC, NOT_EMPTY, ApiModel, Rule, rule, rules
from sluiceway.api.scalars import Int32
from sluiceway.api.scaled_by import Metric
from sluiceway.api.scaling_behavior import Behavior
from sluiceway.api.triggers import PrometheusServer

Seconds = Annotated[Int32, Field(ge=1, le=86_400)]
"""Seconds, a day at most."""
_BY_KEDA = "self.class == 'ScaledObject'"
_WAKES = "has(metric.trigger) && !(metric.trigger.type in ['cpu', 'memory'])"
_OF_TRITON = "metric.type in ['PendingRequests', 'QueueTime', 'GPUUtilization']"


class AutoscalerClass(StrEnum):
    """Who moves the number of pods."""

    HORIZONTAL_POD_AUTOSCALER = "HorizontalPodAutoscaler"
    SCALED_OBJECT = "ScaledObject"


class Autoscaling(ApiModel):
    """Lets the number of pods follow the load. A change here makes no new revision."""

    model_config = rules(
        rule(
            "self.minReplicas <= self.maxReplicas",
            "Let maxReplicas be at least minReplicas",
            field=".maxReplicas",
        ),
        rule(
            f"self.metrics.all(metric, {_BY_KEDA} ? !has(metric.metric) : !has(metric.trigger))",
            "Give metric with the class HorizontalPodAutoscaler, and trigger with the class ScaledObject",
            field=".metrics",
        ),
        rule(
            f"!({_BY_KEDA}) || has(self.prometheus) || !self.metrics.exists(metric, {_OF_TRITON})",
            "Give prometheus.serverAddress: KEDA asks a Prometheus for PendingRequests, QueueTime and"
            " GPUUtilization",
            field=".prometheus",
        ),
        rule(
            f"{_BY_KEDA} || !has(self.prometheus)",
            "Leave out prometheus, or set class to ScaledObject: with a HorizontalPodAutoscaler it is an"
            " adapter that asks a Prometheus",
            field=".prometheus",
        ),
        rule(
            f"self.minReplicas > 0 || ({_BY_KEDA} && self.metrics.exists(metric, {_WAKES}))",
            "Let minReplicas be at least 1, or set class to ScaledObject and give a Raw trigger other than"
            " cpu and memory: where there are no pods, nothing that they tell asks for the first one",
            field=".minReplicas",
        ),
        rule(
            f"{_BY_KEDA} || !(has(self.pollingSeconds) || has(self.cooldownSeconds))",
            "Leave out pollingSeconds and cooldownSeconds, or set class to ScaledObject: they are KEDA's",
            field=".class",
        ),
    )

    autoscaler_class: Annotated[AutoscalerClass, Field(alias="class")] = (
        AutoscalerClass.HORIZONTAL_POD_AUTOSCALER
    )
    """Who moves the number of pods: a HorizontalPodAutoscaler, or KEDA by a ScaledObject."""

    min_replicas: Annotated[Int32, Field(ge=0, le=1000)] = 1
    """Number of pods that there are at least. 0 lets KEDA end the last one while nobody asks; callers then
    get errors until the first one is ready again."""

    max_replicas: Annotated[Int32, Field(ge=1, le=1000)]
    """Number of pods that a revision has at most."""

    metrics: Annotated[
        tuple[Metric, ...],
        Field(max_length=10),
        NOT_EMPTY,
        ATOMIC,
        Rule(
            "self.all(a, a.type == 'Raw' || self.exists_one(b, b.type == a.type))",
            "Give every type of metric but Raw once",
        ),
    ]
    """What the number of pods goes by. With several, the one that asks for most pods decides."""

    behavior: Behavior | None = None
    """How fast the number of pods may rise and fall, as autoscaling/v2 has it; its defaults when absent."""

    prometheus: PrometheusServer | None = None
    """The Prometheus that KEDA asks for Triton's metrics. Only with the class ScaledObject."""

    polling_seconds: Seconds | None = None
    """How often KEDA looks whether there is anything to do while there are no pods; 30 when absent. Only with
    the class ScaledObject."""

    cooldown_seconds: Seconds | None = None
    """How long nobody must have asked before KEDA ends the last pod; 300 when absent. Only with the class
    ScaledObject."""
