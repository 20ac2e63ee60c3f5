"""The same figures where more is going on: `python -m e2e.bench_crowd`.

The first candidate that a service ever has; one candidate beside a hundred resources at rest; several that
fail in the same moment. Those share one file that says that they are ill; their services get fewer requests
each, so that callers, models and gateway together do not take both processors from the operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from e2e import ailing, scenario
from e2e.ailing import Ailment
from e2e.attempts import Attempt, table, taken_back
from e2e.bench_figures import measure
from e2e.bench_rollback import FAILING, GUARD, RATE, RUNS, WELL, Way, tried_again
from e2e.client import Example
from e2e.cluster.progress import step
from e2e.load import Load
from e2e.rolling import Rolling
from e2e.stage import Stage
from tests.support.cluster_view import View

IDLE = 100
SICK = "ailing/sick"
WAY = Way(GUARD, 5, 1)


@dataclass(frozen=True)
class Crowd:
    """So many resources, each with so many requests per second, and how each candidate is judged."""

    many: int
    rate: float
    way: Way


CROWDS = (Crowd(4, 50.0, Way(GUARD, 10, 1)), Crowd(20, 10.0, Way(GUARD, 20, 1)))


def crowds(stage: Stage, view: View) -> str:
    """Return the figures as Markdown; the claim `models` has to be there."""
    examples = ailing.put(view, {WELL: Ailment(), FAILING: Ailment("raise"), SICK: Ailment()})
    found = {f"the first candidate ever; {WAY}": _first_ever(stage, view, examples)}
    modest = ("guard.resources.requests.cpu=5m", "guard.resources.requests.memory=64Mi")
    scenario.install_operator(stage.cluster, stage.operator_image, *modest)
    for crowd in CROWDS:
        what = f"{crowd.many} at once, {crowd.rate:.0f} requests per second each; {crowd.way}"
        found[what] = _at_once(stage, view, examples, crowd)
    asleep = {"replicas": 0, "traffic": None}
    view.apply(*(scenario.fraud(WELL, name=f"idle-{number}", **asleep) for number in range(IDLE)))
    [beside] = tried_again(stage, view, examples, (WAY,)).values()
    return "\n".join(
        table("python -m e2e.bench_crowd", found | {f"beside {IDLE} resources at rest; {WAY}": beside})
    )


def _first_ever(stage: Stage, view: View, examples: Mapping[str, Example]) -> list[Attempt]:
    found: list[Attempt] = []
    with step(f"{RUNS} first candidates") as current:
        for run in range(RUNS):
            with Rolling(stage, view, f"first-{run}", **WAY.spec) as rolling:
                rolling.begin(WELL, examples)
                with Load(rolling.caller, examples, rate=RATE, said=0) as load:
                    found.append(taken_back(rolling, load, rolling.apply(FAILING), 1))
            _delete(view, rolling)
            current.detail = f"{len(found)} of {RUNS}"
    return found


def _at_once(stage: Stage, view: View, examples: Mapping[str, Example], crowd: Crowd) -> list[Attempt]:
    """Let the candidates of a crowd fall ill together, again and again until there are attempts enough."""
    found: list[Attempt] = []
    rounds = -(-RUNS // crowd.many)
    with ExitStack() as stack:
        every = [
            stack.enter_context(Rolling(stage, view, f"crowd-{number}", runtime=_modest(), **crowd.way.spec))
            for number in range(crowd.many)
        ]
        with step(f"{crowd.many} models"):
            for rolling in every:
                rolling.begin(WELL, examples)
        _sick(view, "")
        loads = [stack.enter_context(Load(one.caller, examples, rate=crowd.rate, said=0)) for one in every]
        tried = [(rolling, load, rolling.apply(SICK)) for rolling, load in zip(every, loads, strict=True)]
        with step(f"{rounds} times {crowd.many} rollbacks at once") as current:
            for number in range(1, 1 + rounds):
                _sick(view, "")
                for rolling, _, candidate in tried:
                    if number > 1:
                        rolling.command("retry", candidate, attempt=number - 1, step=0)
                for rolling, _, candidate in tried:
                    rolling.has_share(candidate, crowd.way.weight)
                _sick(view, "raise")
                found.extend(taken_back(*one, number) for one in tried)
                current.detail = f"{len(found)} of {rounds * crowd.many}"
    for rolling in every:
        _delete(view, rolling)
    return found


def _modest() -> scenario.Object:
    """Return a runtime that asks for so little that all of the crowd fits on one node."""
    runtime: scenario.Object = scenario.fraud(WELL)["spec"]["runtime"]
    return runtime | {
        "resources": {"requests": {"cpu": "10m", "memory": "200Mi"}, "limits": {"memory": "1Gi"}}
    }


def _sick(view: View, how: str) -> None:
    scenario.put_files(view, {f"{SICK}/ailment": how.encode()})


def _delete(view: View, rolling: Rolling) -> None:
    view.kubectl("delete", "mdep", rolling.name, "--wait=true", "--timeout=60s")


if __name__ == "__main__":
    measure("crowds", crowds)
