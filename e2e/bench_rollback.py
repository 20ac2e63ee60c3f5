"""How soon a revision that fails every request is taken back: `python -m e2e.bench_rollback`, `make bench`.

With words behind it, such as `"Prometheus each"`, it measures the ways with these in their names, and prints
them only.

From the first bad answer that a caller had to the write that takes the revision's share, and to the last bad
answer. Every run is another attempt of one revision, whose pods are still warm: no model is loaded again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice

from e2e import ailing, scenario
from e2e.ailing import Ailment
from e2e.attempts import Attempt, table, taken_back
from e2e.bench_figures import measure
from e2e.client import Example
from e2e.cluster.box import Box
from e2e.cluster.progress import say, step
from e2e.load import Load
from e2e.provided import PROVIDER, provided
from e2e.rolling import Rolling
from e2e.stage import Stage
from sluiceway.api.slo import Slo
from tests.support.cluster_view import View

RUNS = int(os.environ.get("SLUICEWAY_ROLLBACKS", "10"))
"""Of every way, at least 2."""
DEFAULT = Slo.model_fields["hiccup_samples"].default
RATE = 100.0
RUNS_PER_LOAD = 20
"""Callers end by themselves after a quarter of an hour."""
TARGET_PERCENT = "99.5"
WELL, FAILING = "ailing/well", "ailing/fails-everything"


@dataclass(frozen=True)
class Way:
    """By whom requests are counted, how many the revision gets, and what is tolerated."""

    counts: str
    weight: int
    samples: int

    def __str__(self) -> str:
        return f"{self.counts}, {self.weight} %, hiccupSamples {self.samples}"

    @property
    def spec(self) -> scenario.Object:
        """What of the resource says so."""
        objective = {"name": "answers", "type": "ErrorRate", "targetPercent": TARGET_PERCENT}
        gateway = {} if self.counts == GUARD else {"gateway": {"provider": PROVIDER}}
        return {
            "slo": {"objectives": [objective], "hiccupSamples": self.samples, **gateway},
            "rollout": {"steps": [{"weight": self.weight, "seconds": 600}]},
        }


GUARD = "guard"
BY_GUARDS = tuple(Way(GUARD, weight, samples) for weight in (5, 50) for samples in (1, DEFAULT))
BY_METRICS = {
    (1, 0.25): Way("gateway, Prometheus each 1 s, asked each 0.25 s", 5, 1),
    (15, 1): Way("gateway, Prometheus each 15 s, asked each 1 s", 5, 1),
}
"""By how often it reads, and is asked."""


def rollbacks(stage: Stage, view: View, words: str = "") -> str:
    """Return the figures as Markdown, of the ways with these *words*; the claim `models` has to be there."""
    examples = ailing.put(view, {WELL: Ailment(), FAILING: Ailment("raise")})
    guards = [way for way in BY_GUARDS if words in str(way)]
    found = tried_again(stage, view, examples, guards) if guards else {}
    if isinstance(stage.cluster, Box):
        for (seconds, asked), way in BY_METRICS.items():
            if words in str(way):
                with provided(stage, seconds=seconds, asked=asked):
                    found |= tried_again(stage, view, examples, (way,), guard="Disabled")
    return "\n".join(table("python -m e2e.bench_rollback", found))


def tried_again(
    stage: Stage, view: View, examples: Mapping[str, Example], ways: Sequence[Way], **spec: str
) -> dict[str, list[Attempt]]:
    """Return the attempts, one way after the other, of one candidate that is tried again and again."""
    found: dict[str, list[Attempt]] = {}
    with Rolling(stage, view, "rollback", **ways[0].spec, **spec) as rolling:
        rolling.begin(WELL, examples)
        candidate, numbers = "", count(1)
        for way in ways:
            with step(f"{RUNS} rollbacks: {way}") as current:
                rolling.amend(**way.spec)
                attempts = found[str(way)] = []
                while len(attempts) < RUNS:
                    with Load(rolling.caller, examples, rate=RATE, said=0) as load:
                        for number in islice(numbers, min(RUNS_PER_LOAD, RUNS - len(attempts))):
                            if candidate:
                                rolling.command("retry", candidate, attempt=number - 1, step=0)
                            else:
                                candidate = rolling.apply(FAILING)
                            attempts.append(taken_back(rolling, load, candidate, number))
                            current.detail = f"{len(attempts)} of {RUNS}"
            say("\n".join(table("python -m e2e.bench_rollback", {str(way): attempts})))
    view.kubectl("delete", "mdep", "rollback", "--wait=true", "--timeout=60s")
    return found


if __name__ == "__main__":
    if chosen := " ".join(sys.argv[1:]):
        measure("", lambda stage, view: rollbacks(stage, view, chosen))
    else:
        measure("rollbacks", rollbacks)
