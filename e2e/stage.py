"""A cluster with everything on it that a ModelDeployment needs: images, gateway, operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from e2e import scenario, trial
from e2e.client import Caller, Example
from e2e.cluster import addons, images, requirements
from e2e.cluster.archives import reference
from e2e.cluster.box import Box
from e2e.cluster.existing import ExistingCluster
from e2e.cluster.interface import select
from e2e.cluster.progress import ClusterError, step
from e2e.cluster.volumes import model_volume
from tests.support.cluster_view import View

MANY = ("ReadOnlyMany",)


@dataclass(frozen=True)
class Stage:
    """A running cluster, and the address of its gateway."""

    cluster: Box | ExistingCluster
    address: str
    operator_image: str = ""

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
        own = self.cluster.settings
        spec = {"accessModes": [own.access_mode], "resources": {"requests": {"storage": "1Gi"}}}
        if own.storage_class:
            spec["storageClassName"] = own.storage_class
        metadata = {"name": name, "namespace": namespace}
        return [
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec},
        ]


def furnish(box: Box) -> Stage:
    """Bring images, gateway and operator to a running box.

    :raises ClusterError: with what did not come up, and its log.
    """
    return operate(equip(box))


def equip(box: Box) -> Stage:
    """Bring images and gateway to a running box; all but the operator."""
    ours = images.ensure_images(("operator", "triton-cpu"))
    # Importing takes the disk, the gateway's start mostly waits: together they take the longer of the two.
    with ThreadPoolExecutor(1) as background:
        imported = background.submit(box.load_images, ours.values())
        address = addons.install(box)
        imported.result()
    # By the archive's own name: the sources may have changed since it was made.
    return Stage(box, address, reference(ours["operator"]))


def operate(stage: Stage) -> Stage:
    """Install the operator on a box that has images and a gateway."""
    with step("operator, from its Helm chart"):
        scenario.install_operator(stage.cluster, stage.operator_image)
    return stage


def borrow(cluster: ExistingCluster, purpose: str) -> Stage:
    """Install the operator in a cluster of the user's, which has a gateway and can pull images.

    :raises ClusterError: when one is there already, or with why it does not start.
    """
    if namespace := trial.foreign_operator(cluster):
        raise ClusterError(
            f"an operator runs in the namespace {namespace}: a second one would fight it over the models"
        )
    with step("operator, from its Helm chart"):
        trial.install_operator(cluster, purpose)
    return Stage(cluster, cluster.gateway_address())


@contextmanager
def ephemeral(name: str) -> Iterator[Stage]:
    """Give a furnished cluster of its own, or the one that KUBECONFIG names, for one block."""
    cluster = select(name)
    if isinstance(cluster, Box):
        with cluster:
            yield furnish(cluster)
        return
    requirements.check(cluster)
    try:
        yield borrow(cluster, name)
    finally:
        trial.remove(cluster, name)
