"""How many pods a revision has at least, while an autoscaler moves the number above that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sluiceway.core.capacity import carries, need
from sluiceway.core.carrying import carrying
from sluiceway.core.memory import Memory
from sluiceway.core.observed import Observed
from sluiceway.core.replicas import floor_of, replicas_of
from sluiceway.core.state import State
from sluiceway.core.steps import CALM_SECONDS
from tests.fakes.objects import loading_pod, ready_pod
from tests.fakes.scaled import ABLE, ACTIVE, BLIND, BY_CPU, measured, with_autoscalers
from tests.fakes.snapshots import asking_for, carried_out, serving, wanted_name, with_pods

GIVEN = {"replicas": 1, "autoscaling": BY_CPU}
STEPS = {"steps": [{"weight": 25}, {"weight": 60}]}


def with_live(observed: Observed, replicas: int) -> Observed:
    """Return *observed* after autoscalers made all Deployments ask for so many pods."""
    objects = {
        ref: obj | {"spec": obj["spec"] | {"replicas": replicas}} if ref.kind == "Deployment" else obj
        for ref, obj in observed.objects.items()
    }
    return replace(observed, objects=objects)


SERVING = with_live(serving(**GIVEN), 4)
OLD = wanted_name(SERVING)
TRIED = carried_out(asking_for(SERVING, runtime={"image": "triton:next"}, rollout=STEPS, **GIVEN))
NEW = wanted_name(TRIED)
MEMORY = State(TRIED).memory


def test_what_carried_everything_is_remembered_as_the_rollout_begins() -> None:
    assert (MEMORY.candidate, MEMORY.carried, MEMORY.calm) == (NEW, 4, None)


PROMOTED = MEMORY.changed(stable=NEW, previous=OLD, candidate="", weight=0)
GONE = MEMORY.changed(candidate="", calm=TRIED.now)
CASES: dict[str, tuple[Memory, str, int]] = {
    "who serves alone: the minimum": (MEMORY.changed(candidate="", carried=0), OLD, 2),
    "who serves while one is tried: what carried everything": (MEMORY, OLD, 4),
    "one before its first share: what that takes": (MEMORY, NEW, 1),
    "one at a share: what the next one takes": (MEMORY.changed(weight=25), NEW, 3),
    "one at its last share: everything": (MEMORY.changed(weight=60), NEW, 4),
    "who took over": (PROMOTED, NEW, 4),
    "who served before": (PROMOTED, OLD, 4),
    "who lost its share and goes: what it has": (GONE.changed(leaving=(NEW,)), NEW, 1),
    "who serves again, for a while": (GONE, OLD, 4),
}


@pytest.mark.parametrize(("memory", "name", "expected"), CASES.values(), ids=CASES)
def test_the_floor_is(memory: Memory, name: str, expected: int) -> None:
    assert floor_of(State(TRIED), memory, name) == expected


AT_25 = MEMORY.changed(weight=25, since=TRIED.now - timedelta(seconds=45))


def with_load(utilization: int, now: int = 3, ready_for: int = 45) -> Observed:
    """Return TRIED with autoscalers that measured this, of so many pods each, ready for so many seconds."""
    since = f"{TRIED.now - timedelta(seconds=ready_for):%Y-%m-%dT%H:%M:%SZ}"
    pods = [
        make(name, number, **given)
        for name in (OLD, NEW)
        for make, given, numbers in (
            (ready_pod, {"since": since}, range(now)),
            (loading_pod, {"since": "2026-07-30T02:00:00Z"}, range(now, 9)),
        )
        for number in numbers
    ]
    status = {"currentReplicas": 9, "currentMetrics": [measured(utilization)]}
    return with_autoscalers(with_pods(TRIED, *pods), ABLE, ACTIVE, **status)


LOADS: dict[str, tuple[Observed, Memory, int]] = {
    "what one carries that has no share does not count": (with_load(160), MEMORY, 6),
    "what both carry is added up": (with_load(120), AT_25, 9),
    "less than what was there changes nothing": (with_load(40), AT_25, 4),
    "pods that have just become ready are not measured yet": (with_load(120, ready_for=44), AT_25, 4),
    "a part of a pod is a pod": (with_load(90, now=4), MEMORY, 5),
    "what is not known counts for nothing": (with_autoscalers(TRIED, ABLE, BLIND), MEMORY, 4),
    "and not for one pod each": (
        with_autoscalers(TRIED, ABLE, BLIND),
        AT_25.changed(carried=1),
        1,
    ),
    "one pod when somebody deleted them all as it began": (with_live(TRIED, 0), MEMORY.changed(carried=0), 1),
    "what there was as it began": (with_live(TRIED, 5), MEMORY.changed(carried=0), 5),
    "shares that have just changed are not measured yet": (
        with_load(160),
        AT_25.changed(since=TRIED.now - timedelta(seconds=44)),
        4,
    ),
    "a person who paused it has time": (with_load(120), AT_25.changed(since=None, spent=1), 9),
    "who lost its share is not measured yet": (with_load(160), GONE.changed(leaving=(NEW,), calm=None), 4),
    "who took over just now is not measured yet": (with_load(160), PROMOTED.changed(promoted=TRIED.now), 4),
    "who took over is": (
        with_load(120),
        PROMOTED.changed(promoted=TRIED.now - timedelta(seconds=45)),
        9,
    ),
    "nothing is remembered at rest": (with_load(160), MEMORY.changed(candidate="", carried=0), 0),
}


@pytest.mark.parametrize(("observed", "memory", "expected"), LOADS.values(), ids=LOADS)
def test_what_carries_everything_is(observed: Observed, memory: Memory, expected: int) -> None:
    assert carrying(State(observed), memory).carried == expected


def test_the_number_is_kept_for_a_while_after_a_rollout_and_then_forgotten() -> None:
    state = State(TRIED)
    begun = carrying(state, GONE.changed(calm=None))
    assert (begun.carried, begun.calm) == (4, TRIED.now)
    late = TRIED.now - timedelta(seconds=CALM_SECONDS)
    assert carrying(state, GONE.changed(calm=late + timedelta(seconds=1))).carried == 4
    over = carrying(state, GONE.changed(calm=late))
    assert (over.carried, over.calm) == (0, None)


def test_nothing_is_remembered_without_an_autoscaler() -> None:
    over = carrying(State(asking_for(TRIED, replicas=4)), MEMORY)
    assert (over.carried, over.calm) == (0, None)


def test_no_more_are_needed_than_the_maximum() -> None:
    assert need(State(TRIED), MEMORY.changed(carried=99)) == 10


@pytest.mark.parametrize(("live", "expected"), [(1, 4), (4, 4), (9, 9)])
def test_what_an_autoscaler_made_more_stays_more(live: int, expected: int) -> None:
    assert replicas_of(State(with_live(TRIED, live)), MEMORY, OLD) == expected


@pytest.mark.parametrize(("answering", "expected"), [(1, False), (2, True), (3, True)])
def test_a_share_is_carried_by_its_part_of_what_carries_everything(answering: int, expected: bool) -> None:
    observed = with_pods(TRIED, *(ready_pod(NEW, number) for number in range(answering)))
    assert carries(State(observed), NEW, 50) is expected


def test_what_is_remembered_is_written_anew_only_with_another_number() -> None:
    calm, busy = State(TRIED), State(with_load(160))
    assert carrying(calm, calm.memory) is calm.memory
    grown = carrying(busy, busy.memory)
    assert (grown.carried, grown.sequence) == (6, busy.memory.sequence + 1)
    stepped = busy.memory.changed(step=1)
    assert carrying(busy, stepped).sequence == stepped.sequence, "one transition, one write"
