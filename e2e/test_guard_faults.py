"""The guard and Triton, each while the other is gone or silent, and both when their pod goes."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import tritonclient.grpc as triton_grpc
from tritonclient.utils import InferenceServerException

from e2e import scenario
from e2e.client import Caller, Example
from e2e.cluster.box import Box
from e2e.cluster.progress import say
from e2e.counted import counters
from e2e.guarded import inside
from e2e.load import Load
from e2e.stage import Stage
from e2e.watching import Watching
from sluiceway.build.guard import ports
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.box]

KILLED = 137
"""Exit code of a container that ended by SIGKILL."""
QUICK = {"endpointSeconds": 0, "requestSeconds": 1}
"""A drain that leaves a hung Triton little time before it is killed."""


class Served:
    """The torch model behind the gateway, and the one pod that serves it."""

    def __init__(self, stage: Stage, view: View, example: Example, **runtime: Any) -> None:
        assert isinstance(stage.cluster, Box)
        self.box, self.view, self.name = stage.cluster, view, scenario.own_name(view)
        resource = scenario.fraud("fraud/1", name=self.name)
        resource["spec"]["runtime"] |= runtime
        self.caller: Caller = stage.serve(view, resource, example)
        self._question = json.dumps({"inputs": json.loads(example.written())["inputs"]})
        self.pod: str = self._seen()["metadata"]["name"]
        self.address: str = self._seen()["status"]["podIP"]

    def _seen(self) -> scenario.Object:
        [pod] = self.view.list("pods", "app.kubernetes.io/managed-by=sluiceway")
        return pod

    def container(self, name: str) -> scenario.Object:
        """Return what kubelet says of a container."""
        status = self._seen()["status"]
        found = [*status["initContainerStatuses"], *status["containerStatuses"]]
        return next(each for each in found if each["name"] == name)

    def restarts(self) -> dict[str, int]:
        return {name: self.container(name)["restartCount"] for name in ("guard", "triton")}

    def signal(self, container: str, signal: str) -> None:
        self.box.kill_container(self.container(container)["containerID"], signal)

    def ask(self, port: int, path: str, body: str = "", method: str = "") -> tuple[int, str]:
        """Ask the pod itself, past the gateway: return status and answer, or 0 and why there is none."""
        given = [method or ("POST" if body else "GET"), f"http://{self.address}:{port}{path}"]
        [answer] = inside(self.box, "e2e.asking", *given, *([body] if body else []))
        return answer["status"], answer["said"]

    def infer(self) -> tuple[int, str]:
        """Ask the model past the gateway; return status and answer."""
        return self.ask(ports.HTTP_PORT, f"/v2/models/{self.name}/infer", self._question)

    def says(self, wanted: int) -> bool:
        """Tell whether the model's answer past the gateway has this status; fails with another one."""
        status, said = self.infer()
        assert status == wanted, f"{status}: {said}"
        return True

    def counted(self) -> Counter[str]:
        """Return what the guard has counted since it started."""
        return counters.guard(json.loads(self.ask(ports.GUARD_PORT, "/stats")[1]))


def test_a_guard_that_is_killed_comes_back_and_triton_stays(
    stage: Stage, view: View, example: Example
) -> None:
    served = Served(stage, view, example)
    triton = served.container("triton")["containerID"]
    served.signal("guard", "SIGKILL")
    eventually("the guard is back", lambda: (
        served.restarts()["guard"] == 1 and served.container("guard")["ready"]
    ))  # fmt: skip
    served.caller.first_answer(example)
    served.caller.grpc(example)
    assert served.restarts() == {"guard": 1, "triton": 0}
    assert served.container("triton")["containerID"] == triton


def test_while_triton_is_gone_callers_get_503_from_the_guard_which_counts_it(
    stage: Stage, view: View, example: Example
) -> None:
    served = Served(stage, view, example)
    before = served.counted()["http 5xx"]
    served.signal("triton", "SIGKILL")
    eventually("the guard says 503", lambda: served.says(503))
    assert served.counted()["http 5xx"] > before
    view.wait_ready(served.name)
    eventually("it answers", lambda: served.says(200))
    served.caller.first_answer(example)
    assert served.restarts() == {"guard": 0, "triton": 1}


@contextmanager
def hung(served: Served) -> Iterator[None]:
    """Stop Triton's process for one block; it may be another one by the end."""
    stopped = served.container("triton")["containerID"]
    served.signal("triton", "SIGSTOP")
    try:
        yield
    finally:
        if served.container("triton").get("containerID") == stopped:
            served.signal("triton", "SIGCONT")


