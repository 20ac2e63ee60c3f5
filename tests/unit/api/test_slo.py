"""What objectives say to those who judge by them."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from pydantic import ValidationError

from sluiceway.api.grpc_codes import CALLER_ERRORS, SERVER_ERRORS, GrpcCode
from sluiceway.api.objectives import Objective
from sluiceway.api.slo import Slo

ERRORS = {"name": "answers", "type": "ErrorRate", "targetPercent": "99.5"}
LATENCY = {"name": "fast", "type": "Latency", "targetPercent": "99", "thresholdMilliseconds": 250}
CALLERS = {"name": "mine", "type": "CallerError"}


def objective(of: dict[str, Any], **changes: Any) -> Objective:
    return Objective.model_validate(of | changes)


def slo(*objectives: dict[str, Any], **given: Any) -> Slo:
    return Slo.model_validate({"objectives": objectives, **given})


@pytest.mark.parametrize(
    ("target", "allowed"),
    [("99.5", 0.005), ("99.9", 0.001), ("99.9999", 0.000001), ("99", 0.01), ("50", 0.5), ("50.0", 0.5)],
)
def test_what_is_allowed_is_the_number_that_people_mean(target: str, allowed: float) -> None:
    assert objective(ERRORS, targetPercent=target).allowed == allowed


def test_beside_the_stable_alone_every_request_may_be_bad() -> None:
    assert objective(CALLERS).allowed == 1


def test_codes_have_the_numbers_of_the_protocol() -> None:
    theirs = {code.name: code.value[0] for code in grpc.StatusCode if code is not grpc.StatusCode.OK}
    assert {code.value: code.number for code in GrpcCode} == theirs


def test_bad_codes_are_those_of_the_type_unless_others_are_given() -> None:
    assert objective(ERRORS).codes == {2, 4, 8, 13, 14, 15}
    assert objective(CALLERS).codes == {3, 5, 6, 7, 9, 11, 12, 16}
    assert objective(LATENCY).codes == frozenset()
    assert objective(ERRORS, grpcCodes=["UNAVAILABLE", "ABORTED"]).codes == {10, 14}
    assert objective(CALLERS, grpcCodes=["UNKNOWN"]).codes == {2}


def test_nobody_is_blamed_twice_and_leaving_is_no_fault() -> None:
    assert not SERVER_ERRORS & CALLER_ERRORS
    assert set(GrpcCode) - SERVER_ERRORS - CALLER_ERRORS == {GrpcCode.CANCELLED, GrpcCode.ABORTED}


@pytest.mark.parametrize("of", [ERRORS, CALLERS], ids=["server", "caller"])
def test_the_description_names_the_codes_that_count_without_being_given(of: dict[str, Any]) -> None:
    described = str(Objective.model_fields["grpc_codes"].description)
    part = described.partition(f"for {of['type']}: ")[2].partition(";" if of is ERRORS else ".")[0]
    named = part.replace(" and", ",").replace("\n", " ").split(",")
    assert {GrpcCode(name.strip()).number for name in named} == objective(of).codes


def test_a_request_is_given_ten_seconds_unless_others_are_given() -> None:
    assert objective(ERRORS).timeout == 10
    assert objective(ERRORS, timeoutSeconds=1).timeout == 1


@pytest.mark.parametrize(("percent", "alpha"), [("0.1", 0.001), ("10", 0.1), ("0.0001", 0.000001)])
def test_alpha_is_a_share(percent: str, alpha: float) -> None:
    assert slo(ERRORS, falseRollbackPercent=percent).alpha == alpha
    assert slo(ERRORS).alpha == 0.001


def test_callers_errors_are_judged_without_being_listed() -> None:
    *listed, implicit = slo(ERRORS, LATENCY).all_objectives
    assert listed == [objective(ERRORS), objective(LATENCY)]
    assert implicit == objective(CALLERS, name="callers")


def test_callers_errors_are_not_judged_twice() -> None:
    assert slo(CALLERS, ERRORS).all_objectives == (objective(CALLERS), objective(ERRORS))
    named_alike = CALLERS | {"name": "callers"}
    assert slo(named_alike).all_objectives == (objective(named_alike),)


def test_disabled_leaves_out_what_is_not_listed() -> None:
    assert slo(ERRORS, callerErrors="Disabled").all_objectives == (objective(ERRORS),)
    both = slo(ERRORS, CALLERS, callerErrors="Disabled").all_objectives
    assert both == (objective(ERRORS), objective(CALLERS))


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no target for errors": ({"name": "a", "type": "ErrorRate"}, "a: targetPercent is missing"),
    "no target for latency": (
        {"name": "a", "type": "Latency", "thresholdMilliseconds": 1},
        "a: targetPercent is missing",
    ),
    "no threshold": (
        {"name": "a", "type": "Latency", "targetPercent": "99"},
        "a: thresholdMilliseconds has to be one of 1, 2, 5,",
    ),
    "a threshold that the guard can not see": (
        LATENCY | {"thresholdMilliseconds": 251},
        "fast: thresholdMilliseconds has to be one of 1, 2, 5,",
    ),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_an_objective_that_can_not_be_judged_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        slo(given)
    (error,) = refused.value.errors()
    assert error["loc"] == ("objectives", 0)
    assert error["msg"].startswith(f"Value error, {said}")


def test_what_is_written_is_what_was_read() -> None:
    assert slo(ERRORS).to_dict() == {
        "objectives": [ERRORS],
        "callerErrors": "Enabled",
        "falseRollbackPercent": "0.1",
        "hiccupSamples": 4,
        "minRequests": 100,
        "maxStepSeconds": 3600,
        "onInsufficient": "Hold",
        "noDataSeconds": 60,
        "onNoData": "Hold",
        "onStableBroken": "Hold",
    }
