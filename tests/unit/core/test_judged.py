"""Who is under judgement, which guards are read for it, and what is said of those that do not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sluiceway.build.objects import Object
from sluiceway.core.decide import decide
from sluiceway.core.evidence import Restarts, Scrape
from sluiceway.core.judged import judged
from sluiceway.core.memory import Memory
from sluiceway.core.observed import Observed
from sluiceway.core.readings import Unanswered
from sluiceway.core.state import State
from tests.fakes.objects import container, evicted_pod, loading_pod, make_pod, ready_pod, restarted_pod
from tests.fakes.snapshots import (
    asking_for,
    at_its_first_share,
    carried_out,
    commanded,
    serving,
    wanted_name,
    with_guards_read,
    with_pods,
    with_route_status,
)

AT = datetime(2026, 7, 30, 3, tzinfo=UTC)

MEMORIES: dict[str, tuple[Memory, tuple[str, ...]]] = {
    "nobody serves": (Memory(), ()),
    "one serves": (Memory(stable="a"), ()),
    "a candidate that nobody can reach": (Memory(stable="a", candidate="b"), ()),
    "a candidate in its place": (Memory(stable="a", candidate="b", shown=True), ("b", "a")),
    "a candidate with requests": (Memory(stable="a", candidate="b", shown=True, weight=5), ("b", "a")),
    "one that has taken over": (Memory(stable="b", previous="a", promoted=AT), ("b", "a")),
    "one that took over long ago": (
        Memory(stable="b", previous="a", promoted=AT - timedelta(seconds=600)),
        (),
    ),
    "a third while the previous one is kept": (
        Memory(stable="b", previous="a", promoted=AT, candidate="c", shown=True, weight=5),
        ("c", "b"),
    ),
    "one that serves again": (Memory(stable="a", suspect="b", objective="x", returned=AT), ("a",)),
    "some are leaving": (Memory(stable="a", leaving=("b",), left=AT), ()),
}


@pytest.mark.parametrize("memory", MEMORIES)
def test_under_judgement_are(memory: str) -> None:
    remembered, expected = MEMORIES[memory]
    assert judged(State(replace(serving(), now=AT)), remembered) == expected


def tried(**given: Any) -> tuple[Observed, str, str]:
    """Return a candidate with its first share, the revision that serves, and its own name."""
    served = serving()
    asked = carried_out(asking_for(served, runtime={"image": "triton:next"}, **given))
    old, new = wanted_name(served), wanted_name(asked)
    first = (*served.pods, ready_pod(new, 2), ready_pod(new, 3))
    return at_its_first_share(with_pods(asked, *first)), old, new


def test_the_guards_of_every_pod_that_answers_are_read() -> None:
    observed, old, new = tried()
    scrapes = decide(observed).scrapes
    assert list(scrapes) == [new, old]
    assert scrapes[old][0] == Scrape(f"{old}-00000", f"uid-of-{old}-00000", "10.0.0.1:8003")
    assert [each.target for pods in scrapes.values() for each in pods] == [
        f"10.0.0.{number}:8003" for number in (3, 4, 1, 2)
    ]


def test_nobody_is_read_at_rest() -> None:
    assert decide(serving()).scrapes == {}


def test_a_revision_without_guards_is_not_read() -> None:
    observed, old, new = tried(guard="Disabled")
    assert list(decide(observed).scrapes) == [old]
    assert signals(observed)["message"].startswith(f"{new} has no guard: HTTP and gRPC statuses")


def _address(pod: Object, address: str) -> Object:
    return pod | {"status": pod["status"] | {"podIP": address}}


def _restarted(revision: str) -> Object:
    pod = restarted_pod(revision, number=2)
    guard = {"name": "guard", "restartCount": 3}
    return pod | {"status": pod["status"] | {"initContainerStatuses": [guard]}}


def _evicted(revision: str) -> Object:
    pod = evicted_pod(revision, 2)
    restarted = pod["status"]["containerStatuses"][0] | {"restartCount": 1}
    return pod | {"status": pod["status"] | {"containerStatuses": [restarted]}}


PODS: dict[str, tuple[Any, Mapping[str, Any] | None]] = {
    "answers": (lambda name: ready_pod(name, 2), {}),
    "has an IPv6 address": (
        lambda name: _address(ready_pod(name, 2), "fd00::7"),
        {"target": "[fd00::7]:8003"},
    ),
    "loads for the first time": (lambda name: loading_pod(name, 2), None),
    "has no address": (lambda name: _address(ready_pod(name, 2), ""), None),
    "was evicted": (_evicted, None),
    "has answered once": (
        lambda name: make_pod(name, 2, container=container({"running": {}}, ready=True)),
        {},
    ),
    "has been restarted": (_restarted, {"restarts": Restarts(triton=1, guard=3)}),
}


@pytest.mark.parametrize("what", PODS)
def test_a_pod_is_read_that(what: str) -> None:
    make, expected = PODS[what]
    observed, _, new = tried()
    others = [pod for pod in observed.pods if not pod["metadata"]["name"].endswith("2")]
    found = decide(with_pods(observed, *others, make(new))).scrapes[new]
    mine = [each for each in found if each.pod == f"{new}-00002"]
    if expected is None:
        assert mine == []
    else:
        usual = Scrape(f"{new}-00002", f"uid-of-{new}-00002", "10.0.0.3:8003")
        assert mine == [replace(usual, **expected)]


def signals(observed: Observed) -> Object:
    """Return what the status says of the signals after a look."""
    conditions: list[Object] = carried_out(observed).resource.status.to_dict()["conditions"]
    return next(each for each in conditions if each["type"] == "SignalsAvailable")


def test_a_list_of_silent_guards_is_bounded_and_says_since_when_and_why() -> None:
    observed, old, _ = tried()
    silent = {pod["metadata"]["name"]: Unanswered("connection refused") for pod in observed.pods}
    said = signals(with_guards_read(observed, silent))
    assert (said["status"], said["reason"]) == ("False", "GuardUnreachable")
    assert f"{old}-00000 since 2026-07-30T03:00:00Z (connection refused)" in said["message"]
    assert "the guards of 4 pods do not answer" in said["message"]
    assert "; 1 more." in said["message"]


def test_a_pod_that_has_gone_is_not_told_as_silent() -> None:
    observed, _, new = tried()
    gone = f"{new}-00003"
    read = with_guards_read(observed, {gone: Unanswered("connection refused")})
    assert signals(read)["reason"] == "GuardUnreachable"
    others = [pod for pod in read.pods if pod["metadata"]["name"] != gone]
    said = signals(with_pods(read, *others))
    assert (said["status"], said["reason"]) == ("True", "Measured")
    assert said["message"] == "the guards of 3 pods answer"


def test_a_guard_of_which_nothing_is_known_yet_changes_nothing_that_was_told() -> None:
    observed, _, new = tried()
    assert signals(observed)["reason"] == "NotMeasured"
    silent = with_guards_read(observed, {f"{new}-00003": Unanswered("connection refused")})
    told = signals(silent)
    assert told["reason"] == "GuardUnreachable"
    one_more = with_pods(silent, *silent.pods, ready_pod(new, 4))
    assert signals(one_more) == told
    by_a_new_operator = replace(silent, evidence={})
    assert signals(by_a_new_operator) == told


def test_missing_measurements_block_nothing() -> None:
    observed, *_ = tried()
    silent = {pod["metadata"]["name"]: Unanswered("connection refused") for pod in observed.pods}
    read = with_guards_read(observed, silent)
    others = [one for one in read.resource.status.conditions if one.type != "SignalsAvailable"]
    before = [one for one in observed.resource.status.conditions if one.type != "SignalsAvailable"]
    assert others == before


def test_after_the_rollout_nothing_is_measured() -> None:
    observed, _, new = tried()
    aborted = carried_out(commanded(observed, abort=f"{new}/1/1"))
    said = signals(with_route_status(aborted))
    assert (said["status"], said["reason"]) == ("Unknown", "NotMeasured")
