"""What the API server does with a creation: nothing to an object that took the name since the look at it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from e2e.cluster.control_plane import ControlPlane
from sluiceway.adapters.kube import KubeCluster, connect
from sluiceway.build.workload import serving_service
from sluiceway.core.plan import Apply
from sluiceway.ports import Conflict
from tests.fakes.objects import make_resource
from tests.support.cluster_view import View

pytestmark = pytest.mark.integration


@pytest.fixture
async def cluster(control_plane: ControlPlane) -> AsyncIterator[KubeCluster]:
    """The operator's way to the API server."""
    found = await connect(str(control_plane.kubeconfig))
    yield found
    await found.close()


def creation(view: View) -> Apply:
    service = serving_service(make_resource(), "fraud-1a2b3")
    return Apply(service | {"metadata": service["metadata"] | {"namespace": view.namespace}}, creates=True)


async def test_a_creation_owns_its_fields_as_later_applies_do(view: View, cluster: KubeCluster) -> None:
    created = await cluster.write(creation(view))
    assert created
    managers = created["metadata"]["managedFields"]
    assert [(entry["manager"], entry["operation"]) for entry in managers] == [("sluiceway", "Apply")]


async def test_a_name_that_was_taken_meanwhile_stays_with_who_took_it(
    view: View, cluster: KubeCluster
) -> None:
    # No field of it is in the way of ours: to a plain apply the two are one Service.
    theirs = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "fraud"},
        "spec": {"ports": [{"name": "theirs", "port": 80}]},
    }
    view.apply(theirs)
    before = view.get("service", "fraud")
    with pytest.raises(Conflict):
        await cluster.write(creation(view))
    assert view.get("service", "fraud") == before
