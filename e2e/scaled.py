"""A ModelDeployment whose autoscalers get Triton's metrics as the documentation tells users to offer them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import yaml

from e2e import scenario
from e2e.adapter import GROUP_VERSION, adapted
from e2e.client import Example
from e2e.cluster.box import Box
from e2e.load import Load
from e2e.moments import Moment, Moments
from e2e.podmonitor import scraped
from e2e.prometheus import Prometheus
from e2e.rolling import Rolling
from e2e.stage import Stage
from tests.documented.pages import blocks
from tests.support.cluster_view import View

_PAGE = "docs/how-to/autoscaling.md"
_ANSWERS_PER_SECOND = 10
"""More than a caller can get of a model that takes a tenth of a second."""


class Scaled(Rolling):
    """The resource, with what its autoscalers see and do."""

    def __init__(
        self, stage: Stage, view: View, box: Box, examples: Mapping[str, Example], **spec: Any
    ) -> None:
        super().__init__(stage, view, scenario.own_name(view), **spec)
        self._box, self._examples = box, examples
        self.moments = Moments(box, view.namespace)

    def load(self, callers: int) -> Load:
        """Give callers each of whom asks again as soon as there is an answer."""
        rate = callers * _ANSWERS_PER_SECOND
        return Load(self.caller, self._examples, callers=callers, rate=rate, said=0)

    @property
    def last(self) -> Moment:
        """What is so now."""
        return self.moments.seen()[-1]

    def has(self, revision: str, pods: int) -> None:
        """Wait until so many pods of a revision are asked for, and answer."""
        self.eventually(
            f"{revision} has {pods} pods",
            lambda: self.last.asked_for[revision] == self.last.answering[revision] == pods,
        )

    def autoscaler(self, revision: str) -> scenario.Object:
        """Return the autoscaler of a revision."""
        found = self.view.get("horizontalpodautoscaler", revision)
        assert found, f"{revision} has no autoscaler"
        return found

    def floor(self, revision: str) -> int:
        """Return how many pods the autoscaler of a revision has to leave."""
        return int(self.autoscaler(revision)["spec"]["minReplicas"])

    def metric(self, name: str) -> dict[str, str]:
        """Return what the autoscalers are told of each pod, as the documentation says how to ask for it."""
        path = f"/apis/{GROUP_VERSION}/namespaces/{self.view.namespace}/pods/*/{name}"
        items = json.loads(self._box.kubectl("get", "--raw", path))["items"]
        return {item["describedObject"]["name"]: item["value"] for item in items}


@contextmanager
def scaled(stage: Stage, view: View, examples: Mapping[str, Example], **spec: Any) -> Iterator[Scaled]:
    """Give a ModelDeployment that is not applied yet, with a Prometheus and an adapter, for one block."""
    box = stage.cluster
    assert isinstance(box, Box), "Prometheus and the adapter run in our own cluster's network"
    monitor, rules = _documented()
    with ExitStack() as stack:
        job = stack.enter_context(scraped(box, view.namespace, monitor))
        prometheus = stack.enter_context(Prometheus(box, [job]))
        stack.enter_context(adapted(box, prometheus, rules))
        resource = stack.enter_context(Scaled(stage, view, box, examples, **spec))
        stack.enter_context(resource.moments)
        yield resource


def _documented() -> tuple[Any, Any]:
    """Return the PodMonitor and the rules of prometheus-adapter that users copy."""
    documents = [yaml.safe_load(block.text) for block in blocks(_PAGE) if block.language == "yaml"]
    [monitor] = [found for found in documents if found.get("kind") == "PodMonitor"]
    [rules] = [found["rules"]["custom"] for found in documents if "rules" in found]
    return monitor, rules
