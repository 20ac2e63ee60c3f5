"""The ModelDeployment resource as it is read from the cluster."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field

from sluiceway.api.meta import ApiModel
from sluiceway.api.spec import ModelDeploymentSpec
from sluiceway.api.status import ModelDeploymentStatus


class Metadata(ApiModel):
    """The part of an object's metadata that the operator reads."""

    name: str
    namespace: str
    uid: str = ""
    generation: int = 0
    resource_version: str = ""
    deletion_timestamp: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)


class ModelDeployment(ApiModel):
    """A model deployment: what a team asked for, and what the operator reported about it."""

    metadata: Metadata
    spec: ModelDeploymentSpec
    status: ModelDeploymentStatus = ModelDeploymentStatus()

    @classmethod
    def parse(cls, resource: Mapping[str, Any]) -> Self:
        """Read a resource as the API server returns it.

        :raises pydantic.ValidationError: when the resource does not fit the API, for example because it was
            stored before its CRD became stricter.
        """
        return cls.model_validate(resource)

    @property
    def model_name(self) -> str:
        """The name under which Triton serves the model."""
        return self.spec.model.name or self.metadata.name
