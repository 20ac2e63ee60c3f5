"""How requests from outside reach the model: which gateways, under which hostnames."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sluiceway.api.meta import ATOMIC, SET, ApiModel, Rule, rule, rules
from sluiceway.api.scalars import Int32, ObjectName

Hostname = Annotated[
    str,
    Field(min_length=1, max_length=253),
    Rule(
        r"self.matches('^([*][.])?[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')"
        " && !self.matches('^[0-9.]+$')",
        "Give a DNS name in small letters, such as fraud.example.com or *.example.com, without a port",
    ),
]

_SAME_GATEWAY = (
    "a.name == b.name && (has(a.__namespace__) ? a.__namespace__ : '')"
    " == (has(b.__namespace__) ? b.__namespace__ : '')"
)
_PARENTS = Rule(
    f"self.all(a, self.exists_one(b, {_SAME_GATEWAY})"
    f" || (has(a.sectionName) && self.exists_one(b, {_SAME_GATEWAY}"
    " && has(b.sectionName) && b.sectionName == a.sectionName)))",
    "Name every gateway once, or give each of its entries a sectionName of its own",
)


class Match(StrEnum):
    """How requests for the model are told from others on the same gateway."""

    HOSTNAME = "Hostname"
    MODEL_PATH = "ModelPath"


class ParentRef(ApiModel):
    """A gateway, or one listener of it."""

    name: ObjectName
    """Name of the Gateway."""

    namespace: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    """Namespace of the Gateway; that of the ModelDeployment when absent."""

    section_name: ObjectName | None = None
    """Name of the listener; every listener that admits the route when absent."""

    port: Annotated[Int32, Field(ge=1, le=65535)] | None = None
    """Port of the listener; every port when absent."""


class Traffic(ApiModel):
    """How requests from outside the cluster reach the model."""

    model_config = rules(
        rule(
            "self.match != 'Hostname' || (has(self.hostnames) && size(self.hostnames) > 0)",
            "Give at least one of hostnames, or set match to ModelPath to share a hostname between models",
            field=".hostnames",
        )
    )

    parent_refs: Annotated[tuple[ParentRef, ...], Field(min_length=1, max_length=8), ATOMIC, _PARENTS]
    """Gateways that take requests for the model."""

    match: Match = Match.HOSTNAME
    """How requests for the model are told from others: Hostname gives the model all requests of its
    hostnames, ModelPath only those whose path names the model."""

    hostnames: Annotated[tuple[Hostname, ...], Field(max_length=16), SET] = ()
    """Hostnames under which the model is reached; with ModelPath, those of the gateway when absent."""
