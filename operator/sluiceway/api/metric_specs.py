"""What an autoscaler may go by: MetricSpec of autoscaling/v2, field by field.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
"""

from typing import Annotated, Literal

from pydantic import Field

from sluiceway.api.meta import ApiModel, rule, rules
from sluiceway.api.scalars import Int32, ObjectName, PositiveQuantity, ShortText
from sluiceway.api.selectors import LabelSelector


class ResourceTarget(ApiModel):
    """How much of a resource should be used."""

    model_config = rules(
        rule(
            "(self.type == 'Utilization') == has(self.averageUtilization)"
            " && (self.type == 'AverageValue') == has(self.averageValue)",
            "Give the one of averageUtilization and averageValue that type names",
        )
    )

    type: Literal["Utilization", "AverageValue"]
    """Whether the target is a share of what is requested, or an amount for each pod."""

    average_utilization: Annotated[Int32, Field(ge=1)] | None = None
    """How much pods should use on average, in percent of what they request."""

    average_value: PositiveQuantity | None = None
    """How much each pod should use on average."""


class PodsTarget(ApiModel):
    """How much there should be for each pod."""

    type: Literal["AverageValue"]
    """That the target is an amount for each pod."""

    average_value: PositiveQuantity
    """How much there should be for each pod."""


class ValueTarget(ApiModel):
    """How much there should be."""

    model_config = rules(
        rule(
            "(self.type == 'Value') == has(self.value)"
            " && (self.type == 'AverageValue') == has(self.averageValue)",
            "Give the one of value and averageValue that type names",
        )
    )

    type: Literal["Value", "AverageValue"]
    """Whether the target is an amount in all, or for each pod."""

    value: PositiveQuantity | None = None
    """How much there should be in all."""

    average_value: PositiveQuantity | None = None
    """How much there should be for each pod."""


class MetricIdentifier(ApiModel):
    """Which metric it is."""

    name: ShortText
    """Name of the metric."""

    selector: LabelSelector | None = None
    """Labels that choose among metrics of that name."""


class ResourceMetric(ApiModel):
    """What all containers of the pods use of a resource. Each of them has to request some of it."""

    name: ShortText
    """Name of the resource, such as cpu."""

    target: ResourceTarget
    """How much of it should be used."""


class ContainerResourceMetric(ApiModel):
    """What one container of the pods uses of a resource."""

    name: ShortText
    """Name of the resource, such as cpu."""

    container: ShortText
    """Name of the container; that of Triton is triton."""

    target: ResourceTarget
    """How much of it should be used."""


class PodsMetric(ApiModel):
    """Something that is measured of every pod."""

    metric: MetricIdentifier
    """Which metric it is."""

    target: PodsTarget
    """How much there should be for each pod."""


class DescribedObject(ApiModel):
    """An object of the same namespace."""

    api_version: ShortText | None = None
    """API group and version of the object."""

    kind: ShortText
    """Kind of the object."""

    name: ObjectName
    """Name of the object."""


class ObjectMetric(ApiModel):
    """Something that is measured of another object."""

    described_object: DescribedObject
    """What it is measured of."""

    metric: MetricIdentifier
    """Which metric it is."""

    target: ValueTarget
    """How much there should be."""


class ExternalMetric(ApiModel):
    """Something that is measured outside the cluster, or of no object."""

    metric: MetricIdentifier
    """Which metric it is."""

    target: ValueTarget
    """How much there should be."""


class MetricSpec(ApiModel):
    """A metric as autoscaling/v2 has it."""

    model_config = rules(
        rule(
            "(self.type == 'Resource') == has(self.resource)"
            " && (self.type == 'ContainerResource') == has(self.containerResource)"
            " && (self.type == 'Pods') == has(self.pods)"
            " && (self.type == 'Object') == has(self.object)"
            " && (self.type == 'External') == has(self.external)",
            "Give the one of resource, containerResource, pods, object and external that type names",
        ),
    )

    type: Literal["Resource", "ContainerResource", "Pods", "Object", "External"]
    """Where the metric comes from."""

    resource: ResourceMetric | None = None
    """What all containers of the pods use of a resource."""

    container_resource: ContainerResourceMetric | None = None
    """What one container of the pods uses of a resource."""

    pods: PodsMetric | None = None
    """Something that is measured of every pod."""

    object: ObjectMetric | None = None
    """Something that is measured of another object."""

    external: ExternalMetric | None = None
    """Something that is measured outside the cluster, or of no object."""
