"""What the plugin shows, as text of a fixed width without colours, of states that the operator made."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

from rich.console import Console, RenderableType

from sluiceway.api.live import Live, ObjectiveFigures, RevisionFigures
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.core.decide import decide
from sluiceway.core.observed import Observed
from sluiceway.core.state import State
from sluiceway.kubectl.snapshot import Snapshot
from tests.fakes.objects import NAME, NAMESPACE, make_raw

WIDTH = 100


def as_text(what: RenderableType, width: int = WIDTH) -> str:
    """Return what a terminal of this width shows."""
    console = Console(file=StringIO(), width=width, color_system=None, highlight=False, record=True)
    console.print(what)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines()) + "\n"


def seen(observed: Observed) -> Snapshot:
    """Return what the plugin finds after the operator has looked at *observed* and written the status."""
    plan = decide(observed)
    resource = observed.resource
    if plan.status is not None:
        written = ModelDeploymentStatus.model_validate(plan.status)
        resource = resource.model_copy(update={"status": written})
    raw = make_raw() | {"status": resource.status.to_dict()}
    return Snapshot(raw, replace(observed, resource=resource))


def figures(snapshot: Snapshot, requests: int = 41, bad: int = 9) -> Live:
    """Return live figures: so many requests to the candidate, three times as many to the stable one."""
    memory = State(snapshot.observed).memory
    objective = ObjectiveFigures(
        revision=memory.candidate,
        source="guard",
        objective="answers",
        verdict="Insufficient",
        requests=requests,
        bad=bad,
        bound=0.005,
        evidence=2.1,
        needed=4.6,
        message=f"{bad} of {requests} requests failed",
    )
    counts = {memory.candidate: (requests, bad), memory.stable: (3 * requests, 0)}
    return Live(
        namespace=NAMESPACE,
        name=NAME,
        at="2026-07-30T03:00:10Z",
        weights={memory.candidate: memory.weight, memory.stable: 100 - memory.weight},
        revisions=tuple(
            RevisionFigures(revision=name, weight=0, pods=2, ready=2, requests=seen, bad=wrong)
            for name, (seen, wrong) in counts.items()
        ),
        objectives=(objective,),
    )
