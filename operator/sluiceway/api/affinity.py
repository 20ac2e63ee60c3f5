"""Which nodes and which neighbours the pods prefer or need."""

from typing import Annotated

from pydantic import Field

from sluiceway.api.meta import ATOMIC, SET, ApiModel
from sluiceway.api.scalars import Int32, LabelKey, ObjectName
from sluiceway.api.selectors import LabelSelector, NodeSelectorTerm

Weight = Annotated[Int32, Field(ge=1, le=100)]


class NodeSelector(ApiModel):
    """Chooses nodes; one of the terms must be met."""

    node_selector_terms: Annotated[tuple[NodeSelectorTerm, ...], Field(min_length=1, max_length=16), ATOMIC]
    """Terms of which a node must meet one."""


class PreferredSchedulingTerm(ApiModel):
    """A kind of node that is preferred."""

    weight: Weight
    """How much the preference counts, from 1 to 100."""

    preference: NodeSelectorTerm
    """Conditions that the preferred nodes meet."""


class NodeAffinity(ApiModel):
    """Which nodes the pods may or should run on."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None
    """Nodes that the pods may be scheduled to; no others are used."""

    preferred_during_scheduling_ignored_during_execution: Annotated[
        tuple[PreferredSchedulingTerm, ...], Field(max_length=16), ATOMIC
    ] = ()
    """Nodes that are tried first."""


class PodAffinityTerm(ApiModel):
    """A group of pods, and what counts as being in the same place as they are."""

    label_selector: LabelSelector
    """Which pods are meant. Those of one ModelDeployment have the label sluiceway.dev/model-deployment."""

    topology_key: LabelKey
    """Label of nodes: nodes with the same value are the same place. kubernetes.io/hostname means one node."""

    namespaces: Annotated[tuple[ObjectName, ...], Field(max_length=32), SET] = ()
    """Namespaces of the pods that are meant; the pods' own when this and namespaceSelector are absent."""

    namespace_selector: LabelSelector | None = None
    """Namespaces of the pods that are meant, chosen by label."""

    match_label_keys: Annotated[tuple[LabelKey, ...], Field(max_length=8), SET] = ()
    """Labels in which a pod that is meant must have the same value as the new pod."""

    mismatch_label_keys: Annotated[tuple[LabelKey, ...], Field(max_length=8), SET] = ()
    """Labels in which a pod that is meant must have another value than the new pod."""


class WeightedPodAffinityTerm(ApiModel):
    """A neighbourhood that is preferred or avoided."""

    weight: Weight
    """How much the preference counts, from 1 to 100."""

    pod_affinity_term: PodAffinityTerm
    """The pods in question."""


class PodAffinity(ApiModel):
    """Which other pods the pods need or prefer to be near."""

    required_during_scheduling_ignored_during_execution: Annotated[
        tuple[PodAffinityTerm, ...], Field(max_length=16), ATOMIC
    ] = ()
    """Pods that must be in the same place when a pod is scheduled."""

    preferred_during_scheduling_ignored_during_execution: Annotated[
        tuple[WeightedPodAffinityTerm, ...], Field(max_length=16), ATOMIC
    ] = ()
    """Pods that should be in the same place."""


class PodAntiAffinity(ApiModel):
    """Which other pods the pods must or should stay away from."""

    required_during_scheduling_ignored_during_execution: Annotated[
        tuple[PodAffinityTerm, ...], Field(max_length=16), ATOMIC
    ] = ()
    """Pods that must not be in the same place when a pod is scheduled."""

    preferred_during_scheduling_ignored_during_execution: Annotated[
        tuple[WeightedPodAffinityTerm, ...], Field(max_length=16), ATOMIC
    ] = ()
    """Pods that should not be in the same place."""


class Affinity(ApiModel):
    """Which nodes and which neighbours the pods prefer or need."""

    node_affinity: NodeAffinity | None = None
    """Which nodes the pods may or should run on."""

    pod_affinity: PodAffinity | None = None
    """Which other pods the pods need or prefer to be near."""

    pod_anti_affinity: PodAntiAffinity | None = None
    """Which other pods the pods must or should stay away from."""
