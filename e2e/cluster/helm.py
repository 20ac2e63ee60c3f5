"""helm as a function, as `kubectl.py` has kubectl."""

from __future__ import annotations

from pathlib import Path

from e2e.cluster import binaries
from e2e.cluster.tool import call


def helm(kubeconfig: Path, *arguments: str) -> str:
    """Run helm and return what it prints.

    Raises:
        ClusterError: with helm's own words when it fails.
    """
    return call([binaries.ensure("helm"), f"--kubeconfig={kubeconfig}"], *arguments)
