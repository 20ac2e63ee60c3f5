"""A cluster that the user has already, named by KUBECONFIG: used as it is, never set up."""

from __future__ import annotations

import json
import shutil
from typing import Any

from e2e.cluster import binaries, gateways
from e2e.cluster.progress import ClusterError
from e2e.cluster.settings import Settings
from e2e.cluster.tool import call

_KEPT = {"kubectl": "kubernetes", "helm": "helm"}
"""Which of the programs that are built here bring each tool."""


class ExistingCluster:
    """The cluster that the current context of the user's kubeconfig leads to."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def kubeconfig(self) -> str:
        """Path of the user's kubeconfig, or several as KUBECONFIG may have them."""
        return self.settings.kubeconfig

    def command(self, tool: str) -> str:
        """Return the program of `kubectl` or `helm`: the user's own, else the one that was built here.

        Raises:
            ClusterError: when there is neither; building Kubernetes for its kubectl would take minutes.
        """
        if own := shutil.which(tool):
            return own
        if binaries.built(_KEPT[tool]):
            return str(binaries.ensure(_KEPT[tool]).with_name(tool))
        raise ClusterError(f"{tool} is not on PATH: install it, or let `make programs` build it (minutes)")

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl and return what it prints; raises ClusterError."""
        return self._call("kubectl", *arguments, stdin=stdin)

    def kubectl_command(self) -> list[str]:
        """Return what starts kubectl, to read what it prints while it runs; raises ClusterError."""
        return ["env", f"KUBECONFIG={self.settings.kubeconfig}", self.command("kubectl")]

    def helm(self, *arguments: str) -> str:
        """Run helm and return what it prints; raises ClusterError."""
        return self._call("helm", *arguments)

    def get(self, kind: str, *arguments: str) -> list[dict[str, Any]]:
        """Return objects of a kind, of all namespaces; raises ClusterError, also for an unknown kind."""
        text = self.kubectl("get", kind, "--all-namespaces", *arguments, "--output=json")
        items: list[dict[str, Any]] = json.loads(text)["items"]
        return items

    def gateway(self) -> dict[str, Any] | None:
        """Return the Gateway that models are served behind, if it is there; raises ClusterError."""
        wanted = self.settings.parent
        name, namespace = wanted["name"], f"--namespace={wanted['namespace']}"
        text = self.kubectl("get", gateways.RESOURCE, name, namespace, "--ignore-not-found", "--output=json")
        found: dict[str, Any] | None = json.loads(text) if text else None
        return found

    def gateway_address(self) -> str:
        """Return host and port of the Gateway's HTTP listener, as this machine reaches it.

        Raises:
            ClusterError: when there is no such Gateway.
        """
        if self.settings.gateway_address:
            return self.settings.gateway_address
        found = self.gateway()
        if found is None:
            raise ClusterError(f"there is no Gateway {self.settings.gateway}")
        return gateways.address(found)

    def _call(self, tool: str, *arguments: str, stdin: str | None = None) -> str:
        environment = {"KUBECONFIG": self.settings.kubeconfig}
        return call([self.command(tool)], *arguments, stdin=stdin, environment=environment)
