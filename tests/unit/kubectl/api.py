"""The API server behind the plugin: objects in memory, people's writes to them, and an operator to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref
from sluiceway.ports import ClusterError, KindMissing, Refused
from tests.fakes.cluster import FakeCluster
from tests.fakes.world import World


class Api:
    """A `Console` on the objects of a cluster; with an `error` it answers nothing else."""

    def __init__(self, cluster: FakeCluster | None = None) -> None:
        self.cluster = cluster or FakeCluster()
        self.error: ClusterError | None = None
        self.hidden: set[str] = set()
        """Kinds that whoever asks may not list."""
        self.everywhere = True
        """Whether whoever asks may list what is in all namespaces."""
        self.crd = True
        self.live: Object | ClusterError = KindMissing('services "sluiceway" not found')
        self.asked: list[tuple[str, str, str]] = []
        self.closed = False

    async def get(self, ref: Ref) -> Object | None:
        if self.error:
            raise self.error
        return await self.cluster.get(ref)

    async def list(
        self, api_version: str, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None
    ) -> list[Object]:
        if self.error:
            raise self.error
        if kind in self.hidden or (namespace is None and not self.everywhere):
            raise Refused(f'{kind} is forbidden: User "alice" cannot list it')
        if kind == names.KIND and not self.crd:
            raise KindMissing("the server could not find the requested resource")
        return await self.cluster.list(api_version, kind, namespace, labels)

    async def annotate(self, name: str, namespace: str, annotations: dict[str, str]) -> Object:
        def change(obj: Object) -> None:
            obj["metadata"]["annotations"] = obj["metadata"].get("annotations", {}) | annotations

        return self._edit(name, namespace, change)

    async def edit(self, name: str, namespace: str, operations: Sequence[Object]) -> Object:
        def change(obj: Object) -> None:
            for each in operations:
                *parents, last = each["path"].lstrip("/").split("/")
                place = obj
                for parent in parents:
                    place = place[parent]
                match each["op"]:
                    case "test" if place[last] != each["value"]:
                        raise Refused("testing path /metadata/generation value failed")
                    case "add":
                        place[last] = each["value"]
                    case "remove":
                        del place[last]

        return self._edit(name, namespace, change)

    async def ask_service(self, namespace: str, service: str, path: str) -> Any:
        self.asked.append((namespace, service, path))
        if isinstance(self.live, ClusterError):
            raise self.live
        return self.live

    async def close(self) -> None:
        self.closed = True

    def _edit(self, name: str, namespace: str, change: Any) -> Object:
        ref = Ref(names.API_VERSION, names.KIND, namespace, name)
        self.cluster.edit(ref, change)
        return self.cluster.objects[ref]


def api_of(world: World) -> Api:
    """Return the API server of a world, as a person uses it."""
    return Api(world.cluster)
