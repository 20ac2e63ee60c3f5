"""What a ScaledObject of KEDA may go by: ScaleTriggers of keda.sh/v1alpha1, and the Prometheus that it asks.

Source: https://keda.sh/docs/2.21/reference/scaledobject-spec/
"""

from typing import Annotated, Literal

from pydantic import Field

from sluiceway.api.meta import ApiModel, Rule
from sluiceway.api.queries import KNOWN_PLACES_ONLY
from sluiceway.api.scalars import ObjectName, ShortText


class AuthenticationRef(ApiModel):
    """Names what KEDA authenticates itself with."""

    name: ObjectName
    """Name of it."""

    kind: Literal["TriggerAuthentication", "ClusterTriggerAuthentication"] = "TriggerAuthentication"
    """Whether it is one of the resource's namespace, or of the cluster."""


class Trigger(ApiModel):
    """Something outside or inside the pods that KEDA looks at."""

    type: ShortText
    """What KEDA calls the scaler, such as kafka, cron or prometheus."""

    metadata: Annotated[
        dict[str, Annotated[str, Field(max_length=2048), KNOWN_PLACES_ONLY]], Field(max_length=32)
    ]
    """What the scaler wants to know, all as text. {{revision}}, {{namespace}} and {{name}} are replaced."""

    metric_type: Literal["AverageValue", "Value", "Utilization"] | None = None
    """Whether the target is an amount for each pod, an amount in all, or a share of what is requested;
    KEDA's own choice for the scaler when absent."""

    authentication_ref: AuthenticationRef | None = None
    """What KEDA authenticates itself with; nothing when absent."""


class PrometheusServer(ApiModel):
    """The Prometheus that KEDA asks for Triton's metrics."""

    server_address: Annotated[
        str,
        Field(max_length=512),
        Rule(
            "self.matches('^https?://[^/ ]+(/[^ ]*)?$')",
            "Give the address as KEDA's pods reach it, such as http://prometheus.monitoring.svc:9090",
        ),
    ]
    """Where it is, as KEDA's pods reach it, such as http://prometheus.monitoring.svc:9090."""

    authentication_ref: AuthenticationRef | None = None
    """What KEDA authenticates itself with; nothing when absent."""
