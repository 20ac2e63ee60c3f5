"""The API server goes away for longer than anybody waits: what serves stays, and nothing is lost."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e.cluster.control_plane import ControlPlane
from sluiceway.runtime.kopf_watch import RETRY_PAUSES
from tests.integration.revisions import TRAFFIC, candidate, serve
from tests.support.cluster_view import Object, View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.poll import eventually
from tests.support.relay import Relay

pytestmark = pytest.mark.integration

OUTAGE_SECONDS = 60.0
TRIES = math.ceil(OUTAGE_SECONDS / sum(RETRY_PAUSES) * (len(RETRY_PAUSES) + 1))
"""How often Kopf tries one watch in that time: once more than it pauses, and then it begins anew at once."""
PATIENCE_SECONDS = 240.0


@pytest.fixture(scope="module")
def control_plane(controlled: ControlPlane) -> ControlPlane:
    return controlled


@pytest.fixture
def operator(relay: Relay, tmp_path: Path, unused_tcp_port: int) -> Iterator[OperatorProcess]:
    log = tmp_path / "operator.log"
    # Verbose, since only then every try of Kopf is in the log.
    with OperatorProcess(relay.kubeconfig, log, health_port=unused_tcp_port, verbose=True) as process:
        yield process


def refused(operator: OperatorProcess, kind: str) -> int:
    """Return how often a watch of *kind* was refused its connection, as the log has it."""
    attempt = re.compile(rf"Request attempt #.*/{kind}\?watch=true.*Connect call failed")
    return len(attempt.findall(operator.log.read_text()))


def leads_to(view: View) -> dict[str, Object]:
    """Return by what the callers of "fraud" are led; resourceVersion rises with every write."""
    return {kind: view.get(kind, "fraud") or {} for kind in ("service", "httproute")}


def events(view: View) -> list[tuple[str, str, str]]:
    """Return what was told about the resources."""
    items = json.loads(view.kubectl("get", "events.events.k8s.io", "-o", "json"))["items"]
    told = [event for event in items if event["regarding"]["kind"] == "ModelDeployment"]
    return sorted((event["regarding"]["name"], event["reason"], event["note"]) for event in told)


def test_a_minute_without_the_api_server(view: View, relay: Relay, operator: OperatorProcess) -> None:
    view.apply(model_deployment("fraud", traffic=TRAFFIC))
    fraud = serve(view, "fraud")
    view.apply(model_deployment("spam"))
    spam = serve(view, "spam")
    eventually("fraud has its route", lambda: view.get("httproute", "fraud"))
    deployment = view.get("deployment", spam)
    assert deployment
    pid, starts, led = operator.pid, relay.starts(), leads_to(view)

    with relay.away():
        view.kubectl("scale", "mdep/fraud", "--replicas=2")
        view.apply(model_deployment("asked-meanwhile"))
        view.kubectl("delete", "deployment", spam)
        eventually(
            f"the operator is refused {TRIES} times",
            lambda: refused(operator, "modeldeployments") >= TRIES,
            seconds=PATIENCE_SECONDS,
        )
        assert operator.health("/healthz") == (200, "ok")

    candidate(view, "asked-meanwhile")

    def made_again() -> bool:
        new = view.get("deployment", spam)
        return new is not None and new["metadata"]["uid"] != deployment["metadata"]["uid"]

    eventually("the Deployment is made again", made_again)

    def scaled() -> bool:
        view.pods_serve(fraud)
        status = (view.get("mdep", "fraud") or {})["status"]
        counts = (status["observedGeneration"], status["replicas"], status["readyReplicas"])
        return counts == (2, 2, 2) and view.says("fraud", "Available", "True", "Serving") is not None

    eventually("fraud has two replicas and says so", scaled)
    view.pods_serve(spam)
    eventually("spam says that it serves", lambda: view.says("spam", "Ready", "True", "Serving"))
    assert leads_to(view) == led
    told = events(view)
    assert len(told) == len(set(told))
    assert (operator.pid, relay.starts(), operator.health("/readyz")) == (pid, starts, (200, "ok"))


def test_an_outage_that_ends_the_watch_is_told_and_survived(
    view: View, relay: Relay, operator: OperatorProcess
) -> None:
    view.apply(model_deployment("fraud"))
    candidate(view, "fraud")
    pid = operator.pid
    relay.break_watch("modeldeployments", 500)
    with relay.away():
        view.apply(model_deployment("asked-meanwhile"))
        eventually("it is told", lambda: operator.health("/readyz")[0] == 503, seconds=PATIENCE_SECONDS)
        words = operator.health("/readyz")[1]
        assert re.match(r"watching failed \d+ times in a row: ClientConnectorError: Cannot connect", words)
        assert operator.health("/healthz") == (200, "ok")
    candidate(view, "asked-meanwhile")
    assert operator.pid == pid


def test_an_operator_that_starts_while_the_api_server_is_away_waits_for_it(
    view: View, relay: Relay, tmp_path: Path, unused_tcp_port: int
) -> None:
    view.apply(model_deployment("fraud"))
    log = tmp_path / "operator.log"
    with ExitStack() as stack:
        with relay.away():
            operator = OperatorProcess(relay.kubeconfig, log, health_port=unused_tcp_port)
            stack.enter_context(operator)
            said = "waiting for the API server; once more in"
            eventually(
                "it waits, and says so", lambda: log.read_text().count(said) > 3, seconds=PATIENCE_SECONDS
            )
            pid = operator.pid
            status, words = operator.health("/readyz")
            assert (status, words.partition(": GET")[0]) == (503, "waiting for the API server")
            assert operator.health("/healthz") == (200, "ok")
        candidate(view, "fraud")
        assert (operator.pid, operator.health("/readyz")) == (pid, (200, "ok"))
