"""KEDA beside the one-machine cluster: its operator and the adapter of its metrics, on the node's network.

Both are built from KEDA's module and run with an administrator's rights: what is looked at is what they do to
ScaledObjects and autoscalers. Its admission webhook does not run.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from e2e.aggregated import listening, offered, on_the_node, options_of
from e2e.cluster import binaries
from e2e.cluster.box import Box
from e2e.cluster.certificates import Authority
from e2e.cluster.children import Child
from e2e.cluster.progress import step

_GROUP_VERSION = "external.metrics.k8s.io/v1beta1"
_NAMESPACE = "keda"
_PROBES, _SERVICE, _ADAPTER, _FIGURES = 8083, 9666, 6445, 8084
"""Ports on the node: of the operator's probes and of its service for the adapter; of the adapter, and of its
own figures."""


@contextmanager
def running(box: Box) -> Iterator[None]:
    """Give KEDA as long as the block lasts; its definitions stay.

    :raises ClusterError: with the log of what does not come up in time.
    """
    programs = binaries.ensure_all(["keda-operator", "keda-adapter"])
    definitions = binaries.kept("keda-operator") / "config" / "crd" / "bases"
    with ExitStack() as stack:
        # In the box's own folder: it goes with the box even if nobody gets to remove it.
        scratch = tempfile.TemporaryDirectory(dir=box.directory, prefix="keda-")
        folder = Path(stack.enter_context(scratch))
        addresses = [f"IP:{box.node_address}"]
        Authority(folder).sign("tls", user="keda", addresses=addresses)
        with step("KEDA's definitions"):
            box.kubectl("apply", "--server-side", "-f", str(definitions))
            box.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
            box.kubectl("create", "namespace", _NAMESPACE)
            stack.callback(box.kubectl, "delete", "namespace", _NAMESPACE, "--wait=false")
        operator = _child(box, folder, programs["keda-operator"], _operator(folder))
        adapter = _child(box, folder, programs["keda-adapter"], _adapter(box, folder))
        for child, port in ((operator, _SERVICE), (adapter, _ADAPTER)):
            stack.enter_context(listening(box, child, port))
        stack.enter_context(offered(box, _GROUP_VERSION, adapter, _ADAPTER))
        yield


def _operator(folder: Path) -> Sequence[str]:
    return (
        f"--cert-dir={folder}",
        f"--metrics-service-bind-address=:{_SERVICE}",
        f"--health-probe-bind-address=:{_PROBES}",
        "--enable-prometheus-metrics=false",
    )


def _adapter(box: Box, folder: Path) -> Sequence[str]:
    return (
        f"--cert-dir={folder}",
        f"--tls-cert-file={folder / 'tls.crt'}",
        f"--tls-private-key-file={folder / 'tls.key'}",
        f"--secure-port={_ADAPTER}",
        f"--port={_FIGURES}",
        f"--metrics-service-address={box.node_address}:{_SERVICE}",
        *options_of(box, "lister"),
    )


def _child(box: Box, folder: Path, program: Path, options: Sequence[str]) -> Child:
    environment: Mapping[str, str] = {
        "KUBECONFIG": str(box.kubeconfig),
        "POD_NAMESPACE": _NAMESPACE,
        "KEDA_CLUSTER_OBJECT_NAMESPACE": _NAMESPACE,
        "WATCH_NAMESPACE": "",
        "PATH": os.environ["PATH"],
    }
    variables = [f"{name}={value}" for name, value in environment.items()]
    # Without the environment's proxy: that is for the outside world.
    network = [*on_the_node(box), "env", "--ignore-environment"]
    return Child(program.name, [*network, *variables, str(program), *options], folder / f"{program.name}.log")
