"""What a user tells of a cluster of their own, in variables of the environment.

docs/how-to/existing-cluster.md explains them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from e2e.cluster import paths

OPERATOR_IMAGE = "SLUICEWAY_OPERATOR_IMAGE"
TRITON_IMAGE = "SLUICEWAY_TRITON_IMAGE"
GUARD_IMAGE = "SLUICEWAY_GUARD_IMAGE"
GATEWAY = "SLUICEWAY_GATEWAY"
GATEWAY_ADDRESS = "SLUICEWAY_GATEWAY_ADDRESS"
STORAGE_CLASS = "SLUICEWAY_STORAGE_CLASS"
ACCESS_MODE = "SLUICEWAY_ACCESS_MODE"


@dataclass(frozen=True)
class Settings:
    """One user's cluster; empty where nothing is said."""

    kubeconfig: str
    """As KUBECONFIG has it: a file, or several with colons between them."""
    operator_image: str = ""
    triton_image: str = ""
    guard_image: str = ""
    gateway: str = "gateway/public"
    """Namespace and name."""
    gateway_address: str = ""
    """Host and port where this machine reaches the Gateway, if not where the Gateway says."""
    storage_class: str = ""
    access_mode: str = "ReadWriteOnce"

    @property
    def parent(self) -> dict[str, str]:
        """The Gateway as `spec.traffic.parentRefs` names it."""
        namespace, _, name = self.gateway.partition("/")
        return {"name": name, "namespace": namespace}


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings | None:
    """Return what is said of the cluster that KUBECONFIG names; None without one, or for a box's own."""
    kubeconfig = environment.get("KUBECONFIG", "")
    if not kubeconfig or Path(kubeconfig).resolve().is_relative_to(paths.state().resolve()):
        return None
    variables = {
        "operator_image": OPERATOR_IMAGE,
        "triton_image": TRITON_IMAGE,
        "guard_image": GUARD_IMAGE,
        "gateway": GATEWAY,
        "gateway_address": GATEWAY_ADDRESS,
        "storage_class": STORAGE_CLASS,
        "access_mode": ACCESS_MODE,
    }
    said = {field: environment[name] for field, name in variables.items() if environment.get(name)}
    return Settings(kubeconfig, **said)
