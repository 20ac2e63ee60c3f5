"""A cluster with everything on it that a ModelDeployment needs: images, gateway, operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from e2e import scenario
from e2e.client import Caller, Example
from e2e.cluster import addons, images
from e2e.cluster.archives import reference
from e2e.cluster.box import Box
from e2e.cluster.interface import Cluster, select
from e2e.cluster.progress import step
from e2e.cluster.volumes import model_volume
from tests.support.cluster_view import View

MANY = ("ReadOnlyMany",)


@dataclass(frozen=True)
class Stage:
    """A running cluster, and the address of its gateway."""

    cluster: Cluster
    address: str

    def caller(self, name: str) -> Caller:
        """Return somebody who calls the model of ModelDeployment *name* through the gateway."""
        return Caller(self.address, f"{name}.example.com", name)

    def serve(self, view: View, resource: scenario.Object, example: Example) -> Caller:
        """Apply a ModelDeployment, wait until it is ready, return somebody whom it has answered."""
        name = resource["metadata"]["name"]
        view.apply(resource)
        view.wait_ready(name)
        caller = self.caller(name)
        caller.first_answer(example)
        return caller

    def claim(self, namespace: str, name: str, access_modes: Sequence[str] = MANY) -> list[scenario.Object]:
        """Return manifests of a claim that pods of *namespace* can read and write."""
        if isinstance(self.cluster, Box):
            volume = model_volume(self.cluster, namespace, name, access_modes)
            volume.directory.chmod(0o777)
            return volume.manifests
        modes = [mode.replace("ReadOnlyMany", "ReadWriteMany") for mode in access_modes]
        return [
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": name, "namespace": namespace},
                "spec": {"accessModes": modes, "resources": {"requests": {"storage": "1Gi"}}},
            }
        ]


def furnish(cluster: Cluster) -> Stage:
    """Bring images, gateway and operator to a running cluster.

    :raises ClusterError: with what did not come up, and its log.
    """
    ours = images.ensure_images(("operator", "triton-cpu"))
    # Importing takes the disk, the gateway's start mostly waits: together they take the longer of the two.
    with ThreadPoolExecutor(1) as background:
        imported = background.submit(cluster.load_images, ours.values())
        address = addons.install(cluster) if isinstance(cluster, Box) else cluster.gateway_address()
        imported.result()
    with step("operator, from its Helm chart"):
        # By the archive's own name: the sources may have changed since it was made.
        scenario.install_operator(cluster, reference(ours["operator"]))
    return Stage(cluster, address)


@contextmanager
def ephemeral(name: str) -> Iterator[Stage]:
    """Give a furnished cluster of its own, or the one that KUBECONFIG names, for one block."""
    cluster = select(name)
    if isinstance(cluster, Box):
        with cluster:
            yield furnish(cluster)
    else:
        yield furnish(cluster)
