"""What the containers of a pod have in common."""

from __future__ import annotations

from sluiceway.build.guard.ports import GRPC_PORT, HTTP_PORT
from sluiceway.build.objects import Object

RESTRICTED: Object = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
"""What Pod Security `restricted` asks of every container, and a read-only file system."""


def port(name: str, number: int) -> Object:
    """Return the declaration of a port."""
    return {"name": name, "containerPort": number, "protocol": "TCP"}


CALLERS_PORTS = (port("http", HTTP_PORT), port("grpc", GRPC_PORT))
"""Where callers reach the model: on the guard, or on Triton itself."""
