"""How soon a revision that fails every request is taken back: `python -m e2e.bench_rollback`, `make bench`.

From the first bad answer that a caller had to the write that takes the revision's share, and to the last bad
answer. Every run is another attempt of one revision, whose pods are still warm: no model is loaded again.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from statistics import quantiles

from e2e import ailing, breach, scenario
from e2e.ailing import Ailment
from e2e.bench_figures import measure
from e2e.client import Example
from e2e.cluster.box import Box
from e2e.cluster.progress import step
from e2e.load import Load
from e2e.provided import PROVIDER, provided
from e2e.rolling import Rolling
from e2e.shares import LEAD_SECONDS, SETTLE_SECONDS
from e2e.stage import Stage
from sluiceway.api.slo import Slo
from tests.support.cluster_view import View
from tests.support.poll import eventually

RUNS = int(os.environ.get("SLUICEWAY_ROLLBACKS", "10"))
"""At least 2, in every way."""
DEFAULT = Slo.model_fields["hiccup_samples"].default
RATE = 100.0
TARGET_PERCENT = "99.5"
WELL, FAILING = "ailing/well", "ailing/fails-everything"
LONG_SCRAPE_SECONDS = 15


@dataclass(frozen=True)
class Way:
    """By whom requests are counted, how many the revision gets, and what is tolerated."""

    counts: str
    weight: int
    samples: int

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
    seconds: Way(f"gateway, Prometheus each {seconds} s", 5, 1) for seconds in (1, LONG_SCRAPE_SECONDS)
}


@dataclass(frozen=True)
class Run:
    """One attempt."""

    to_weight_0: float
    """Seconds from the first bad answer."""
    to_last: float
    """Seconds from the first bad answer to the last one."""
    bad: int


def rollbacks(stage: Stage, view: View) -> str:
    """Return the figures as Markdown; the claim `models` has to be there."""
    examples = ailing.put(view, {WELL: Ailment(), FAILING: Ailment("raise")})
    found = _taken_back(stage, view, examples, BY_GUARDS)
    if isinstance(stage.cluster, Box):
        for seconds, way in BY_METRICS.items():
            with provided(stage, seconds=seconds):
                found |= _taken_back(stage, view, examples, (way,), guard="Disabled")
    return "\n".join(_table(found))


def _taken_back(
    stage: Stage, view: View, examples: Mapping[str, Example], ways: Sequence[Way], **spec: str
) -> dict[Way, list[Run]]:
    """Return the runs, one way after the other, of one candidate that is tried again and again."""
    found: dict[Way, list[Run]] = {}
    with Rolling(stage, view, "rollback", **ways[0].spec, **spec) as rolling:
        rolling.begin(WELL, examples)
        with Load(rolling.caller, examples, rate=RATE, said=0) as load:
            candidate = rolling.apply(FAILING)
            attempts = count(1)
            for way in ways:
                with step(f"{RUNS} rollbacks: {way}") as current:
                    rolling.amend(**way.spec)
                    found[way] = []
                    for attempt in islice(attempts, RUNS):
                        if attempt > 1:
                            rolling.command("retry", candidate, attempt=attempt - 1, step=0)
                        found[way].append(_run(rolling, load, candidate, attempt))
                        current.detail = f"{len(found[way])} of {RUNS}"
    view.kubectl("delete", "mdep", "rollback", "--wait=true", "--timeout=60s")
    return found


def _run(rolling: Rolling, load: Load, candidate: str, attempt: int) -> Run:
    """Wait until this attempt is over, told, and no caller notices it any more."""

    def over() -> breach.Share | None:
        taken = breach.shares(rolling.route.heard, candidate)
        return next((one for one in taken if one.outcome and one.outcome.attempt == attempt), None)

    share = rolling.eventually(f"attempt {attempt} is taken back", over)
    rolling.eventually("that is told", lambda: rolling.says("Stalled", "True", "RolledBack"))
    eventually("others answer", lambda: load.answers[-1].sent > share.until + SETTLE_SECONDS)
    bad = [one.received for one in breach.bad(load.answers) if one.sent > share.since - LEAD_SECONDS]
    return Run(share.until - bad[0], bad[-1] - bad[0], len(bad))


def _table(found: dict[Way, list[Run]]) -> Iterator[str]:
    yield (
        f"`python -m e2e.bench_rollback`, {RUNS} runs each, {datetime.now():%Y-%m-%d},"  # noqa: DTZ005
        f" {platform.system()} {platform.machine()}: {RATE:.0f} requests per second,"
        f" targetPercent {TARGET_PERCENT}; p50 / p95 / most"
    )
    yield "\n| counted by | weight | hiccupSamples | to weight 0, s | to the last bad one, s | bad answers |"
    yield "|---|---|---|---|---|---|"
    for way, runs in found.items():
        yield f"| {way.counts} | {way.weight} % | {way.samples} | {_shown(runs)} |"


def _shown(runs: Sequence[Run]) -> str:
    """Return the figures of *runs* as cells of a table."""
    figures = (
        [each.to_weight_0 for each in runs],
        [each.to_last for each in runs],
        [float(each.bad) for each in runs],
    )
    return " | ".join(map(_spread, figures))


def _spread(values: list[float]) -> str:
    """Return the median, the 95th percentile and the largest of two values or more."""
    steps = quantiles(values, n=20, method="inclusive")
    return f"{steps[9]:.3g} / {steps[18]:.3g} / {max(values):.3g}"


if __name__ == "__main__":
    measure("rollbacks", rollbacks)
