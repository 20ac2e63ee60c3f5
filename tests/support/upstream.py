"""The API server as a relay reaches it: requests go on unchanged, with the credentials of a kubeconfig."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web
from kubernetes.aio import client, config

_HOP_BY_HOP = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


class Upstream:
    """The API server of one kubeconfig."""

    def __init__(self, server: str, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._session = session

    @classmethod
    @asynccontextmanager
    async def connect(cls, kubeconfig: Path) -> AsyncIterator[Self]:
        """Connect as the kubeconfig says."""
        configuration = client.Configuration()
        await config.load_kube_config(config_file=str(kubeconfig), client_configuration=configuration)
        connector = aiohttp.TCPConnector(limit=0, ssl=client.ApiClient(configuration).rest_client.ssl_context)
        # No limits: a watch lasts as long as the operator and the API server want.
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(
            connector=connector, auto_decompress=False, timeout=timeout
        ) as session:
            yield cls(configuration.host, session)

    @asynccontextmanager
    async def request(self, request: web.Request) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request on; yield the answer as soon as it begins."""
        async with self._session.request(
            request.method,
            f"{self._server}{request.raw_path}",
            headers=end_to_end(request.headers),
            data=await request.read() or None,
        ) as answer:
            yield answer


def end_to_end(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that a relay passes on."""
    return {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
