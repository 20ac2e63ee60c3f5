"""Queries of counters, by which a user tells what a bad event is."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sluiceway.api.meta import ApiModel, Rule

REVISION, NAMESPACE, NAME = "{{revision}}", "{{namespace}}", "{{name}}"
"""What a query may hold in place of the names of a revision, of a resource's namespace, and of a resource."""

_KNOWN = "".join(f".replace('{known}', '')" for known in (REVISION, NAMESPACE, NAME))
KNOWN_PLACES_ONLY = Rule(
    f"!self{_KNOWN}.contains('{{{{')",
    f"Only {REVISION}, {NAMESPACE} and {NAME} are replaced; mend what else stands between {{{{ and }}}}",
)
"""Nothing else may stand between the braces."""


def filled_in(text: str, *, revision: str, namespace: str, name: str) -> str:
    """Return *text* with the names in their places."""
    return text.replace(REVISION, revision).replace(NAMESPACE, namespace).replace(NAME, name)


ProviderName = Annotated[
    str,
    Field(min_length=1, max_length=63),
    Rule(
        "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
        "Give the name of a provider in the operator's configuration: small letters, digits and -",
    ),
]

LabelName = Annotated[
    str,
    Field(min_length=1, max_length=128),
    Rule("self.matches('^[a-zA-Z_][a-zA-Z0-9_]*$')", "Give the name of one label, such as pod"),
]

CounterQuery = Annotated[
    str,
    Field(min_length=1, max_length=2048),
    Rule(
        f"self.contains('{REVISION}')",
        f'Write {REVISION} where the name of the revision belongs, such as pod=~"{REVISION}-.*": each'
        " revision is judged by its own counters",
    ),
    KNOWN_PLACES_ONLY,
    Rule(
        "!self.matches('(^|[^a-z_])(rate|irate|increase|delta|idelta)[ ]*[(]')",
        "Ask for the counters themselves, without rate() or increase(): what is new is counted from one look"
        " to the next, so that no window holds what happened to an earlier revision",
    ),
]


class Query(ApiModel):
    """Two counters of a provider of metrics that tell all events from the bad ones."""

    provider: ProviderName
    """Name of the provider of metrics in the operator's configuration."""

    total: CounterQuery
    """PromQL for the count of all events of one revision since its beginning: one series, such as
    sum(lookups_total{pod=~"{{revision}}-.*"}). {{revision}}, {{namespace}} and {{name}} are replaced."""

    bad: CounterQuery
    """PromQL for the count of those that were bad, in the same way. Where no bad event means no series, add
    zero times the total: sum(misses_total{...}) or 0 * sum(lookups_total{...})."""

    by: LabelName | None = None
    """Label that tells the series of both queries apart, such as pod for sum by (pod) (...). Then each series
    is counted on its own, and a pod that ends or begins anew takes nothing away from the others. Without it
    a query has to find one series, and nothing is counted between two looks where that fell."""


class DataPlane(StrEnum):
    """Whose metrics the operator knows how to read."""

    ENVOY_GATEWAY = "EnvoyGateway"


class Backends(StrEnum):
    """By which names a data plane tells the revisions apart."""

    MERGED = "Merged"
    FILTERED = "Filtered"


class GatewaySignals(ApiModel):
    """Where the metrics of the gateway are, so that revisions are judged also by what callers saw there."""

    provider: ProviderName
    """Name of the provider of metrics in the operator's configuration."""

    data_plane: DataPlane = DataPlane.ENVOY_GATEWAY
    """Whose metrics these are."""

    backends: Backends = Backends.MERGED
    """How the gateway comes to count each revision on its own. Merged: its owner has set mergeBackends in
    EnvoyProxy. Filtered: the route has a filter on each backend, which needs nothing of the gateway's owner,
    and then a request now and then fails when a revision's share begins or ends."""
