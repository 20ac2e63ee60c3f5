"""Which tainted nodes the pods may use, and how they are spread."""

from typing import Annotated, Literal

from pydantic import Field

from sluiceway.api.meta import SET, ApiModel
from sluiceway.api.scalars import Int32, Int64, LabelKey, LabelValue
from sluiceway.api.selectors import LabelSelector


class Toleration(ApiModel):
    """A taint of nodes that does not keep the pods away."""

    key: LabelKey | None = None
    """Key of the taint; without it (and with the operator Exists) every taint is meant."""

    operator: Literal["Exists", "Equal"] | None = None
    """How the taint's value is compared: Equal when absent."""

    value: LabelValue | None = None
    """Value of the taint; none with the operator Exists."""

    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint; every effect when absent."""

    toleration_seconds: Int64 | None = None
    """How long a pod stays on a node after a NoExecute taint appears; for ever when absent."""


class TopologySpreadConstraint(ApiModel):
    """How evenly the pods are spread over places such as zones or nodes."""

    max_skew: Annotated[Int32, Field(ge=1)]
    """By how many pods the places may differ."""

    topology_key: LabelKey
    """Label of nodes: nodes with the same value are the same place."""

    when_unsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"]
    """What happens to a pod that would break the rule."""

    label_selector: LabelSelector
    """Which pods are counted. Those of one ModelDeployment have the label sluiceway.dev/model-deployment."""

    min_domains: Annotated[Int32, Field(ge=1)] | None = None
    """Number of places that there must be at least; only with DoNotSchedule."""

    node_affinity_policy: Literal["Honor", "Ignore"] | None = None
    """Whether nodes that the pods may not use count as places; Honor (they do not) when absent."""

    node_taints_policy: Literal["Honor", "Ignore"] | None = None
    """Whether nodes whose taints keep the pods away count as places; Ignore (they do) when absent."""

    match_label_keys: Annotated[tuple[LabelKey, ...], Field(max_length=8), SET] = ()
    """Labels in which a pod that is counted must have the same value as the new pod."""
