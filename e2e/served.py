"""A model behind the gateway, looked at past the gateway too."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from e2e import scenario
from e2e.client import Caller, Example
from e2e.cluster.box import Box
from e2e.counted import counters
from e2e.guarded import inside
from e2e.stage import Stage
from sluiceway.build.guard import ports
from tests.support.cluster_view import View


class Served:
    """The model at `fraud/1` behind the gateway, and the one pod that serves it."""

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
