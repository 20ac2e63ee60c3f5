"""What the API server says of objects as they change, each with the moment at which it was heard."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from e2e.cluster.children import with_parent
from e2e.cluster.interface import Cluster

Object = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """An object as it was from a moment on; the moment is in seconds since the epoch."""

    at: float
    obj: Object
    gone: bool = False
    """Whether it was deleted then."""


class Watching:
    """Watches one object as long as the block lasts: cheaper and more exact than to ask again and again.

    *path* is that of the collection, as in `/apis/apps/v1/namespaces/default/deployments`. Without a *name*
    all of it is watched. *told* is called with all that is heard, by a thread of its own.
    """

    def __init__(
        self, cluster: Cluster, path: str, name: str = "", *, told: Callable[[Heard], None] | None = None
    ) -> None:
        query = f"{path}?watch=true" + (f"&fieldSelector=metadata.name%3D{name}" if name else "")
        self._command = [*cluster.kubectl_command(), "get", "--raw", query]
        self._told = told
        self.heard: list[Heard] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(with_parent(self._command), stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()

    @property
    def now(self) -> Object:
        """The object as it was last; {} before anything was heard."""
        return self.heard[-1].obj if self.heard else {}

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = json.loads(line)
            heard = Heard(time.time(), event["object"], gone=event["type"] == "DELETED")
            self.heard.append(heard)
            if self._told:
                self._told(heard)
