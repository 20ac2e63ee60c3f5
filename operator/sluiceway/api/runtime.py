"""How the model is run: the server, its resources, and where its pods may go."""

from typing import Annotated, Literal

from pydantic import Field

from sluiceway.api.affinity import Affinity
from sluiceway.api.env import EnvVar
from sluiceway.api.flags import ALLOWED_FLAG
from sluiceway.api.meta import ATOMIC, ApiModel, Rule, map_list, rule, rules
from sluiceway.api.scalars import Int32, Labels, ObjectName, Quantity
from sluiceway.api.scheduling import Toleration, TopologySpreadConstraint
from sluiceway.api.volumes import Volume, VolumeMount

Amounts = Annotated[dict[str, Quantity], Field(max_length=16)]


class LocalObjectReference(ApiModel):
    """An object of the same namespace."""

    name: ObjectName
    """Name of the object."""


class ResourceRequirements(ApiModel):
    """Processors, memory and devices of one pod."""

    model_config = rules(
        rule(
            "!has(self.requests) || self.requests.all(name, !name.contains('/') || (has(self.limits)"
            " && name in self.limits && string(self.limits[name]) == string(self.requests[name])))",
            "Give devices such as nvidia.com/gpu under limits; requests may only repeat the same number",
        ),
        rule(
            "!has(self.requests) || !has(self.limits) || self.requests.all(name, !(name in self.limits)"
            " || !isQuantity(string(self.requests[name])) || !isQuantity(string(self.limits[name]))"
            " || !quantity(string(self.requests[name])).isGreaterThan(quantity(string(self.limits[name]))))",
            "Give no request that is greater than its limit",
        ),
    )

    requests: Amounts = Field(default_factory=dict)
    """What a node must have free for a pod, such as cpu: 500m or memory: 2Gi; the limits when absent."""

    limits: Amounts = Field(default_factory=dict)
    """What a pod may use at most, such as memory: 16Gi or nvidia.com/gpu: 1."""


class Drain(ApiModel):
    """How a pod leaves service without losing a request."""

    endpoint_seconds: Annotated[Int32, Field(ge=0, le=120)] = 5
    """How long a pod that is taken out of service goes on accepting requests while gateways learn of it."""

    request_seconds: Annotated[Int32, Field(ge=1, le=3600)] = 10
    """How long the longest request in flight may take to finish."""


class Runtime(ApiModel):
    """The server, its resources, and where its pods may go."""

    model_config = rules(
        rule(
            "!has(self.volumeMounts) || self.volumeMounts.all(mount, has(self.volumes)"
            " && self.volumes.exists(volume, volume.name == mount.name))",
            "Let every entry of volumeMounts name one of volumes",
        )
    )

    image: Annotated[
        str,
        Field(min_length=1, max_length=512),
        Rule(r"!self.matches('\\s')", "Give the image without spaces, as in registry/name:tag"),
    ]
    """Image of the server, which must hold tritonserver on its PATH,
    such as nvcr.io/nvidia/tritonserver:26.07-py3."""

    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    """When a node pulls the image."""

    image_pull_secrets: Annotated[
        tuple[LocalObjectReference, ...], Field(max_length=8), map_list("name")
    ] = ()
    """Secrets that hold credentials for the registry."""

    args: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=1024), ALLOWED_FLAG], ...],
        Field(max_length=64),
        ATOMIC,
    ] = ()
    """Further flags for tritonserver. Flags that the operator sets itself are refused."""

    env: Annotated[tuple[EnvVar, ...], Field(max_length=128), map_list("name")] = ()
    """Environment variables of the server."""

    resources: ResourceRequirements = ResourceRequirements()
    """Processors, memory and devices of one pod."""

    shared_memory: Annotated[
        str,
        Field(min_length=1, max_length=32),
        Rule(
            "isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",
            "Give the size of shared memory as a quantity above zero, such as 64Mi or 1Gi",
        ),
    ] = "64Mi"
    """Size of /dev/shm, through which Python models exchange tensors with the server.
    It counts against the memory limit."""

    startup_seconds: Annotated[Int32, Field(ge=10, le=86400)] = 1800
    """How long the model may take to load, from the moment that the image is there."""

    drain: Drain = Drain()
    """How a pod leaves service without losing a request."""

    volumes: Annotated[tuple[Volume, ...], Field(max_length=32), map_list("name")] = ()
    """Further files for the server."""

    volume_mounts: Annotated[tuple[VolumeMount, ...], Field(max_length=32), map_list("mountPath")] = ()
    """Where the volumes appear in the server's file system."""

    service_account_name: ObjectName | None = None
    """ServiceAccount of the pods, whose token is not mounted; default when absent."""

    node_selector: Labels = Field(default_factory=dict)
    """Labels that a node must have to run the pods."""

    tolerations: Annotated[tuple[Toleration, ...], Field(max_length=32), ATOMIC] = ()
    """Taints of nodes that do not keep the pods away."""

    affinity: Affinity | None = None
    """Which nodes and which neighbours the pods prefer or need. Unless podAntiAffinity or
    topologySpreadConstraints is given, the pods of a revision prefer nodes and zones without each other."""

    topology_spread_constraints: Annotated[
        tuple[TopologySpreadConstraint, ...],
        Field(max_length=8),
        map_list("topologyKey", "whenUnsatisfiable"),
    ] = ()
    """How the pods are spread over zones and nodes, in place of the preference that they have otherwise.
    With sluiceway.dev/revision in matchLabelKeys each revision is spread for itself."""

    priority_class_name: ObjectName | None = None
    """PriorityClass of the pods; the cluster's default when absent."""

    runtime_class_name: ObjectName | None = None
    """RuntimeClass that runs the pods; the node's default when absent."""
