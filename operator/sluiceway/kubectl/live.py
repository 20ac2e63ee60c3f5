"""What the operator tells while it judges: its read-only endpoint, reached through the API server's proxy.

The proxy asks with the rights of whoever runs the plugin; no port is forwarded and no network is opened.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import ValidationError

from sluiceway.api.live import Live
from sluiceway.ports import ClusterError, KindMissing, Refused

if TYPE_CHECKING:
    from sluiceway.adapters.console import Console

VARIABLE = "SLUICEWAY_OPERATOR"
"""Environment variable that names the operator's Service as NAMESPACE/NAME."""
_LABELS = {"app.kubernetes.io/name": "sluiceway", "app.kubernetes.io/component": "operator"}
_DEFAULT = ("sluiceway-system", "sluiceway")
"""Where the documented installation puts it: for those who may not list Services everywhere."""


@dataclass(frozen=True)
class Unheard:
    """Why there are no live figures."""

    reason: str


@dataclass
class Operator:
    """The operator's endpoint. Finds it once, and asks there from then on."""

    cluster: Console
    place: tuple[str, str] | None = None

    async def live(self, namespace: str, name: str) -> Live | Unheard:
        """Return the live figures of a ModelDeployment, or why there are none. Raises nothing."""
        try:
            self.place = self.place or await self._find()
            path = f"live/{quote(namespace)}/{quote(name)}"
            return Live.model_validate(await self.cluster.ask_service(*self.place, path))
        except ClusterError as error:
            return Unheard(_words(error, self.place))
        except (ValidationError, ValueError):
            return Unheard("the operator speaks another version of /live than this plugin")

    async def _find(self) -> tuple[str, str]:
        if given := os.environ.get(VARIABLE):
            namespace, _, service = given.partition("/")
            return namespace, service or "sluiceway"
        try:
            found = await self.cluster.list("v1", "Service", None, _LABELS)
        except Refused:
            return _DEFAULT
        places = [(each["metadata"]["namespace"], each["metadata"]["name"]) for each in found]
        return min(places, default=_DEFAULT)


def _words(error: ClusterError, place: tuple[str, str] | None) -> str:
    where = "/".join(place or _DEFAULT)
    match error:
        case Refused() if "forbidden" in str(error):
            return f"you may not `get` services/proxy of {where}; the chart has a Role for that"
        case KindMissing():
            return f"Service {where} has none: {error}. {VARIABLE}=NAMESPACE/NAME names another"
        case _:
            return str(error)
