"""How a revision takes over, by every way there is, on a real cluster: what callers and people see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from e2e import ailing, scenario
from e2e.client import Example
from e2e.load import Load
from e2e.rolling import Rolling, export
from e2e.stage import Stage
from sluiceway.core.state import weights_of
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = pytest.mark.e2e

OLD, NEW = "fraud/1", "fraud/2"
AT_ONCE = {"strategy": "AllAtOnce"}
IN_A_ROW = 200


@pytest.fixture
def examples(view: View) -> dict[str, Example]:
    return ailing.well(view, OLD, NEW)


def test_a_preview_a_pause_and_a_gate(stage: Stage, view: View, examples: dict[str, Example]) -> None:
    rollout = {"steps": [{"weight": 20, "gate": True}], "keepPreviousSeconds": 0}
    with Rolling(stage, view, scenario.own_name(view), rollout=rollout) as rolling:
        rolling.begin(OLD, examples)
        candidate = rolling.apply(NEW)
        rolling.command("pause", candidate, step=0)
        preview = replace(rolling.caller, headers=(("sluiceway-revision", candidate),))
        # Until the route has the header, the one that serves answers, which is no match.
        preview.first_answer(examples[NEW])
        preview.grpc(examples[NEW])
        rolling.caller.http(examples[OLD])
        rolling.caller.grpc(examples[OLD])
        assert rolling.weights[candidate] == 0
        rolling.eventually("the pause is told", lambda: rolling.says("Ready", "False", "Paused"))
        assert rolling.difference() == ""
        rolling.command("resume", candidate, step=0)
        message = rolling.eventually(
            "the gate is told", lambda: rolling.says("Ready", "False", "AwaitingPromotion")
        )
        assert rolling.weights[candidate] == 20
        typed = f"sluiceway.dev/promote={candidate}/1/1"
        assert typed in message
        rolling.command("promote", candidate, step=1)
        rolling.serves(candidate)
        assert rolling.difference() == ""


def test_a_candidate_that_does_not_load_gets_no_share_and_recovers_by_itself(
    stage: Stage, view: View, examples: dict[str, Example]
) -> None:
    broken = "cd /models/fraud/2; cp config.pbtxt good; echo 'max_batch_size: many' >> config.pbtxt"
    scenario.in_pod(view, broken)
    rollout = {"steps": [{"weight": 50, "seconds": 1}], "keepPreviousSeconds": 0}
    with Rolling(stage, view, scenario.own_name(view), rollout=rollout) as rolling:
        stable = rolling.begin(OLD, examples)
        with Load(rolling.caller, examples, rate=50) as load:
            candidate = rolling.apply(NEW)
            rolling.eventually("it is stalled", lambda: rolling.says("Stalled", "True", "LoadFailed"))
            assert rolling.status["serving"] == stable
            assert not any(weights_of(heard.obj).get(candidate) for heard in rolling.route.heard)
            scenario.in_pod(view, "cd /models/fraud/2; mv good config.pbtxt")
            rolling.serves(candidate)
    assert load.failures == []
    assert {answer.label for answer in load.answers} == {OLD, NEW}


def test_pods_that_go_lose_no_request(stage: Stage, view: View, examples: dict[str, Example]) -> None:
    with Rolling(stage, view, scenario.own_name(view), rollout=AT_ONCE, replicas=2) as rolling:
        old = rolling.begin(OLD, examples)
        with Load(rolling.caller, examples) as load:
            view.kubectl("scale", "mdep", rolling.name, "--replicas=1")
            eventually("one pod is left", lambda: len(rolling.pods(old)) == 1, seconds=60)
            rolling.serves(rolling.apply(NEW, replicas=1))
            eventually("the old pods are gone", lambda: not rolling.pods(old), seconds=60)
    assert load.failures == []
    assert [answer.label for answer in load.answers[-IN_A_ROW:]] == [NEW] * IN_A_ROW


def test_an_abort_after_the_promotion_returns_to_the_warm_pods(
    stage: Stage, view: View, examples: dict[str, Example]
) -> None:
    rollout = {"strategy": "BlueGreen", "keepPreviousSeconds": 60}
    with Rolling(stage, view, scenario.own_name(view), rollout=rollout) as rolling:
        old = rolling.begin(OLD, examples)
        pods = rolling.pods(old)
        with Load(rolling.caller, examples) as load:
            new = rolling.apply(NEW)
            rolling.serves(new)
            rolling.command("abort", new, step=0)
            rolling.eventually("the abort is told", lambda: rolling.says("Stalled", "True", "RolledBack"))
            eventually("the aborted pods are gone", lambda: not rolling.pods(new), seconds=60)
        assert rolling.pods(old) == pods
        assert rolling.status["serving"] == old
    assert load.failures == []
    assert [answer.label for answer in load.answers[-IN_A_ROW:]] == [OLD] * IN_A_ROW


def test_the_model_before_is_asked_for_again_and_comes_back_to_its_warm_pods_without_steps(
    stage: Stage, view: View, examples: dict[str, Example]
) -> None:
    # Nobody opens the gate a second time: with steps it would never serve.
    steps = [{"weight": 20, "gate": True}]
    rollout = {"steps": steps, "keepPreviousSeconds": 60, "rollbackWindow": {"revisions": 1}}
    with Rolling(stage, view, scenario.own_name(view), rollout=rollout) as rolling:
        old = rolling.begin(OLD, examples)
        model, pods = rolling.manifest["spec"]["model"], rolling.pods(old)
        with Load(rolling.caller, examples) as load:
            new = rolling.apply(NEW)
            rolling.has_share(new, 20)
            rolling.command("promote", new, step=1)
            rolling.serves(new)
            rolling.amend(model=model)
            rolling.serves(old)
        assert rolling.pods(old) == pods
        told = {entry["revision"]: entry for entry in rolling.status["history"]}
    assert load.failures == []
    assert [(told[name]["outcome"], told[name]["attempt"]) for name in (old, new)] == [
        ("Serving", 2),
        ("Served", 1),
    ]
    assert told[new]["servedFrom"] < told[new]["servedUntil"] == told[old]["servedFrom"]


def test_without_a_gateway_the_service_switches_under_load(stage: Stage, view: View) -> None:
    examples = export(view)
    rollout = {"keepPreviousSeconds": 0}
    with Rolling(stage, view, "fraud", rollout=rollout, traffic=None) as rolling:
        rolling.begin(OLD, examples)
        url = f"http://fraud.{view.namespace}.svc.cluster.local:8000/v2/models/fraud/infer"
        models = [f"/models/{path}" for path in (OLD, NEW)]
        view.apply(
            scenario.fraud_source(), scenario.job("inside", ["python3", "/source/caller.py", url, *models])
        )
        eventually("callers inside get answers", lambda: models[0] in logs(view, "inside"), seconds=60)
        rolling.serves(rolling.apply(NEW))
        view.kubectl("wait", "--for=condition=Complete", "job/inside", "--timeout=120s")
    assert logs(view, "inside").splitlines() == [*models, "[]"]


def logs(view: View, job: str) -> str:
    """Return what a Job has printed so far, "" before it has a container."""
    pods = view.list("pods", f"job-name={job}")
    running = [pod for pod in pods if pod["status"]["phase"] != "Pending"]
    return view.kubectl("logs", f"job/{job}") if running else ""
