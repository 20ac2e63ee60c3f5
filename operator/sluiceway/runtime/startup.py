"""The start of the operator while the API server is away: it waits, and says so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sluiceway.api import names
from sluiceway.ports import Cluster, Unavailable

log = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 5.0


async def wait_for_api_server(
    cluster: Cluster, namespace: str | None, tell: Callable[[str | None], None]
) -> None:
    """Wait until ModelDeployments can be listed.

    Kubelet would start a process that gave up later each time, up to five minutes after the API server
    is back; this one is there within seconds.

    Args:
        cluster: to wait for.
        namespace: where to list; None for all.
        tell: called with what is waited for, and with None when that has come.

    Raises:
        KindMissing: when the ModelDeployment CRD is not installed.
        Refused: when the operator may not list ModelDeployments.
    """
    delay = FIRST_DELAY_SECONDS
    while True:
        try:
            await cluster.list(names.API_VERSION, names.KIND, namespace)
        except Unavailable as error:
            tell(f"waiting for the API server: {error}")
            log.warning("waiting for the API server; once more in %.1f s: %s", delay, error)
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY_SECONDS)
        else:
            tell(None)
            return
