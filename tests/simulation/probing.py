"""Golden inputs: what the pods of a revision answer, right or wrong by the image that they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sluiceway.build.objects import Object, revision_of
from sluiceway.core.golden import Output
from sluiceway.core.pods import is_ready
from sluiceway.core.verification import Answers, Ask
from tests.fakes.cluster import FakeCluster
from tests.fakes.objects import MODEL
from tests.fakes.willing import willing

GOLDEN: Object = MODEL | {
    "golden": [
        {
            "name": "known-fraud",
            "inputs": [{"name": "features", "datatype": "FP32", "shape": [1, 2], "data": [1, 0]}],
            "outputs": [{"name": "score", "datatype": "FP32", "data": [0.92]}],
        }
    ]
}


class Probing:
    """`ports.Prober` of a cluster: `wrong` holds images that answer wrong, `right` is told of others."""

    def __init__(self, cluster: FakeCluster, right: Callable[[str], object]) -> None:
        self._cluster = cluster
        self._right = right
        self.wrong: set[str] = set()

    async def ask(self, ask: Ask) -> Answers:
        """Return what the pod says."""
        address = ask.target.rpartition(":")[0]
        pods = self._cluster.of_kind("Pod").values()
        pod = next((pod for pod in pods if is_ready(pod) and pod["status"]["podIP"] == address), None)
        if pod is None:
            return Answers(error=f"{ask.target}: connection refused")
        if pod["spec"]["containers"][0]["image"] in self.wrong:
            output = {"score": Output("FP32", (1, 1), (0.75,))}
            return replace(willing(ask.golden), outputs={one.name: output for one in ask.golden})
        self._right(revision_of(pod))
        return willing(ask.golden)
