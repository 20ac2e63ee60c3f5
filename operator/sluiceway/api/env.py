"""Environment variables of the server."""

from typing import Annotated

from pydantic import Field

from sluiceway.api.meta import ApiModel, rule, rules
from sluiceway.api.scalars import ObjectName, Quantity, ShortText


class SecretKeySelector(ApiModel):
    """One key of a Secret."""

    name: ObjectName
    """Name of the Secret, in the same namespace."""

    key: ShortText
    """Key in the Secret."""

    optional: bool | None = None
    """Whether pods start without the Secret or its key. Without it, they wait for both."""


class ConfigMapKeySelector(ApiModel):
    """One key of a ConfigMap."""

    name: ObjectName
    """Name of the ConfigMap, in the same namespace."""

    key: ShortText
    """Key in the ConfigMap."""

    optional: bool | None = None
    """Whether pods start without the ConfigMap or its key. Without it, they wait for both."""


class ObjectFieldSelector(ApiModel):
    """One field of the pod itself."""

    api_version: ShortText | None = None
    """Version of the pod's schema that the path refers to; v1 when absent."""

    field_path: ShortText
    """Path of the field, such as metadata.name or status.podIP."""


class ResourceFieldSelector(ApiModel):
    """A request or limit of a container of the pod."""

    container_name: ShortText | None = None
    """Name of the container; the server's own when absent."""

    resource: ShortText
    """What is read, such as limits.memory."""

    divisor: Quantity | None = None
    """Unit in which the value is given; 1 when absent."""


class EnvVarSource(ApiModel):
    """Where the value of a variable comes from."""

    model_config = rules(
        rule(
            "[has(self.secretKeyRef), has(self.configMapKeyRef), has(self.fieldRef),"
            " has(self.resourceFieldRef)].exists_one(given, given)",
            "Give exactly one of secretKeyRef, configMapKeyRef, fieldRef and resourceFieldRef",
        )
    )

    secret_key_ref: SecretKeySelector | None = None
    """The value is that of a key of a Secret."""

    config_map_key_ref: ConfigMapKeySelector | None = None
    """The value is that of a key of a ConfigMap."""

    field_ref: ObjectFieldSelector | None = None
    """The value is that of a field of the pod."""

    resource_field_ref: ResourceFieldSelector | None = None
    """The value is that of a request or limit of the pod."""


class EnvVar(ApiModel):
    """An environment variable of the server."""

    model_config = rules(
        rule("has(self.value) != has(self.valueFrom)", "Give either value or valueFrom for a variable")
    )

    name: ShortText
    """Name of the variable."""

    value: Annotated[str, Field(max_length=32768)] | None = None
    """Value of the variable; $(NAME) stands for the value of a variable that is listed before."""

    value_from: EnvVarSource | None = None
    """Where the value comes from, when it is not written here."""
