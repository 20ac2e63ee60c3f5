"""What was so at the same time: several watches of one API server, in the order in which it stored things.

That order is the resourceVersion's, which all objects of a cluster with one etcd share: who heard of what
first says little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from e2e.cluster.box import Box
from e2e.watching import Heard, Watching
from sluiceway.api import names
from sluiceway.core.pods import is_ready
from sluiceway.core.state import weights_of


@dataclass(frozen=True)
class Moment:
    """From a version of the store on, until the next one."""

    version: int
    weights: Mapping[str, int]
    """The share of each revision in percent."""
    answering: Counter[str]
    """How many pods of a revision are ready, and are not to end."""
    asked_for: Counter[str]
    """How many pods its Deployment asks for."""


class Moments:
    """Remembers what becomes of the one ModelDeployment of a namespace, while the block lasts."""

    def __init__(self, box: Box, namespace: str) -> None:
        self._watches = [
            Watching(box, f"/{group}/namespaces/{namespace}/{plural}")
            for group, plural in (
                ("apis/gateway.networking.k8s.io/v1", "httproutes"),
                ("api/v1", "pods"),
                ("apis/apps/v1", "deployments"),
            )
        ]
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for watch in self._watches:
                stack.enter_context(watch)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def seen(self) -> list[Moment]:
        """Return every moment, oldest first."""
        return list(moments(heard for watch in self._watches for heard in list(watch.heard)))


def moments(heard: Iterator[Heard]) -> Iterator[Moment]:
    """Yield what was so after each change, oldest first."""
    weights: Mapping[str, int] = {}
    ready: dict[str, str] = {}
    asked_for: Counter[str] = Counter()
    for each in sorted(heard, key=_version):
        obj, revision = each.obj, each.obj["metadata"].get("labels", {}).get(names.LABEL_REVISION, "")
        name = obj["metadata"]["name"]
        if obj["kind"] == "HTTPRoute":
            weights = {} if each.gone else weights_of(obj)
        elif obj["kind"] == "Deployment":
            asked_for = asked_for.copy()
            asked_for[name] = 0 if each.gone else obj["spec"]["replicas"]
        else:
            ready.pop(name, None)
            if is_ready(obj) and not (each.gone or obj["metadata"].get("deletionTimestamp")):
                ready[name] = revision
        yield Moment(_version(each), weights, Counter(ready.values()), asked_for)


def _version(heard: Heard) -> int:
    return int(heard.obj["metadata"]["resourceVersion"])
