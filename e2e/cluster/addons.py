"""What a bare cluster needs to serve models to the world: DNS, and a Gateway called `public`."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from string import Template

from e2e.cluster import binaries, images, paths
from e2e.cluster.archives import reference
from e2e.cluster.box import GATEWAY_NODE_PORT, Box
from e2e.cluster.helm import helm
from e2e.cluster.progress import ClusterError, step, wait_for

GATEWAY_CLASS = "envoy"
GATEWAY = "public"
GATEWAY_NAMESPACE = "gateway"
CONTROLLER_NAMESPACE = "envoy-gateway-system"
_PROGRAMMED_SECONDS = 120.0


def install(box: Box) -> str:
    """Install DNS, Envoy Gateway and the Gateway, and wait until it is programmed.

    Returns:
        Host and port of the Gateway's HTTP listener, reachable from this machine.

    Raises:
        ClusterError: with what was missing last.
    """
    archives = images.ensure_images(("coredns", "envoy-gateway", "envoy"))
    chart = binaries.kept("envoy-gateway") / "gateway-helm"
    # One waits for the disk, the other for the API server.
    with ThreadPoolExecutor(1) as background:
        definitions = background.submit(_apply_definitions, box, chart)
        box.load_images(archives.values())
        with step("Gateway API and Envoy Gateway definitions"):
            definitions.result()
    coredns = reference(archives["coredns"])
    box.kubectl("apply", "-f", "-", stdin=_render("coredns.yaml", image=coredns, dns=box.dns_address))
    with step("Envoy Gateway"):
        _install_controller(box, chart, reference(archives["envoy-gateway"]))
    with step(f"Gateway {GATEWAY_NAMESPACE}/{GATEWAY}") as current:
        envoy = reference(archives["envoy"])
        gateway = _render("gateway.yaml", envoy=envoy, node_port=str(GATEWAY_NODE_PORT))
        box.kubectl("apply", "-f", "-", stdin=gateway)
        wait_for(
            f"the Gateway {GATEWAY} is programmed",
            lambda: _unprogrammed(box),
            seconds=_PROGRAMMED_SECONDS,
            every=0.3,
            logs=box.logs.glob("pods/*/*/*.log"),
            current=current,
        )
    return box.gateway_address()


def _apply_definitions(box: Box, chart: Path) -> None:
    # Server-side: some are too large for the annotation that a client-side apply keeps.
    folder = chart / "charts" / "crds" / "crds"
    box.kubectl("apply", "--server-side", "--recursive", "-f", str(folder))


def _install_controller(box: Box, chart: Path, image: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as values:
        values.write(_render("envoy-gateway-values.yaml", envoy_gateway=image))
        values.flush()
        helm(
            box.kubeconfig,
            "install",
            "envoy-gateway",
            str(chart),
            f"--namespace={CONTROLLER_NAMESPACE}",
            "--create-namespace",
            # The published chart is a template whose only blanks are the ones given in ours.
            f"--values={chart / 'values.tmpl.yaml'}",
            f"--values={values.name}",
        )


def _unprogrammed(box: Box) -> str:
    condition = "{.status.conditions[?(@.type=='Programmed')]['status','reason','message']}"
    found = ("get", "gateway", GATEWAY, f"--namespace={GATEWAY_NAMESPACE}", "--output")
    try:
        said = box.kubectl(*found, f"jsonpath={condition}")
    except ClusterError as error:
        return str(error)
    return "" if said.startswith("True") else said or "no condition yet"


def _render(manifest: str, **values: str) -> str:
    return Template((paths.SOURCES / "manifests" / manifest).read_text()).substitute(values)
