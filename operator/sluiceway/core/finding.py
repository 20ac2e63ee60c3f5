"""A finding: a reason from the fixed list, and a sentence about this case."""

from __future__ import annotations

from dataclasses import dataclass

from sluiceway.api.reasons import Reason


@dataclass(frozen=True)
class Finding:
    """What stands in the way, or how things stand. `needs_help`: it will not mend itself soon."""

    reason: Reason
    message: str
    needs_help: bool = False
