"""How soon a revision that fails every request is taken back: `python -m e2e.bench_rollback`, `make bench`.

From the first bad answer that a caller had to the write that takes the revision's share, and to the last bad
answer. Every run is another attempt of one revision, whose pods are still warm: no model is loaded again.
"""

from __future__ import annotations

import os
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
TARGET_PERCENT = "99.5"
WELL, FAILING = "ailing/well", "ailing/fails-everything"
LONG_SCRAPE_SECONDS = 15
"""A run takes as long as a scrape then: a fifth of the runs."""


@dataclass(frozen=True)
class Way:
    """By whom requests are counted, how many the revision gets, and what is tolerated."""

    counts: str
    weight: int
    samples: int
    runs: int = RUNS

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
    seconds: Way(f"gateway, Prometheus each {seconds} s", 5, 1, runs)
    for seconds, runs in ((1, RUNS), (LONG_SCRAPE_SECONDS, max(2, RUNS // 5)))
}


def rollbacks(stage: Stage, view: View) -> str:
    """Return the figures as Markdown; the claim `models` has to be there."""
    examples = ailing.put(view, {WELL: Ailment(), FAILING: Ailment("raise")})
    found = tried_again(stage, view, examples, BY_GUARDS)
    if isinstance(stage.cluster, Box):
        for seconds, way in BY_METRICS.items():
            with provided(stage, seconds=seconds):
                found |= tried_again(stage, view, examples, (way,), guard="Disabled")
    return "\n".join(table("python -m e2e.bench_rollback", found))


def tried_again(
    stage: Stage, view: View, examples: Mapping[str, Example], ways: Sequence[Way], **spec: str
) -> dict[str, list[Attempt]]:
    """Return the attempts, one way after the other, of one candidate that is tried again and again."""
    found: dict[str, list[Attempt]] = {}
    with Rolling(stage, view, "rollback", **ways[0].spec, **spec) as rolling:
        rolling.begin(WELL, examples)
        with Load(rolling.caller, examples, rate=RATE, said=0) as load:
            candidate = rolling.apply(FAILING)
            numbers = count(1)
            for way in ways:
                with step(f"{way.runs} rollbacks: {way}") as current:
                    rolling.amend(**way.spec)
                    attempts = found[str(way)] = []
                    for number in islice(numbers, way.runs):
                        if number > 1:
                            rolling.command("retry", candidate, attempt=number - 1, step=0)
                        attempts.append(taken_back(rolling, load, candidate, number))
                        current.detail = f"{len(attempts)} of {way.runs}"
                say("\n".join(table("python -m e2e.bench_rollback", {str(way): attempts})))
    view.kubectl("delete", "mdep", "rollback", "--wait=true", "--timeout=60s")
    return found


if __name__ == "__main__":
    measure("rollbacks", rollbacks)
