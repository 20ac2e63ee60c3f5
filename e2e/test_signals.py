"""Guards under judgement are read by the operator, and it says which one it can not read."""

from __future__ import annotations

import pytest

from e2e import echo, scenario
from e2e.cluster.box import Box
from e2e.processes import inside_network, is_in, running
from e2e.stage import Stage
from sluiceway.api.reasons import Reason
from sluiceway.build.guard.bootstrap import DIRECTORY
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.box]

GATED = {"steps": [{"weight": 50, "gate": True}], "keepPreviousSeconds": 0}


def test_one_guard_of_three_that_the_operator_can_not_reach(stage: Stage, view: View) -> None:
    assert isinstance(stage.cluster, Box)
    name = scenario.own_name(view)
    echo.put(view)
    asked = echo.resource(name, replicas=3, rollout=GATED)
    view.apply(asked)
    view.wait_ready(name)
    assert signals(view, name) == ("Unknown", Reason.NOT_MEASURED)
    asked["spec"]["runtime"]["env"] = [{"name": "NEXT", "value": "1"}]
    view.apply(asked)
    eventually("guards are read", lambda: signals(view, name) == ("True", Reason.MEASURED), seconds=90)
    pod = candidate(view, name)
    block(operator_address(stage), guard_of(view, pod))
    eventually("a guard is missed", lambda: signals(view, name) == ("False", Reason.GUARD_UNREACHABLE))
    said = view.condition(name, "SignalsAvailable")["message"]
    assert "the guard of 1 pod does not answer the operator" in said
    assert f"{pod} since " in said
    block(operator_address(stage), guard_of(view, pod), over=True)
    eventually("it is read again", lambda: signals(view, name) == ("True", Reason.MEASURED), seconds=30)
    view.kubectl("annotate", "mdep", name, f"sluiceway.dev/abort={revision(view, name)}/1/1")
    eventually("nobody is judged", lambda: signals(view, name) == ("Unknown", Reason.NOT_MEASURED))


def signals(view: View, name: str) -> tuple[str, str]:
    condition = view.condition(name, "SignalsAvailable")
    return condition.get("status", ""), condition.get("reason", "")


def revision(view: View, name: str) -> str:
    found: str = (view.get("mdep", name) or {})["status"]["candidate"]
    return found


def candidate(view: View, name: str) -> str:
    """Return one of the candidate's pods, once all three are ready: more come as its share grows."""
    label = f"sluiceway.dev/revision={revision(view, name)}"

    def three() -> list[scenario.Object] | None:
        pods = view.list("pods", label)
        return pods if len(pods) == 3 and all(map(is_ready, pods)) else None

    found: str = eventually("three pods are ready", three, seconds=60)[0]["metadata"]["name"]
    return found


def is_ready(pod: scenario.Object) -> bool:
    conditions = pod["status"].get("conditions", [])
    return ("Ready", "True") in [(each["type"], each["status"]) for each in conditions]


def operator_address(stage: Stage) -> str:
    [pod] = View(stage.cluster, scenario.SYSTEM).list("pods", "app.kubernetes.io/name=sluiceway")
    found: str = pod["status"]["podIP"]
    return found


def guard_of(view: View, pod: str) -> int:
    """Return the process of a pod's guard."""
    [status] = (view.get("pod", pod) or {})["status"]["initContainerStatuses"]
    return next(pid for pid in running(f"{DIRECTORY}/") if is_in(pid, status["containerID"]))


def block(address: str, guard: int, *, over: bool = False) -> None:
    """Let nothing that a guard's pod sends reach *address*, until it is *over*."""
    inside_network(guard, "ip", "route", "del" if over else "add", "blackhole", f"{address}/32")
