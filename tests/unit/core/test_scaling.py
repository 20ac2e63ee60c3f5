"""What is said of autoscalers: nothing that they do not know is passed over."""

from __future__ import annotations

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.observed import Observed
from sluiceway.core.scaling import scaling
from sluiceway.core.state import State
from tests.fakes.scaled import ABLE, ACTIVE, BLIND, BY_CPU, LIMITED, with_autoscalers
from tests.fakes.snapshots import serving, wanted_name, with_pods

SERVING = serving(replicas=1, autoscaling=BY_CPU)
NAME = wanted_name(SERVING)
UNABLE = ABLE | {"status": "False", "reason": "FailedGetScale", "message": "not found"}

BLIND_WORDS = (
    f"the autoscaler of {NAME} does not know what it goes by, so that its pods stay as many as they are:"
    " FailedGetContainerResourceMetric: the HPA was unable to compute the replica count: no metrics"
    " returned. cpu and memory come from metrics-server: is it installed, and does it see these pods?"
)


def told(observed: Observed) -> tuple[Reason, str]:
    state = State(observed)
    found = scaling(state, state.memory)
    assert not found.needs_help, "autoscalers never make Ready false"
    return found.reason, found.message


def test_without_one_there_is_nothing_to_say() -> None:
    assert told(serving()) == (Reason.NOT_CONFIGURED, "the spec asks for no autoscaler")


@pytest.mark.parametrize(
    ("said", "reason", "words"),
    [
        ((), Reason.AUTOSCALER_PENDING, f"the autoscaler of {NAME} has not measured anything yet"),
        ((ABLE,), Reason.AUTOSCALER_PENDING, f"the autoscaler of {NAME} has not measured anything yet"),
        ((ABLE, ACTIVE), Reason.AUTOSCALING, f"{NAME} has 2 to 10 pods"),
        (
            (ABLE, ACTIVE, LIMITED),
            Reason.AUTOSCALING,
            f"{NAME} has 2 to 10 pods, and its load asks for more",
        ),
        (
            (ABLE, ACTIVE, LIMITED | {"reason": "TooFewReplicas"}),
            Reason.AUTOSCALING,
            f"{NAME} has 2 to 10 pods",
        ),
        (
            (UNABLE, ACTIVE),
            Reason.UNABLE_TO_SCALE,
            f"the autoscaler of {NAME} can not scale it: FailedGetScale: not found",
        ),
        (
            (ABLE, BLIND),
            Reason.METRIC_UNKNOWN,
            BLIND_WORDS,
        ),
    ],
)  # fmt: skip
def test_what_is_said(said: tuple[Object, ...], reason: Reason, words: str) -> None:
    assert told(with_autoscalers(SERVING, *said)) == (reason, words)


@pytest.mark.parametrize(
    ("reason", "advice"),
    [("FailedGetPodsMetric", "does Prometheus scrape port 8002"), ("InvalidSelector", "see docs/how-to/")],
)
def test_what_to_do_is_said(reason: str, advice: str) -> None:
    assert advice in told(with_autoscalers(SERVING, ABLE, BLIND | {"reason": reason}))[1]


def test_nothing_is_expected_of_pods_that_do_not_answer() -> None:
    unready = with_autoscalers(with_pods(SERVING), ABLE, BLIND)
    assert told(unready) == (Reason.AUTOSCALER_PENDING, "nothing is measured before a pod is ready")
