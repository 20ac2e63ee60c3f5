"""How objects and nodes are chosen by their labels."""

from typing import Annotated, Literal

from pydantic import Field

from sluiceway.api.meta import ATOMIC, ApiModel
from sluiceway.api.scalars import LabelKey, Labels, LabelValue


class LabelSelectorRequirement(ApiModel):
    """A condition on one label."""

    key: LabelKey
    """Key of the label."""

    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    """How the label is compared with the values."""

    values: Annotated[tuple[LabelValue, ...], Field(max_length=32), ATOMIC] = ()
    """Values to compare with; none for Exists and DoesNotExist."""


class LabelSelector(ApiModel):
    """Chooses objects by their labels; an object must meet all that is given here."""

    match_labels: Labels = Field(default_factory=dict)
    """Labels that an object must have, with these values."""

    match_expressions: Annotated[tuple[LabelSelectorRequirement, ...], Field(max_length=16), ATOMIC] = ()
    """Conditions that an object's labels must meet."""


class NodeSelectorRequirement(ApiModel):
    """A condition on one label or field of a node."""

    key: LabelKey
    """Key of the label, or name of the field."""

    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
    """How it is compared with the values."""

    values: Annotated[tuple[LabelValue, ...], Field(max_length=128), ATOMIC] = ()
    """Values to compare with; none for Exists and DoesNotExist, one integer for Gt and Lt."""


class NodeSelectorTerm(ApiModel):
    """Conditions that a node must meet, all of them."""

    match_expressions: Annotated[tuple[NodeSelectorRequirement, ...], Field(max_length=16), ATOMIC] = ()
    """Conditions on the node's labels."""

    match_fields: Annotated[tuple[NodeSelectorRequirement, ...], Field(max_length=16), ATOMIC] = ()
    """Conditions on the node's fields; Kubernetes knows metadata.name only."""
