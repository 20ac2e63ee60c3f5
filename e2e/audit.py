"""What the operator asked of the API server, as the audit log tells it.

The log counts what arrived, whoever sent it and however; no counter of the operator's own can flatter it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from e2e import scenario
from e2e.cluster.box import Box
from e2e.cluster.interface import Cluster

OPERATOR = f"system:serviceaccount:{scenario.SYSTEM}:sluiceway"
WRITES = ("create", "patch", "update", "delete")


@dataclass(frozen=True)
class Request:
    """One request of the operator, as the API server noted it."""

    at: float
    """Seconds since the epoch."""
    verb: str
    resource: str
    status: str

    @property
    def writes(self) -> bool:
        return self.verb in WRITES

    @property
    def reads(self) -> bool:
        """Whether it asked for something once; a watch asks once for all that is to come."""
        return not self.writes and self.verb != "watch"


def requests(cluster: Cluster, since: float) -> Iterator[Request]:
    """Return the operator's finished requests from *since* (seconds since the epoch) on."""
    assert isinstance(cluster, Box), "only our own cluster shows its audit log"
    for line in cluster.audit_log.read_text().splitlines():
        event = json.loads(line)
        if event["user"]["username"] != OPERATOR or event["stage"] != "ResponseComplete":
            continue
        at = datetime.fromisoformat(event["requestReceivedTimestamp"]).timestamp()
        if at >= since:
            ref = event.get("objectRef", {})
            resource = "/".join(filter(None, (ref.get("resource"), ref.get("subresource"))))
            yield Request(at, event["verb"], resource, str(event.get("responseStatus", {}).get("code")))
