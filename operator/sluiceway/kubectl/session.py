"""From the options that say where to a connection, and from any error to one sentence."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sluiceway.kubectl.problems import Problem, problem_of
from sluiceway.ports import ClusterError, Refused

if TYPE_CHECKING:
    from sluiceway.adapters.console import Console

T = TypeVar("T")


@dataclass(frozen=True)
class Where:
    """What the options say of the cluster; None is what kubectl would take."""

    namespace: str | None = None
    context: str | None = None
    kubeconfig: Path | None = None


@dataclass(frozen=True)
class Session:
    """A connection, and the namespace that is meant."""

    cluster: Console
    namespace: str


def with_session(where: Where, work: Callable[[Session], Awaitable[T]]) -> T:
    """Connect, work and close the connections.

    :raises Problem: when the API server can not be reached, or refuses.
    """
    # Completion and --help have no need of the client, which takes half a second to import.
    from sluiceway.adapters import console  # noqa: PLC0415

    async def main() -> T:
        kubeconfig = _kubeconfig(where.kubeconfig)
        cluster = await console.connect(kubeconfig, where.context)
        try:
            namespace = where.namespace or console.namespace_of(kubeconfig, where.context)
            return await work(Session(cluster, namespace))
        finally:
            await cluster.close()

    try:
        return asyncio.run(main())
    except ClusterError as error:
        raise problem_of(error) from error


def _kubeconfig(given: Path | None) -> str | None:
    """Return the kubeconfig to use, None for the service account of the pod that this runs in."""
    if given is None and "KUBECONFIG" not in os.environ and "KUBERNETES_SERVICE_HOST" in os.environ:
        return None
    path = str(given or os.environ.get("KUBECONFIG") or Path("~/.kube/config").expanduser())
    if not any(Path(one).is_file() for one in path.split(os.pathsep)):
        raise Refused(f"no way to the API server by {path}: there is no such file")
    return path


def not_there(name: str, namespace: str) -> Problem:
    """Return what to say of a ModelDeployment that does not exist."""
    return Problem(
        f"there is no ModelDeployment {name} in namespace {namespace}: `kubectl sluiceway status -A` lists"
        " all, -n names another namespace"
    )
