"""The guard while Triton is gone or silent, and Triton while the guard is gone."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e.client import Example
from e2e.cluster.progress import say
from e2e.served import Served, hung
from e2e.stage import Stage
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.box]

QUICK = {"endpointSeconds": 0, "requestSeconds": 1}
"""A drain that leaves a hung Triton little time before it is killed."""


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
