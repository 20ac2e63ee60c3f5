"""Keys that open what is closed to callers: told to nobody but to what needs them."""

from __future__ import annotations

import hashlib

from sluiceway.api.resource import ModelDeployment


def derived_key(owner: ModelDeployment, what: str) -> str:
    """Return the key of *what* belongs to *owner*: the same at every look, another one for every resource."""
    return hashlib.sha256(f"{what} of {owner.metadata.uid}".encode()).hexdigest()[:32]
