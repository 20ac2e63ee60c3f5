"""How soon a revision that fails every request is taken back: `python -m e2e.bench_rollback`, `make bench`.

From the first bad answer that a caller had to the write that takes the revision's share, and to the last bad
answer. Every run is another attempt of one revision, whose pods are still warm: no model is loaded again.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles

from e2e import ailing, breach, scenario
from e2e.ailing import Ailment
from e2e.cluster.progress import say, step
from e2e.documents import keep
from e2e.load import Load
from e2e.rolling import Rolling
from e2e.shares import LEAD_SECONDS, SETTLE_SECONDS
from e2e.stage import Stage, ephemeral
from sluiceway.api.slo import Slo
from tests.support.cluster_view import View
from tests.support.poll import eventually

RUNS = int(os.environ.get("SLUICEWAY_ROLLBACKS", "10"))
"""At least 2, for each number of samples."""
SAMPLES: tuple[int, int] = (1, Slo.model_fields["hiccup_samples"].default)
RATE = 100.0
WEIGHT = 5
TARGET_PERCENT = "99.5"
WELL, FAILING = "ailing/well", "ailing/fails-everything"


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
    rollout = {"steps": [{"weight": WEIGHT, "seconds": 600}]}
    with Rolling(stage, view, "rollback", rollout=rollout, slo=_slo(SAMPLES[0])) as rolling:
        rolling.begin(WELL, examples)
        with Load(rolling.caller, examples, rate=RATE, said=0) as load:
            candidate = rolling.apply(FAILING)
            found: dict[int, list[Run]] = {}
            for number, samples in enumerate(SAMPLES):
                with step(f"{RUNS} rollbacks with hiccupSamples {samples}") as current:
                    rolling.amend(slo=_slo(samples))
                    found[samples] = []
                    for attempt in range(number * RUNS + 1, (number + 1) * RUNS + 1):
                        if attempt > 1:
                            rolling.command("retry", candidate, attempt=attempt - 1, step=0)
                        found[samples].append(_run(rolling, load, candidate, attempt))
                        current.detail = f"{len(found[samples])} of {RUNS}"
    view.kubectl("delete", "mdep", "rollback", "--wait=true", "--timeout=60s")
    return "\n".join(_table(found))


def _slo(samples: int) -> scenario.Object:
    objective = {"name": "answers", "type": "ErrorRate", "targetPercent": TARGET_PERCENT}
    return {"objectives": [objective], "hiccupSamples": samples}


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


def _table(found: dict[int, list[Run]]) -> Iterator[str]:
    yield (
        f"`python -m e2e.bench_rollback`, {RUNS} runs each, {datetime.now():%Y-%m-%d},"  # noqa: DTZ005
        f" {platform.system()} {platform.machine()}: {WEIGHT} % of {RATE:.0f} requests per second,"
        f" targetPercent {TARGET_PERCENT}"
    )
    yield "\n| from the first bad answer that a caller had | hiccupSamples | p50 | p95 | max |"
    yield "|---|---|---|---|---|"
    for samples, runs in found.items():
        yield _row("to weight 0, s", samples, [run.to_weight_0 for run in runs])
        yield _row("to the last bad answer, s", samples, [run.to_last for run in runs])
        yield _row("bad answers in all", samples, [run.bad for run in runs])


def _row(what: str, samples: int, values: list[float]) -> str:
    steps = quantiles(values, n=20, method="inclusive")
    return f"| {what} | {samples} | {steps[9]:.3g} | {steps[18]:.3g} | {max(values):.3g} |"


def main() -> None:
    """Measure on a cluster of its own, print, and keep the figures in docs/measurements.md."""
    with ephemeral("bench") as stage:
        view = View(stage.cluster, "default")
        view.apply(*stage.claim("default", "models"))
        found = rollbacks(stage, view)
    say(found)
    keep("rollbacks", found)


if __name__ == "__main__":
    main()
