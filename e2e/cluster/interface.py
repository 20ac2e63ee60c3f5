"""The little that tests and the demo need of a cluster, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from e2e.cluster.box import Box
from e2e.cluster.existing import from_environment


class Cluster(Protocol):
    """A cluster with a Gateway, and a way to give its nodes our images."""

    @property
    def kubeconfig(self) -> Path: ...

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str: ...

    def load_images(self, archives: Iterable[Path]) -> None: ...

    def gateway_address(self) -> str: ...


def select(name: str) -> Cluster:
    """Return the user's own cluster when KUBECONFIG names one, else the box called *name*."""
    return from_environment() or Box(name)
