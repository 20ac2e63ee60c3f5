"""What else is on the cluster's nodes, for pods that need whole resources such as GPUs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from sluiceway.build.objects import Object
from sluiceway.core.room import Surroundings
from sluiceway.ports import Refused


class Lists(Protocol):
    """What of `ports.Cluster` it takes to look around."""

    async def list(
        self, api_version: str, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None
    ) -> list[Object]:
        """Return the objects of one kind with these labels; of every namespace when it is None."""
        ...


async def surroundings(cluster: Lists, namespace: str) -> Surroundings | None:
    """Return nodes, all pods, and the quotas of *namespace*; None to whom may not see nodes or pods.

    :raises Unavailable: when the API server does not answer.
    """
    try:
        nodes, pods, quotas = await asyncio.gather(
            cluster.list("v1", "Node", None),
            cluster.list("v1", "Pod", None),
            cluster.list("v1", "ResourceQuota", namespace),
        )
    except Refused:
        return None
    return Surroundings(tuple(nodes), tuple(pods), tuple(quotas))