def test_a_triton_that_hangs_is_seen_by_the_guard_and_restarted_by_kubelet(
    stage: Stage, view: View, example: Example
) -> None:
    served = Served(stage, view, example, drain=QUICK)
    with hung(served), ThreadPoolExecutor() as background:
        before = served.counted()
        asked = background.submit(served.infer)
        eventually("the request waits", lambda: served.counted()["http active"] == 1)
        assert asked.result()[0] == 0, "Triton has answered"
        eventually("it is abandoned", lambda: served.counted()["http active"] == 0)
        assert served.counted() - before == Counter({"http abandoned": 1})
    eventually("it goes on where it was", lambda: served.says(200))
    assert served.restarts() == {"guard": 0, "triton": 0}
    with hung(served):
        began = time.monotonic()
        eventually("kubelet restarts it", lambda: served.restarts()["triton"] == 1, seconds=90)
        say(f"  restarted after {time.monotonic() - began:.0f} s")
    view.wait_ready(served.name)
    served.caller.first_answer(example)
    assert served.restarts() == {"guard": 0, "triton": 1}


def test_a_pod_deleted_under_load_loses_no_request_and_waits_for_no_idle_connection(
    stage: Stage, view: View, example: Example
) -> None:
    held, ended = deleted(Served(stage, view, example), example, "idle")
    assert held["end"] == "closed"
    assert ended["triton"]["exitCode"] == 0


def test_a_pod_deleted_under_load_is_held_by_a_stream_until_it_is_killed(
    stage: Stage, view: View, example: Example
) -> None:
    held, ended = deleted(Served(stage, view, example), example, "stream")
    assert held["answers"].pop("right") > 0
    # What is asked after Triton was told to end is refused in the stream, which goes on.
    assert held["answers"]
    assert held["end"] != "OK"
    assert ended["triton"]["exitCode"] == KILLED


def deleted(served: Served, example: Example, what: str) -> tuple[scenario.Object, scenario.Object]:
    """Delete one of two pods under load while somebody holds a connection to it (`e2e.holding`).

    Return how the connection and the pod's containers ended. No request through the gateway fails.
    """
    view = served.view
    view.apply(scenario.fraud("fraud/1", name=served.name, replicas=2))
    eventually("two pods are ready", lambda: ready(view, served.name) == 2, seconds=60)
    pods = f"/api/v1/namespaces/{view.namespace}/pods"
    with Load(served.caller, {"fraud": example}) as load, Watching(served.box, pods, served.pod) as pod:
        holding = inside(served.box, "e2e.holding", what, served.address, served.name, example.written())
        assert next(holding) == {"held": what}
        began = time.time()
        view.kubectl("delete", "pod", served.pod, "--wait=false")
        [held] = holding
        eventually("it is gone", lambda: view.get("pod", served.pod) is None, seconds=60)
        gone = time.time() - began
        eventually("another one is ready", lambda: ready(view, served.name) == 2, seconds=60)
    say(f"  {what}: ended after {held['at'] - began:.1f} s, the pod gone after {gone:.1f} s: {held}")
    say(f"  {len(load.answers)} requests through the gateway, {len(load.failures)} failed")
    assert load.failures == []
    return held, ends(pod.now)


def ends(pod: scenario.Object) -> scenario.Object:
    """Return how the containers of a pod ended."""
    found = [*pod["status"]["initContainerStatuses"], *pod["status"]["containerStatuses"]]
    return {each["name"]: each["state"].get("terminated") for each in found}


def ready(view: View, name: str) -> int:
    """Return how many pods of the model are ready and not about to go."""
    pods = view.list("pods", f"sluiceway.dev/model-deployment={name}")
    return sum(
        condition["type"] == "Ready" and condition["status"] == "True"
        for pod in pods
        if "deletionTimestamp" not in pod["metadata"]
        for condition in pod["status"].get("conditions", [])
    )


def test_tritons_control_is_closed_at_the_pod(stage: Stage, view: View, example: Example) -> None:
    served = Served(stage, view, example)
    for path in ("/v2/repository/index", f"/v2/repository/models/{served.name}/load"):
        assert served.ask(ports.HTTP_PORT, path, "{}")[0] == 403
    for port in (ports.TRITON_HTTP_PORT, ports.TRITON_GRPC_PORT, ports.ADMIN_PORT):
        status, said = served.ask(port, "/")
        assert (status, "refused" in said) == (0, True), said
    authority = [("grpc.default_authority", served.caller.hostname)]
    with triton_grpc.InferenceServerClient(served.caller.address, channel_args=authority) as client:
        calls: list[Callable[[], object]] = [
            client.get_model_repository_index,
            client.get_log_settings,
            client.get_trace_settings,
            client.get_system_shared_memory_status,
        ]
        for call in calls:
            with pytest.raises(InferenceServerException) as caught:
                call()
            assert caught.value.status() == "StatusCode.PERMISSION_DENIED"


def test_a_model_without_a_guard_serves(stage: Stage, view: View, example: Example) -> None:
    name = scenario.own_name(view)
    caller = stage.serve(view, scenario.fraud("fraud/1", name=name, guard="Disabled"), example)
    caller.http(example)
    caller.grpc(example)
    [pod] = view.list("pods", "app.kubernetes.io/managed-by=sluiceway")
    assert [each["name"] for each in pod["spec"]["containers"]] == ["triton"]
    assert "initContainers" not in pod["spec"]
