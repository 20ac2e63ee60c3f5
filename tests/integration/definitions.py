"""The kinds that a cluster must know: ours, those of the Gateway API, and KEDA's."""

from __future__ import annotations

from pathlib import Path

from e2e.cluster import binaries
from e2e.cluster.control_plane import ControlPlane

ROOT = Path(__file__).parents[2]
CRDS = str(ROOT / "crds")


def define_ours(plane: ControlPlane) -> None:
    """Make ModelDeployment known."""
    _define(plane, CRDS)


def define_gateway_api(plane: ControlPlane) -> None:
    """Make Gateway and HTTPRoute known, as the gateway of the end-to-end tests brings them."""
    _define(plane, str(binaries.kept("envoy-gateway") / "gateway-helm/charts/crds/crds/gatewayapi-crds.yaml"))


def define_keda(plane: ControlPlane) -> None:
    """Make ScaledObject known, as KEDA brings it."""
    _define(plane, str(binaries.sources("keda-operator") / "config/crd/bases/keda.sh_scaledobjects.yaml"))


def _define(plane: ControlPlane, path: str) -> None:
    plane.kubectl("apply", "--server-side", "-f", path)
    plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
