"""Addresses of a box, derived from its slot so that several boxes never meet."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from e2e.cluster.progress import ClusterError

SLOTS = 64


@dataclass(frozen=True)
class Addresses:
    """What one box uses. Only the link is seen by the machine; the rest is inside the box."""

    slot: int

    @property
    def link(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(f"10.213.{self.slot}.0/30")

    @property
    def host(self) -> str:
        """The machine's end of the link."""
        return str(self.link[1])

    @property
    def node(self) -> str:
        """The node's address: of the API server, and of every NodePort."""
        return str(self.link[2])

    @property
    def pods(self) -> str:
        return f"10.214.{self.slot}.0/24"

    @property
    def services(self) -> str:
        return f"10.215.{self.slot}.0/24"

    @property
    def dns(self) -> str:
        """ClusterIP of the DNS Service."""
        return f"10.215.{self.slot}.10"

    @property
    def device(self) -> str:
        """Name of the machine's end of the link; the kernel allows 15 characters."""
        return f"sluiceway{self.slot}"


def free_slot(taken: Iterable[ipaddress.IPv4Network]) -> Addresses:
    """Return the first addresses whose link overlaps none of the networks *taken*.

    Raises:
        ClusterError: when all slots overlap.
    """
    networks = list(taken)
    for slot in range(SLOTS):
        candidate = Addresses(slot)
        if not any(candidate.link.overlaps(network) for network in networks):
            return candidate
    raise ClusterError("10.213.0.0/16 is taken on this machine, where a box would have its link")
