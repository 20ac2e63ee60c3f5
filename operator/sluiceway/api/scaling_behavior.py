"""How fast an autoscaler may act: HorizontalPodAutoscalerBehavior of autoscaling/v2, field by field.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
"""

from typing import Annotated, Literal

from pydantic import Field

from sluiceway.api.meta import ATOMIC, ApiModel
from sluiceway.api.scalars import Int32, Quantity


class ScalingPolicy(ApiModel):
    """How many pods may come or go in a period."""

    type: Literal["Pods", "Percent"]
    """Whether value is a number of pods, or percent of those that there are."""

    value: Annotated[Int32, Field(ge=1)]
    """How many pods, or how many percent."""

    period_seconds: Annotated[Int32, Field(ge=1, le=1800)]
    """In how many seconds."""


class ScalingRules(ApiModel):
    """How fast the number of pods may change in one direction."""

    stabilization_window_seconds: Annotated[Int32, Field(ge=0, le=3600)] | None = None
    """For how many seconds back recommendations are looked at, of which the safest is followed. When absent,
    none for more pods, 300 for fewer."""

    select_policy: Literal["Max", "Min", "Disabled"] | None = None
    """Which of the policies counts: the one that allows most or least change. Disabled allows none. Max when
    absent."""

    policies: Annotated[tuple[ScalingPolicy, ...], Field(max_length=10), ATOMIC] = ()
    """How many pods may come or go; the autoscaler's own policies when absent."""

    tolerance: Quantity | None = None
    """By what share a metric may miss its target before anything is done, such as 0.05; 0.1 when absent.
    Clusters before Kubernetes 1.35 do not know it unless they are told to."""


class Behavior(ApiModel):
    """How fast the number of pods may rise and fall."""

    scale_up: ScalingRules | None = None
    """How fast it may rise."""

    scale_down: ScalingRules | None = None
    """How fast it may fall."""
