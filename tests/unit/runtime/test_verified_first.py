"""A revision answers its golden inputs, and breaks no caller of the one before, before it has users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sluiceway.api.golden import Golden
from sluiceway.build.objects import Object
from sluiceway.core.golden import Output
from sluiceway.core.signature import Signature
from sluiceway.core.verification import Answers
from sluiceway.runtime import inquiries
from tests.fakes.objects import IMAGE, MODEL, NAME
from tests.fakes.willing import SIGNATURE, willing
from tests.fakes.world import World

NEXT = {"image": f"{IMAGE}-next"}
GOLDEN: Object = MODEL | {
    "golden": [
        {
            "name": "known-fraud",
            "inputs": [{"name": "features", "datatype": "FP32", "shape": [1, 2], "data": [1, 0]}],
            "outputs": [{"name": "score", "datatype": "FP32", "data": [0.92]}],
        }
    ]
}
FEWER = Signature(SIGNATURE.inputs, ())


def wrong(golden: Sequence[Golden]) -> Answers:
    output = {"score": Output("FP32", (1, 1), (0.75,))}
    return replace(willing(golden), outputs={one.name: output for one in golden})


def renamed(golden: Sequence[Golden]) -> Answers:
    return replace(willing(golden), signature=FEWER)


def silent(golden: Sequence[Golden]) -> Answers:
    return Answers(error="10.0.0.1:8001: connection refused")


def serving() -> World:
    world = World()
    world.apply(replicas=2, model=GOLDEN)
    world.settle()
    return world


def test_a_revision_that_answers_otherwise_gets_no_user_and_is_refused() -> None:
    world = serving()
    old = world.reached
    world.prober.answers = wrong
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT)
    for _ in world.rounds():
        assert world.routed == {old}
    assert world.condition("RolledBack") == ("True", "GoldenMismatch")
    assert world.condition("Stalled") == ("True", "RolledBack")
    assert world.condition("Available") == ("True", "Serving")
    assert "known-fraud" in world.message("RolledBack")
    assert "0.75" in world.message("RolledBack")
    assert list(world.cluster.of_kind("Deployment")) == [old]


def test_the_first_revision_does_not_serve_either() -> None:
    world = World()
    world.prober.answers = wrong
    world.apply(model=GOLDEN)
    world.settle()
    assert not world.reached
    assert not world.routed
    assert world.condition("RolledBack") == ("True", "GoldenMismatch")
    assert world.condition("Available")[0] == "False"
    assert not world.cluster.of_kind("Pod")


def test_another_expectation_is_another_revision() -> None:
    world = World()
    world.prober.answers = wrong
    world.apply(model=GOLDEN)
    world.settle()
    world.apply()
    world.settle()
    assert world.condition("Ready") == ("True", "Serving")


def test_no_answer_speaks_neither_for_nor_against_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inquiries, "RETRY_SECONDS", 0.0)
    world = serving()
    old = world.reached
    world.prober.answers = silent
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT)
    for _ in range(20):
        world.reconcile()
        for step in world.controllers.steps.values():
            step()
    assert world.routed == {old}
    assert world.condition("Ready") == ("False", "Verifying")
    assert "connection refused" in world.message("Ready")
    world.prober.answers = willing
    world.settle()
    assert world.reached != old


def test_it_is_asked_once_whoever_runs_the_operator() -> None:
    world = serving()
    asked = len(world.prober.asked)
    assert asked == 1
    world.restart_operator()
    world.apply(replicas=3, model=GOLDEN)
    world.settle()
    assert len(world.prober.asked) == asked


@pytest.mark.parametrize("allowed", [False, True])
def test_a_revision_that_drops_an_output_gets_no_user_unless_allowed(allowed: bool) -> None:
    world = serving()
    old = world.reached
    world.prober.answers = renamed
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT, rollout={"allowSignatureChange": allowed})
    world.settle()
    if allowed:
        assert world.reached != old
        return
    assert world.routed == {old}
    assert world.condition("Stalled") == ("True", "SignatureChanged")
    assert "output score is gone" in world.message("Ready")
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT, rollout={"allowSignatureChange": True})
    world.settle()
    assert world.reached != old


def test_a_changed_signature_is_told_before_golden_inputs_that_fail_for_its_sake() -> None:
    world = serving()
    old = world.reached
    world.prober.answers = lambda golden: replace(wrong(golden), signature=FEWER)
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT)
    world.settle()
    assert world.condition("Stalled") == ("True", "SignatureChanged")
    asked = len(world.prober.asked)
    world.settle()
    assert len(world.prober.asked) == asked
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT, rollout={"allowSignatureChange": True})
    world.settle()
    assert world.routed == {old}
    assert world.condition("RolledBack") == ("True", "GoldenMismatch")


def test_going_back_is_compared_as_well() -> None:
    world = serving()
    old = world.reached
    world.prober.answers = renamed
    allowed = {"allowSignatureChange": True}
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT, rollout=allowed)
    world.settle()
    new = world.reached
    world.apply(replicas=2, model=GOLDEN)
    world.settle()
    assert world.reached == old != new


def test_a_person_may_have_a_refused_revision_asked_again() -> None:
    world = serving()
    old = world.reached
    world.prober.answers = wrong
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT)
    world.settle()
    new = world.message("Ready").partition(" ")[0]
    world.prober.answers = willing
    retry = {"sluiceway.dev/retry": f"{new}/1/0"}
    world.cluster.edit(world.resource, lambda obj: obj["metadata"].update(annotations=retry))
    world.settle()
    assert world.reached == new != old
    assert world.cluster.of_kind("ControllerRevision")[new]["metadata"]["name"] == new
    assert world.cluster.of_kind("Service")[NAME]
