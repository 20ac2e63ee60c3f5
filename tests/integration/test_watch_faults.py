"""Watches that break between the operator process and a real API server: they are back, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from e2e.cluster.control_plane import ControlPlane
from sluiceway.runtime.kopf_watch import RETRY_PAUSES
from tests.integration.revisions import candidate, serve
from tests.support.cluster_view import View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.poll import eventually
from tests.support.relay import Relay

pytestmark = pytest.mark.integration

MODELS, BUDGETS = "modeldeployments", "poddisruptionbudgets"
KINDS = {
    MODELS,
    BUDGETS,
    "controllerrevisions",
    "deployments",
    "services",
    "pods",
    "endpointslices",
    "httproutes",
    "gateways",
    "horizontalpodautoscalers",
}
TRIES = len(RETRY_PAUSES) + 1
"""How often Kopf asks before an answer that stays an error ends it."""
PATIENCE_SECONDS = 90.0


class Fault(NamedTuple):
    """What happens to a watch, with what the next requests for it are answered, and whether Kopf ends."""

    happens: Callable[[Relay], None]
    answers: list[int]
    ends: bool


FAULTS = {
    "an error in the stream": Fault(lambda relay: relay.break_watch(MODELS, 500), [200], ends=True),
    "500 for as long as Kopf tries": Fault(
        lambda relay: relay.refuse_watches(MODELS, *[500] * TRIES), [500] * TRIES + [200], ends=True
    ),
    "503 for as long as Kopf tries": Fault(
        lambda relay: relay.refuse_watches(MODELS, *[503] * TRIES), [503] * TRIES + [200], ends=True
    ),
    "503 for a moment": Fault(
        lambda relay: relay.refuse_watches(MODELS, *[503] * (TRIES - 1)),
        [503] * (TRIES - 1) + [200],
        ends=False,
    ),
    "429 for longer than Kopf tries": Fault(
        lambda relay: relay.refuse_watches(MODELS, *[429] * (TRIES + 1)),
        [429] * (TRIES + 1) + [200],
        ends=False,
    ),
    "a connection that is cut": Fault(lambda relay: relay.refuse_watches(MODELS), [200], ends=False),
    "a version that has expired": Fault(lambda relay: relay.break_watch(MODELS, 410), [200], ends=False),
}


@pytest.fixture(scope="module")
def control_plane(controlled: ControlPlane) -> ControlPlane:
    return controlled


@pytest.fixture
def operator(relay: Relay, tmp_path: Path, unused_tcp_port: int) -> Iterator[OperatorProcess]:
    log = tmp_path / "operator.log"
    with OperatorProcess(relay.kubeconfig, log, health_port=unused_tcp_port) as process:
        wait_until_all_is_watched(relay)
        yield process


def wait_until_all_is_watched(relay: Relay) -> None:
    eventually("all kinds are watched", lambda: relay.running() == KINDS, seconds=PATIENCE_SECONDS)


def scaled(view: View, revision: str, replicas: int) -> bool:
    deployment = view.get("deployment", revision)
    return deployment is not None and deployment["spec"]["replicas"] == replicas


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_watch_is_back_in_the_same_process_after(
    fault: Fault, view: View, relay: Relay, operator: OperatorProcess
) -> None:
    view.apply(model_deployment("fraud"))
    revision = serve(view, "fraud")
    pid, starts = operator.pid, relay.starts()
    before = {kind: len(relay.answers(kind)) for kind in KINDS}

    fault.happens(relay)
    view.apply(model_deployment("asked-meanwhile"))
    view.kubectl("scale", "mdep/fraud", "--replicas=2")
    eventually(
        "the watch is back",
        lambda: len(relay.answers(MODELS)) >= before[MODELS] + len(fault.answers),
        seconds=PATIENCE_SECONDS,
    )
    wait_until_all_is_watched(relay)
    candidate(view, "asked-meanwhile")
    eventually("what was changed meanwhile is done", lambda: scaled(view, revision, 2))

    view.kubectl("scale", "mdep/fraud", "--replicas=3")
    eventually("what is changed afterwards is done", lambda: scaled(view, revision, 3))
    since = {kind: relay.answers(kind)[before[kind] :] for kind in KINDS}
    others = [200] if fault.ends else []
    assert since == {kind: fault.answers if kind == MODELS else others for kind in KINDS}
    assert relay.starts() == starts + fault.ends
    assert (operator.pid, operator.health("/healthz"), operator.health("/readyz")) == (
        pid,
        (200, "ok"),
        (200, "ok"),
    )


@pytest.mark.parametrize(
    "answers",
    [[500] * TRIES, [503] * (TRIES - 1) + [410]],
    ids=["Kopf ended", "Kopf had to list anew, which does not tell what is gone"],
)
def test_what_is_deleted_unheard_is_made_again_after(
    answers: list[int], view: View, relay: Relay, operator: OperatorProcess
) -> None:
    for name in ("fraud", "spam"):
        view.apply(model_deployment(name, replicas=2))
    budget = serve(view, "fraud")
    serve(view, "spam")
    found = eventually("there is a budget", lambda: view.get("poddisruptionbudget", budget))
    before = len(relay.answers(BUDGETS))

    relay.refuse_watches(BUDGETS, *answers)
    view.kubectl("delete", "poddisruptionbudget", budget)

    def look() -> bool:
        new = view.get("poddisruptionbudget", budget)
        return new is not None and new["metadata"]["uid"] != found["metadata"]["uid"]

    eventually("the budget is made again", look, seconds=PATIENCE_SECONDS)
    wait_until_all_is_watched(relay)
    assert relay.answers(BUDGETS)[before : before + len(answers)] == answers


@pytest.mark.parametrize("group", ["sluiceway.dev", "gateway.networking.k8s.io"])
def test_an_api_server_that_does_not_name_all_it_serves_yet_is_asked_again(
    group: str, view: View, relay: Relay, operator: OperatorProcess
) -> None:
    view.apply(model_deployment("fraud"))
    revision = serve(view, "fraud")
    starts = relay.starts()
    relay.hide(group)
    relay.break_watch(MODELS, 500)
    eventually(
        "Kopf starts, and starts again", lambda: relay.starts() >= starts + 2, seconds=PATIENCE_SECONDS
    )
    wait_until_all_is_watched(relay)
    view.kubectl("scale", "mdep/fraud", "--replicas=2")
    eventually("what is changed afterwards is done", lambda: scaled(view, revision, 2))
    assert relay.starts() == starts + 2
    assert operator.health("/readyz") == (200, "ok")
