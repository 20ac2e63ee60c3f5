"""What users read in every state of the life of a ModelDeployment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from textwrap import indent

import pytest
from pydantic import TypeAdapter

from sluiceway.api.reasons import ConditionType, Reason
from sluiceway.api.status import Condition, ModelDeploymentStatus
from sluiceway.build.objects import Object, revision_of
from sluiceway.core.conditions import MAX_MESSAGE, Verdict, stamped
from sluiceway.core.decide import decide
from sluiceway.core.observed import Observed
from tests.conftest import Golden
from tests.fakes.kstatus import kstatus
from tests.fakes.objects import NOW, unscheduled_pod
from tests.fakes.snapshots import carried_out, first_look, wanted_name, with_pods
from tests.fakes.told import told
from tests.unit.core.states import NO_ROOM, STATES

GOLDEN = Path(__file__).parent / "golden"


def status_of(observed: Observed) -> Object:
    """Return the status that is in the cluster once the operator has seen *observed*."""
    plan = decide(observed)
    return plan.status if plan.status is not None else observed.resource.status.to_dict()


def as_text(observed: Observed) -> str:
    """Return what people see of *observed*: conditions, columns, events, and the reasons of the plan."""
    status, plan = status_of(observed), decide(observed)
    lines = [f"{key}: {value}" for key, value in status.items() if key not in ("conditions", "history")]
    lines += ["conditions:"]
    for condition in status["conditions"]:
        lines.append(f"  {condition['type']:16} {condition['status']:7} {condition['reason']}")
        lines.append(indent(condition["message"], " " * 4))
    lines += ["history:", *(f"  {line}" for line in told(status))]
    lines += ["events:", *(f"  {event.type:7} {event.reason}: {event.message}" for event in plan.events)]
    lines += ["plan:", *(f"  {note}" for note in plan.notes)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("state", STATES)
def test_what_is_said_in_the_state(state: str, golden: Golden) -> None:
    golden(GOLDEN / f"{state.lower().replace(' ', '-')}.txt", as_text(STATES[state][0]))


def test_a_drained_node_says_nothing_against_a_candidate_whose_pods_were_on_it() -> None:
    at_its_share = STATES["a candidate gets its first share"][0]
    name = wanted_name(at_its_share)
    stable = [pod for pod in at_its_share.pods if revision_of(pod) != name]
    status = status_of(with_pods(at_its_share, *stable, unscheduled_pod(name, NO_ROOM)))
    found = next(each for each in status["conditions"] if each["type"] == "CandidateHealthy")
    assert (found["status"], found["reason"]) == ("Unknown", "Unschedulable")


@pytest.mark.parametrize(("observed", "expected"), STATES.values(), ids=STATES)
def test_kstatus_reads(observed: Observed, expected: str) -> None:
    generation = observed.resource.metadata.generation
    assert kstatus({"metadata": {"generation": generation}, "status": status_of(observed)}) == expected


@pytest.mark.parametrize("observed", [state for state, _ in STATES.values()], ids=STATES)
def test_every_condition_is_there_and_of_this_generation(observed: Observed) -> None:
    conditions = status_of(observed)["conditions"]
    assert [condition["type"] for condition in conditions] == list(ConditionType)
    assert {condition["observedGeneration"] for condition in conditions} == {
        observed.resource.metadata.generation
    }
    TypeAdapter(list[Condition]).validate_python(conditions)


@pytest.mark.parametrize("observed", [state for state, _ in STATES.values()], ids=STATES)
def test_ready_and_stalled_never_hold_together(observed: Observed) -> None:
    holds = {
        condition["type"] for condition in status_of(observed)["conditions"] if condition["status"] == "True"
    }
    assert not {"Ready", "Stalled"} <= holds
    assert not {"Ready", "Reconciling"} <= holds
    assert not {"Reconciling", "Stalled"} <= holds


@pytest.mark.parametrize("observed", [state for state, _ in STATES.values()], ids=STATES)
def test_the_same_look_a_second_time_writes_no_status(observed: Observed) -> None:
    status = ModelDeploymentStatus.model_validate(status_of(observed))
    # Where time itself changes something, the second look is at the same moment.
    hours = 0 if decide(observed).look_again_seconds else 1
    later = replace(
        observed,
        now=observed.now + timedelta(hours=hours),
        resource=observed.resource.model_copy(update={"status": status}),
    )
    plan = decide(later)
    assert plan.status is None
    assert plan.events == ()


def test_a_condition_keeps_its_time_until_its_status_changes() -> None:
    seen = carried_out(first_look())
    later = NOW + timedelta(minutes=5)
    before = seen.resource.status.conditions
    verdicts: dict[ConditionType, Verdict] = {
        ConditionType.READY: (False, Reason.LOADING, "another reason"),
        ConditionType.STALLED: (True, Reason.LOAD_FAILED, "x"),
    }
    ready, stalled = stamped(verdicts, before, 2, later)
    assert ready["lastTransitionTime"] == "2026-07-30T03:00:00Z"
    assert stalled["lastTransitionTime"] == "2026-07-30T03:05:00Z"


def test_a_message_that_is_too_long_is_cut_with_a_sign() -> None:
    verdicts: dict[ConditionType, Verdict] = {ConditionType.READY: (False, Reason.PENDING, "x" * 2000)}
    (found,) = stamped(verdicts, (), 1, NOW)
    assert len(found["message"]) == MAX_MESSAGE
    assert found["message"].endswith("x…")
