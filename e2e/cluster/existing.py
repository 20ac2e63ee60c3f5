"""A cluster that the user has already, named by KUBECONFIG: used as it is, never set up."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from e2e.cluster import paths
from e2e.cluster.archives import reference
from e2e.cluster.kubectl import kubectl
from e2e.cluster.progress import ClusterError, say

REQUIREMENTS = """\
KUBECONFIG is set, so that cluster is used and nothing is set up in it. It must have:
- the Gateway API's CRDs, a controller for them, and the Gateway `public` in the namespace `gateway`,
  with an HTTP listener that lets routes in from all namespaces
- our images where its nodes can pull them, under the names that are used here
Unset KUBECONFIG to have a cluster made on this machine instead."""


def from_environment() -> ExistingCluster | None:
    """Return the cluster that KUBECONFIG names, unless that is one of our own boxes."""
    kubeconfig = os.environ.get("KUBECONFIG")
    if not kubeconfig or Path(kubeconfig).is_relative_to(paths.state()):
        return None
    return ExistingCluster(Path(kubeconfig))


class ExistingCluster:
    """The cluster that the current context of *kubeconfig* leads to."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl and return what it prints; raises ClusterError."""
        return kubectl(self.kubeconfig, *arguments, stdin=stdin)

    def load_images(self, archives: Iterable[Path]) -> None:
        """Only say which images the cluster must be able to pull: its nodes are not ours."""
        for archive in archives:
            say(f"  the cluster must be able to pull {reference(archive)} (made here: {archive})")

    def gateway_address(self) -> str:
        """Return host and port of the Gateway's first listener.

        Raises:
            ClusterError: when there is no such Gateway or it has no address.
        """
        path = "jsonpath={.status.addresses[0].value}:{.spec.listeners[0].port}"
        said = self.kubectl("get", "gateway", "public", "--namespace=gateway", "--output", path)
        if said.startswith(":"):
            raise ClusterError(f"the Gateway gateway/public has no address yet.\n{REQUIREMENTS}")
        return said
