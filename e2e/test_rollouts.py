"""Rollouts on a real cluster under load: no request fails, whatever becomes of operator and revisions."""

from __future__ import annotations

import os
import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from statistics import median

import pytest

from e2e import scenario, shares
from e2e.cluster.interface import Cluster
from e2e.cluster.progress import say
from e2e.load import Load
from e2e.rolling import Rolling, export
from e2e.stage import Stage
from tests.support.cluster_view import View

pytestmark = pytest.mark.e2e

STEPS = (20, 50)
STEP_SECONDS = 3
ROLLOUT = {
    "steps": [{"weight": weight, "seconds": STEP_SECONDS} for weight in STEPS],
    "keepPreviousSeconds": STEP_SECONDS,
}
QUARTERS = int(os.environ.get("SLUICEWAY_ROLLOUTS", "4")) // 4
ROUNDS = [100] * 2 * QUARTERS + [STEPS[0]] * QUARTERS + [STEPS[1]] * QUARTERS
"""The share with which each rollout ends: with all requests it was promoted, else it is aborted there.

`make soak` has forty of them.
"""
KILLS = QUARTERS
REQUESTS_PER_SECOND = 200
SEED = 20261121


def test_promotions_and_aborts_under_load_with_an_operator_that_is_killed(stage: Stage, view: View) -> None:
    examples = export(view)
    chance = random.Random(SEED)  # noqa: S311 - chooses rounds, guards nothing
    rounds = chance.sample(ROUNDS, len(ROUNDS))
    killed = chance.sample(range(len(rounds)), KILLS)
    with (
        Rolling(stage, view, scenario.own_name(view), rollout=ROLLOUT) as rolling,
        ThreadPoolExecutor(1) as background,
    ):
        stable = rolling.begin("fraud/1", examples)
        with Load(rolling.caller, examples) as load:
            for number, last in enumerate(rounds):
                other = next(path for path in examples if path != rolling.label_of[stable])
                candidate = rolling.apply(other)
                say(f"  round {number + 1}: {candidate} to {last} %, {len(load.failures)} requests failed")
                kill = chance.choice([share for share in (0, *STEPS) if share <= last])
                moment = chance.uniform(0, STEP_SECONDS if kill < last else 0.5)
                killing: Future[None] | None = None
                if number in killed:
                    killing = background.submit(kill_at, stage.cluster, rolling, candidate, kill, moment)
                if last == 100:
                    promoted(rolling, candidate)
                    stable = candidate
                else:
                    aborted(rolling, candidate, stable, last)
                if killing:
                    killing.result()
        assert rolling.difference() == ""
        found = shares.changes(rolling.route.heard, rolling.label_of)
    assert load.failures == []
    assert load.rate >= REQUESTS_PER_SECOND
    counts = shares.counts(load.answers, found, examples)
    together = shares.pooled(counts)
    for count in together:
        say(f"  {count}")
    late = sorted(1000 * seconds for seconds in shares.lateness(load.answers, found))
    say(f"  {len(load.answers)} requests, {load.rate:.0f}/s")
    say(
        f"  milliseconds to the last request after all were taken: {median(late):.0f}, at most {late[-1]:.0f}"
    )
    assert shares.improbable([*counts, *together]) == []


def promoted(rolling: Rolling, candidate: str) -> None:
    """Wait until the candidate has taken over with the pods that were tried."""
    rolling.has_share(candidate, STEPS[0])
    tried = rolling.pods(candidate)
    rolling.serves(candidate)
    assert rolling.pods(candidate) == tried == dict.fromkeys(tried, 0), "the model was loaded again"
    assert tried


def aborted(rolling: Rolling, candidate: str, stable: str, share: int) -> None:
    """Abort the candidate at a share; wait until the stable one has all requests, and that is told."""
    rolling.has_share(candidate, share)
    rolling.command("abort", candidate, step=STEPS.index(share) + 1)
    rolling.eventually("the abort is told", lambda: rolling.says("Stalled", "True", "RolledBack"))
    rolling.eventually("the route is heard of", lambda: rolling.weights[stable] == 100)
    assert rolling.status["serving"] == stable


def kill_at(cluster: Cluster, rolling: Rolling, candidate: str, share: int, seconds: float) -> None:
    """Kill the operator so many seconds after the candidate got a share."""
    rolling.has_share(candidate, share)
    threading.Event().wait(seconds)
    now = rolling.weights.get(candidate, 0)
    say(f"    the operator is killed {seconds:.1f} s after {share} %, at {now} %")
    scenario.kill_operator(cluster)
