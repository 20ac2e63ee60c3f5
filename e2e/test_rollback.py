"""Revisions that break their objectives under load, on a real cluster: taken back, refused, with numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from e2e import ailing, breach, scenario
from e2e.ailing import Ailment
from e2e.cluster.progress import say
from e2e.conftest import place
from e2e.load import Answer, Load
from e2e.rolling import Rolling
from e2e.shares import LEAD_SECONDS, SETTLE_SECONDS
from e2e.stage import Stage
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = pytest.mark.e2e

WELL = "ailing/well"
SUDDEN = "ailing/sudden"
SLOW_SECONDS = 0.25
TIMEOUT_SECONDS = 1
ANSWERS = {"name": "answers", "type": "ErrorRate", "targetPercent": "99.5", "timeoutSeconds": TIMEOUT_SECONDS}
FAST = {
    "name": "fast",
    "type": "Latency",
    "thresholdMilliseconds": round(SLOW_SECONDS * 1000),
    "targetPercent": "99",
}
SLO = {"objectives": [ANSWERS, FAST], "minRequests": 50}
ROLLOUT = {"steps": [{"weight": 15, "seconds": 300}], "allowSignatureChange": True}
RATE = 150.0
IN_A_ROW = 100
LAG_SECONDS = 1.5
"""Until a bad answer is in the evidence, and the decision that follows from it in the route."""

AILMENTS = {
    "ailing/raises": (Ailment("raise", one_in=5), "answers"),
    "ailing/returns-errors": (Ailment("error UNAVAILABLE", one_in=5), "answers"),
    "ailing/slow": (Ailment("sleep 0.4", one_in=5, instances=2), "fast"),
    "ailing/renames-an-input": (Ailment(asks_for="questions"), "callers"),
    "ailing/fills-its-queue": (Ailment("sleep 0.1", queue=1), "answers"),
}
HANGS = "ailing/hangs"


def test_a_revision_that_falls_ill_after_it_took_over(stage: Stage, view: View) -> None:
    old, new = "ailing/old", "ailing/new"
    examples = ailing.put(view, {old: Ailment(), new: Ailment()})
    rollout = {"steps": [{"weight": 50, "seconds": 2}], "keepPreviousSeconds": 120, "bakeSeconds": 120}
    with Rolling(stage, view, scenario.own_name(view), rollout=rollout, slo=SLO) as rolling:
        stable = rolling.begin(old, examples)
        with Load(rolling.caller, examples, rate=RATE, said=0) as load:
            candidate = rolling.apply(new)
            rolling.serves(candidate)
            assert load.failures == []
            ailing.falls_ill(view, new)
            message = rolling.eventually(
                "the requests return", lambda: rolling.says("RolledBack", "True", "ObjectiveBroken")
            )
            share = breach.decided(rolling, candidate, message)
            assert rolling.status["serving"] == stable
            assert f"after it had taken over; {stable} serves again" in message
            since = share.until + SETTLE_SECONDS
            eventually("the old one answers", lambda: sum(a.sent > since for a in load.answers) > IN_A_ROW)
            assert {(a.label, a.failure) for a in load.answers if a.sent > since} == {(old, "")}
            ailing.falls_ill(view, old)
            rolling.eventually(
                "nobody is to blame", lambda: rolling.says("RolledBack", "False", "CauseShared")
            )
            assert rolling.weights[stable] == 100


@dataclass
class Ward:
    """A resource under load, and the well revision that serves."""

    rolling: Rolling
    stable: str
    load: Load

    def is_taken_back(self, candidate: str, objective: str) -> None:
        """Wait until that is told; compare what was decided with what callers saw."""
        message = self.rolling.eventually(
            f"{candidate} is taken back", lambda: self.rolling.says("RolledBack", "True", "ObjectiveBroken")
        )
        share = breach.decided(self.rolling, candidate, message)
        assert self.rolling.says("Stalled", "True", "RolledBack")
        assert self.rolling.says("CandidateHealthy", "False", "ObjectiveBroken")
        assert self.rolling.says("Available", "True", "Serving")
        assert self.rolling.status["serving"] == self.stable
        since = share.until + SETTLE_SECONDS
        eventually("the stable one answers on", lambda: sum(1 for _ in self._sent(since)) >= IN_A_ROW)
        after = self._sent(since)
        assert {(answer.label, answer.failure) for answer in after} == {(WELL, "")}
        self._agrees(breach.Said.of(message), objective, share)

    def _agrees(self, said: breach.Said, objective: str, share: breach.Share) -> None:
        threshold = SLOW_SECONDS if objective == "fast" else TIMEOUT_SECONDS

        def tried() -> list[Answer]:
            sent = self._sent(share.since - LEAD_SECONDS)
            return [one for one in sent if one.sent < share.until and one.label != WELL]

        # The guard knows of those that hang before callers give up.
        eventually("callers know as well", lambda: len(breach.bad(tried(), threshold)) >= said.bad)
        bad = breach.bad(tried(), threshold)
        surely = [one for one in bad if one.sent + min(one.seconds, threshold) < share.until - LAG_SECONDS]
        say(f"  {said}; callers saw {len(bad)} of {len(tried())} in {share.until - share.since:.1f} s")
        assert said.objective == objective
        assert len(surely) <= said.bad
        assert said.requests is None or said.bad <= said.requests <= len(tried())

    def _sent(self, since: float) -> Iterator[Answer]:
        return (answer for answer in list(self.load.answers) if answer.sent > since)


@pytest.fixture(scope="module")
def ward(stage: Stage) -> Iterator[Ward]:
    """All of them on one claim; the one that is well serves."""
    ailments = {path: ailment for path, (ailment, _) in AILMENTS.items()}
    well = {WELL: Ailment(), SUDDEN: Ailment()}
    with place(stage) as view:
        examples = ailing.put(view, {**well, **ailments, HANGS: Ailment("hang")})
        with Rolling(stage, view, scenario.own_name(view), rollout=ROLLOUT, slo=SLO) as rolling:
            stable = rolling.begin(WELL, examples)
            with Load(rolling.caller, examples, rate=RATE, said=0) as load:
                yield Ward(rolling, stable, load)


def test_a_candidate_that_hangs_is_taken_back(ward: Ward) -> None:
    """Few requests, and no other objective: what is overdue decides, while some callers still wait."""
    rollout = ROLLOUT | {"steps": [{"weight": 5, "seconds": 300}]}
    slo = SLO | {"objectives": [ANSWERS]}
    ward.is_taken_back(ward.rolling.apply(HANGS, rollout=rollout, slo=slo), "answers")


@pytest.mark.parametrize("path", AILMENTS)
def test_a_candidate_that_is_ill_is_taken_back(ward: Ward, path: str) -> None:
    ward.is_taken_back(ward.rolling.apply(path), AILMENTS[path][1])


def test_a_refusal_outlives_other_steps_and_the_operator_until_somebody_retries(
    stage: Stage, ward: Ward
) -> None:
    rolling = ward.rolling
    candidate = rolling.apply("ailing/raises")
    ward.is_taken_back(candidate, "answers")
    scenario.kill_operator(stage.cluster)
    rolling.amend(rollout=ROLLOUT | {"steps": [{"weight": 10, "seconds": 300}]})
    rolling.eventually("it is still told", lambda: rolling.says("RolledBack", "True", "ObjectiveBroken"))
    assert rolling.weights[ward.stable] == 100
    assert len(breach.shares(rolling.route.heard, candidate)) == 1
    assert rolling.difference() == ""
    rolling.command("retry", candidate, step=0)
    rolling.eventually("it is tried again", lambda: rolling.says("RolledBack", "False", "NotRolledBack"))
    ward.is_taken_back(candidate, "answers")
    taken = breach.shares(rolling.route.heard, candidate)
    assert [share.outcome.attempt for share in taken if share.outcome] == [1, 2]


def test_what_happens_while_the_operator_is_dead_is_evidence(stage: Stage, ward: Ward) -> None:
    rolling = ward.rolling
    candidate = rolling.apply(SUDDEN)
    rolling.eventually("it is well so far", lambda: rolling.says("CandidateHealthy", "True", "Healthy"))
    scenario.kill_operator(stage.cluster)
    ailing.falls_ill(rolling.view, SUDDEN)
    ward.is_taken_back(candidate, "answers")
