"""A ModelDeployment that gets one new revision after the other, while it is watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Self, TypeVar

from e2e import scenario
from e2e.client import Caller, Example
from e2e.cluster.interface import Cluster
from e2e.stage import Stage
from e2e.trained import put_fraud
from e2e.watching import Watching
from sluiceway.api import names
from sluiceway.core.state import weights_of
from tests.support.cluster_view import View
from tests.support.poll import eventually

T = TypeVar("T")

LABELS = {"fraud/1": 7, "fraud/2": 11}
"""Paths of two models on the claim, and the seeds from which they are trained: they answer differently."""
SECONDS = 120


def export(view: View) -> dict[str, Example]:
    """Put the models on the claim; return what each of them answers, by its path."""
    return {path: put_fraud(view, path, seed=seed) for path, seed in LABELS.items()}


class Rolling:
    """The resource *name* as one sees it: what it says, where its route leads, which pods it has.

    It is watched rather than asked for again and again, which would take the processor from those who serve.
    """

    def __init__(self, stage: Stage, view: View, name: str, **spec: Any) -> None:
        self.view, self.name, self._spec = view, name, spec
        self.caller: Caller = stage.caller(name)
        self.resource = _watching(stage.cluster, view, f"{names.GROUP}/{names.VERSION}", names.PLURAL, name)
        self.route = _watching(stage.cluster, view, "gateway.networking.k8s.io/v1", "httproutes", name)
        self._generation = 0
        self.manifest: scenario.Object = {}
        self.label_of: dict[str, str] = {}
        """The path of the model of each revision that was seen."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.resource)
            stack.enter_context(self.route)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def status(self) -> scenario.Object:
        """The status about the manifest that was applied last; {} as long as there is none."""
        said = self.resource.now
        status: scenario.Object = said.get("status") or {}
        generation = said.get("metadata", {}).get("generation", 0)
        return status if status.get("observedGeneration", 0) == generation >= self._generation else {}

    @property
    def weights(self) -> dict[str, int]:
        """The share of each revision in percent."""
        return weights_of(self.route.now)

    def begin(self, path: str, examples: Mapping[str, Example]) -> str:
        """Let the model at *path* be the first that serves; return the revision's name when it answers."""
        revision = self.apply(path)
        self.serves(revision)
        if self._spec.get("traffic", ...) is not None:
            self.caller.first_answer(examples[path])
        return revision

    def apply(self, path: str, **spec: Any) -> str:
        """Ask for a new revision with the model at *path*; return its name as soon as it is known.

        Where this model was asked for before, an environment variable makes the revision a new one.
        """
        self.manifest = scenario.fraud(path, name=self.name, **self._spec | spec)
        if path in self.label_of.values():
            env = [{"name": "AGAIN", "value": str(len(self.label_of))}]
            self.manifest["spec"]["runtime"]["env"] = env
        self.view.apply(self.manifest)
        self._generation = int((self.view.get("mdep", self.name) or {})["metadata"]["generation"])
        revision = self.eventually(
            "the revision has a name", lambda: self.status.get("candidate") or self.status.get("serving")
        )
        self.label_of[revision] = path
        return str(revision)

    def amend(self, **spec: Any) -> None:
        """Change what makes no new revision, and wait until the status is about that."""
        self.manifest["spec"] |= spec
        self.view.apply(self.manifest)
        self._generation = int((self.view.get("mdep", self.name) or {})["metadata"]["generation"])
        self.eventually("the change is seen", lambda: self.status)

    def says(self, kind: str, status: str, reason: str) -> str | None:
        """Return the message of a condition when it has this status and reason, None otherwise."""
        found = scenario.conditions({"status": self.status}).get(kind, {})
        return found["message"] if (found.get("status"), found.get("reason")) == (status, reason) else None

    def said(self, kind: str) -> list[str]:
        """Return every message that a condition has had, oldest first: what lasts for a moment as well."""
        told = [scenario.conditions(heard.obj).get(kind, {}) for heard in list(self.resource.heard)]
        return [condition["message"] for condition in told if condition]

    def serves(self, revision: str) -> None:
        """Wait until *revision* serves with all its pods."""
        self.eventually(
            f"{revision} serves",
            lambda: self.status.get("serving") == revision and self.says("Ready", "True", "Serving"),
        )

    def has_share(self, revision: str, percent: int) -> None:
        """Wait until the route gives *revision* a share of *percent* or more."""
        self.eventually(f"{revision} has {percent} %", lambda: self.weights.get(revision, 0) >= percent)

    def command(self, command: str, revision: str, *, attempt: int = 1, step: int) -> None:
        """Give a command as a person does."""
        text = f"{names.GROUP}/{command}={revision}/{attempt}/{step}"
        self.view.kubectl("annotate", "mdep", self.name, "--overwrite", text)

    def pods(self, revision: str) -> dict[str, int]:
        """Return the pods of a revision by UID, and how often their container was started again."""
        found = self.view.list("pods", f"{names.LABEL_REVISION}={revision}")
        return {
            pod["metadata"]["uid"]: sum(
                each["restartCount"] for each in pod["status"].get("containerStatuses", [])
            )
            for pod in found
        }

    def difference(self) -> str:
        """Return what `kubectl diff` of the manifest shows.

        :raises ClusterError: when there is a difference.
        """
        return self.view.kubectl("diff", "-f", "-", stdin=scenario.as_yaml(self.manifest))

    def eventually(self, what: str, look: Callable[[], T | None]) -> T:
        """Wait for something that the watches show; tell what the resource says when it does not come."""
        try:
            return eventually(what, look, seconds=SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}; weights {self.weights}; status {self.status}") from None


def _watching(cluster: Cluster, view: View, group: str, plural: str, name: str) -> Watching:
    return Watching(cluster, f"/apis/{group}/namespaces/{view.namespace}/{plural}", name)
