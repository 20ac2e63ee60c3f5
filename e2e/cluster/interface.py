"""The little that tests and the demo need of a cluster, whichever it is."""

from __future__ import annotations

from os import PathLike
from typing import Protocol

from e2e.cluster.box import Box
from e2e.cluster.existing import ExistingCluster
from e2e.cluster.settings import from_environment


class Cluster(Protocol):
    """A cluster with a Gateway."""

    @property
    def kubeconfig(self) -> str | PathLike[str]: ...

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str: ...

    def kubectl_command(self) -> list[str]: ...

    def helm(self, *arguments: str) -> str: ...

    def gateway_address(self) -> str: ...


def select(name: str) -> Box | ExistingCluster:
    """Return the user's own cluster when KUBECONFIG names one, else the box called *name*."""
    settings = from_environment()
    return ExistingCluster(settings) if settings else Box(name)
