"""metrics-server beside the one-machine cluster: it tells autoscalers what kubelets measure of pods."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from e2e.aggregated import listening, offered, on_the_node, options_of
from e2e.cluster import binaries
from e2e.cluster.box import Box
from e2e.cluster.children import Child

_GROUP_VERSION = "metrics.k8s.io/v1beta1"
_PORT = 6446


@contextmanager
def running(box: Box) -> Iterator[None]:
    """Give metrics-server as long as the block lasts. It asks as the box's administrator.

    :raises ClusterError: with its log when it does not come up in time.
    """
    program = binaries.ensure("metrics-server")
    with ExitStack() as stack:
        scratch = tempfile.TemporaryDirectory(dir=box.directory, prefix="metrics-server-")
        folder = Path(stack.enter_context(scratch))
        options = [
            f"--secure-port={_PORT}",
            f"--cert-dir={folder}",
            f"--kubeconfig={box.kubeconfig}",
            *options_of(box),
            # The kubelet of the box signs its own certificate.
            "--kubelet-insecure-tls",
            "--kubelet-preferred-address-types=InternalIP",
            # The shortest that it takes.
            "--metric-resolution=10s",
            "--kubelet-request-timeout=5s",
        ]
        command = [*on_the_node(box), str(program), *options]
        child = Child("metrics-server", command, folder / "metrics-server.log")
        stack.enter_context(listening(box, child, _PORT))
        stack.enter_context(offered(box, _GROUP_VERSION, child, _PORT))
        yield
