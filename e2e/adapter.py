"""An adapter that offers a Prometheus' metrics to autoscalers by rules of prometheus-adapter.

`e2e/cluster/go/adapter` stands in for prometheus-adapter, which can not be built from the module proxy. It
runs on the node's own network, as the Prometheus does that it asks.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from e2e.aggregated import listening, offered, on_the_node, options_of
from e2e.cluster import binaries
from e2e.cluster.box import Box
from e2e.cluster.children import Child
from e2e.prometheus import Prometheus

GROUP_VERSION = "custom.metrics.k8s.io/v1beta1"
"""The one that the chart of prometheus-adapter registers."""
_PORT = 6444


@contextmanager
def adapted(box: Box, prometheus: Prometheus, rules: Sequence[Any]) -> Iterator[None]:
    """Offer metrics by *rules*, `rules.custom` of prometheus-adapter's chart, as long as the block lasts.

    :raises ClusterError: with the adapter's log when the API is not there in time: it refuses rules that it
        does not understand.
    """
    program = binaries.ensure("adapter")
    with ExitStack() as stack:
        # In the box's own folder: it goes with the box even if nobody gets to remove it.
        scratch = tempfile.TemporaryDirectory(dir=box.directory, prefix="adapter-")
        folder = Path(stack.enter_context(scratch))
        file = folder / "config.yaml"
        file.write_text(json.dumps({"rules": rules}))
        options = [
            f"--config={file}",
            f"--prometheus-url={prometheus.address}",
            f"--secure-port={_PORT}",
            f"--cert-dir={folder}",
            *options_of(box, "lister"),
        ]
        child = Child("adapter", [*on_the_node(box), str(program), *options], folder / "adapter.log")
        stack.enter_context(listening(box, child, _PORT))
        stack.enter_context(offered(box, GROUP_VERSION, child, _PORT))
        yield
