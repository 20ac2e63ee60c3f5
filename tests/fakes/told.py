"""What a status tells of the past, a line for each revision."""

from __future__ import annotations

from collections.abc import Iterator

from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object


def told(status: Object) -> Iterator[str]:
    """Yield every entry of the history as a line, the newest number first."""
    for entry in ModelDeploymentStatus.model_validate(status).history:
        served = f"served from {entry.served_from or '-'} until {entry.served_until or '-'}"
        ended = f", ended {entry.ended_at}" if entry.ended_at else ""
        said = f": {entry.message}" if entry.message else ""
        tried = f"{entry.number} {entry.revision} {entry.outcome}, attempt {entry.attempt}"
        yield f"{tried}, {served}{ended}{said}"
