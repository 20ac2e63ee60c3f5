"""A resource that can not be read is told so, and nothing that serves is touched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from sluiceway.api.reasons import ConditionType
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Object
from sluiceway.core.invalid import refuse
from sluiceway.core.plan import Plan
from tests.fakes.kstatus import kstatus
from tests.fakes.objects import NOW, make_raw
from tests.fakes.snapshots import serving


def refused(raw: Object, later: timedelta = timedelta()) -> Plan:
    with pytest.raises(ValidationError) as caught:
        ModelDeployment.parse(raw)
    return refuse(raw, caught.value, NOW + later)


def unreadable(**given: Any) -> Object:
    return make_raw(runtime={"image": ["not", "text"], "startupSeconds": 1}, **given)


def condition(plan: Plan, kind: str) -> Object:
    assert plan.status
    found: Object = next(found for found in plan.status["conditions"] if found["type"] == kind)
    return found


def test_the_places_are_told_by_their_names_in_yaml() -> None:
    message = condition(refused(unreadable()), "Ready")["message"]
    assert message.startswith("the spec can not be read, so nothing is changed: ")
    assert "spec.runtime.image: Input should be a valid string" in message
    assert "spec.runtime.startupSeconds: " in message


def test_no_more_than_three_places_are_told() -> None:
    raw = make_raw(replicas=-1, runtime={"image": 1, "startupSeconds": 1, "args": 1, "env": 1})
    assert condition(refused(raw), "Ready")["message"].count(": ") == 4


def test_it_is_stalled_and_kstatus_reads_failed() -> None:
    raw = unreadable(generation=4)
    plan = refused(raw)
    assert condition(plan, "Stalled")["status"] == "True"
    assert kstatus(raw | {"status": plan.status}) == "Failed"
    assert [(event.type, event.reason) for event in plan.events] == [("Warning", "InvalidSpec")]
    assert plan.writes == ()


def test_every_condition_is_there_from_the_first_visit() -> None:
    status = refused(unreadable()).status
    assert status
    said = {found["type"]: (found["status"], found["reason"]) for found in status["conditions"]}
    assert list(said) == list(ConditionType)
    judged = {"Ready": "False", "Reconciling": "False", "Stalled": "True"}
    assert said == {kind: (judged.get(kind, "Unknown"), "InvalidSpec") for kind in ConditionType}


def test_what_is_not_known_is_not_known_of_the_newest_spec() -> None:
    first = refused(unreadable(generation=1))
    second = refused(unreadable(generation=2, status=first.status))
    assert second.status
    assert {found["observedGeneration"] for found in second.status["conditions"]} == {2}


def test_what_was_known_before_stays_as_it_was() -> None:
    before = serving().resource.status.to_dict()
    plan = refused(unreadable(status=before, generation=2))
    known = {found["type"]: found for found in before["conditions"]}
    for kind in ("Available", "TrafficReady", "CandidateHealthy"):
        assert condition(plan, kind) == known[kind]
    assert condition(plan, "Ready")["reason"] == "InvalidSpec"


def test_what_serves_is_still_told() -> None:
    before = serving().resource.status.to_dict()
    status = refused(unreadable(status=before, generation=2)).status
    assert status
    assert status["serving"] == before["serving"]
    assert status["observedGeneration"] == 2
    kinds = [found["type"] for found in status["conditions"]]
    assert kinds == [found["type"] for found in before["conditions"]]


def test_it_is_said_once() -> None:
    first = refused(unreadable())
    assert refused(unreadable(status=first.status), timedelta(hours=1)) == Plan()


def test_a_status_that_can_not_be_read_either_is_written_anew() -> None:
    status = refused(unreadable(status={"conditions": "nonsense", "serving": 7})).status
    assert status
    assert "serving" not in status
