"""What else is on the cluster's nodes, for pods that need whole resources such as GPUs."""

from __future__ import annotations

import asyncio

from sluiceway.core.room import Surroundings
from sluiceway.ports import Reads, Refused


async def surroundings(cluster: Reads, namespace: str) -> Surroundings | None:
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
